#include "unit/drivers/test/fixture.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include "core/drivers/test/stream.h"

#define MIB (1LL << 20)
#define GIB (1LL << 30)
#define ABOUT_ERROR VIR_ERR_OPERATION_INVALID

static virStoragePoolPtr pool;
static virStorageVolPtr vol; /* thin, 4 GiB */

static int open_vol(void **state)
{
    if (open_default(state) < 0)
        return -1;
    pool = virStoragePoolLookupByName(conn, "default-pool");
    vol = virStorageVolCreateXML(pool,
                                 "<volume><name>v</name><capacity unit='GiB'>4</capacity>"
                                 "<allocation>0</allocation></volume>",
                                 0);
    return vol ? 0 : -1;
}

static int close_vol(void **state)
{
    virStorageVolFree(vol);
    virStoragePoolFree(pool);
    return close_default(state);
}

static virStreamPtr upload(unsigned int flags)
{
    virStreamPtr stream = virStreamNew(conn, 0);

    assert_ok(virStorageVolUpload(vol, stream, 0, 0, flags));
    return stream;
}

static virStreamPtr download(unsigned long long length, unsigned int flags)
{
    virStreamPtr stream = virStreamNew(conn, 0);

    assert_ok(virStorageVolDownload(vol, stream, 0, length, flags));
    return stream;
}

static void finish(virStreamPtr stream)
{
    assert_ok(virStreamFinish(stream));
    virStreamFree(stream);
}

static void drop(virStreamPtr stream)
{
    assert_ok(virStreamAbort(stream));
    virStreamFree(stream);
}

/* ---- what an application does */

static void bytes_come_back(void **state)
{
    virStreamPtr stream = upload(0);
    char got[16];

    assert_int_equal(virStreamSend(stream, "hello, ", 7), 7);
    assert_int_equal(virStreamSend(stream, "world", 5), 5);
    assert_int_equal(virStreamSend(stream, "", 0), 0);
    finish(stream);
    stream = download(12, 0);
    assert_int_equal(virStreamRecv(stream, got, 7), 7);
    assert_int_equal(virStreamRecv(stream, got + 7, 9), 5);
    assert_memory_equal(got, "hello, world", 12);
    assert_int_equal(virStreamRecv(stream, got, 16), 0);
    finish(stream);
}

/* data, a hole, data, a hole to the end */
struct piece {
    long long length;
    char byte; /* 0 for a hole */
};
static const struct piece pieces[] = {{3 * MIB, 'a'}, {GIB, 0}, {65536, 'b'}, {0, 0}};

struct source {
    size_t piece;
    long long left; /* of it */
};

static int give(virStreamPtr stream, char *data, size_t n, void *opaque)
{
    struct source *source = opaque;
    size_t some = MIN((long long)n, source->left);

    memset(data, pieces[source->piece].byte, some);
    source->left -= some;
    if (!source->left)
        source->piece++;
    return some;
}

static int tell(virStreamPtr stream, int *in_data, long long *length, void *opaque)
{
    struct source *source = opaque;

    source->left = pieces[source->piece].length;
    *in_data = pieces[source->piece].byte != 0;
    *length = source->left;
    return 0;
}

static int skip_hole(virStreamPtr stream, long long length, void *opaque)
{
    struct source *source = opaque;

    assert_true(length == pieces[source->piece].length);
    source->piece++;
    return 0;
}

struct sink {
    GString *seen; /* "a3145728 _1073741824 " */
    char byte;
    long long run;
};

static void note(struct sink *sink)
{
    if (sink->run)
        g_string_append_printf(sink->seen, "%c%lld ", sink->byte, sink->run);
    sink->run = 0;
}

static int take(virStreamPtr stream, const char *data, size_t n, void *opaque)
{
    struct sink *sink = opaque;
    size_t some = MIN(n, 100000); /* less than there is: the rest comes again */

    if (data[0] != sink->byte)
        note(sink);
    sink->byte = data[0];
    sink->run += some;
    assert_true(data[some - 1] == sink->byte);
    return some;
}

static int take_hole(virStreamPtr stream, long long length, void *opaque)
{
    struct sink *sink = opaque;

    note(sink);
    g_string_append_printf(sink->seen, "_%lld ", length);
    return 0;
}

static void holes_of_a_gib_go_both_ways(void **state)
{
    struct source source = {0};
    struct sink sink = {.seen = g_string_new(NULL)};
    virStorageVolInfo info;
    virStreamPtr stream = upload(VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM);

    assert_ok(virStreamSparseSendAll(stream, give, tell, skip_hole, &source));
    finish(stream);
    assert_int_equal(source.piece, 3);
    assert_ok(virStorageVolGetInfo(vol, &info));
    assert_true(info.allocation >= 3 * MIB + 65536 && info.allocation < 4 * MIB);
    stream = download(0, VIR_STORAGE_VOL_DOWNLOAD_SPARSE_STREAM);
    assert_ok(virStreamSparseRecvAll(stream, take, take_hole, &sink));
    finish(stream);
    note(&sink);
    assert_string_equal(sink.seen->str, "a3145728 _1073741824 b65536 _3218014208 ");
    g_string_free(sink.seen, TRUE);
}

static void holes_read_as_zeros_without_the_flag(void **state)
{
    virStreamPtr stream = download(0, 0);
    char got[4] = "xxxx";
    long long length = 7;

    assert_int_equal(virStreamRecvFlags(stream, got, 4, VIR_STREAM_RECV_STOP_AT_HOLE), 4);
    assert_memory_equal(got, "\0\0\0\0", 4);
    assert_fails(virStreamRecvHole(stream, &length, 0), VIR_ERR_OPERATION_INVALID, "not opened for holes");
    assert_int_equal(length, 7);
    drop(stream);
    stream = download(0, VIR_STORAGE_VOL_DOWNLOAD_SPARSE_STREAM);
    assert_int_equal(virStreamRecv(stream, got, 4), 4);
    assert_int_equal(virStreamRecvFlags(stream, got, 4, VIR_STREAM_RECV_STOP_AT_HOLE), -3);
    assert_ok(virStreamRecvHole(stream, &length, 0));
    assert_true(length == 4 * GIB - 4);
    assert_int_equal(virStreamRecvFlags(stream, got, 4, VIR_STREAM_RECV_STOP_AT_HOLE), 0);
    assert_ok(virStreamRecvHole(stream, &length, 0));
    assert_int_equal(length, 0);
    assert_fails(virStreamRecvFlags(stream, got, 4, 2), VIR_ERR_INVALID_ARG, "0x2");
    assert_fails(virStreamRecvHole(stream, &length, 1), VIR_ERR_INVALID_ARG, "0x1");
    drop(stream);
}

static void a_hole_erases_what_was_there(void **state)
{
    virStreamPtr stream = upload(0);
    g_autofree char *data = g_malloc(65536), *got = g_malloc(65536);
    gsize have = 0;

    memset(data, 'x', 65536);
    assert_int_equal(virStreamSend(stream, data, 65536), 65536);
    finish(stream);
    stream = upload(VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM);
    assert_ok(virStreamSendHole(stream, 4096, 0));
    finish(stream);
    stream = download(65536, 0);
    while (have < 65536) {
        int n = virStreamRecv(stream, got + have, 65536 - have);

        assert_true(n > 0);
        have += n;
    }
    finish(stream);
    memset(data, 0, 4096);
    assert_memory_equal(got, data, 65536);
}

static int collect(virStreamPtr stream, const char *data, size_t n, void *opaque)
{
    g_string_append_len(opaque, data, n);
    return n;
}

static void fixed_bytes_are_read_to_the_end(void **state)
{
    virStreamPtr stream = virStreamNew(conn, 0);
    GString *all = g_string_new(NULL);

    assert_ok(stream_open_bytes(stream, "picture", 7));
    assert_ok(virStreamRecvAll(stream, collect, all));
    assert_string_equal(all->str, "picture");
    finish(stream);
    g_string_free(all, TRUE);
}

/* ---- what goes wrong */

static void the_wrong_direction_is_refused(void **state)
{
    virStreamPtr up = upload(0), down;
    char byte;
    long long length;

    assert_fails(virStreamRecv(up, &byte, 1), ABOUT_ERROR, "for writing only");
    assert_fails(virStreamSendHole(up, 1, 0), ABOUT_ERROR, "not opened for holes");
    drop(up);
    down = download(0, VIR_STORAGE_VOL_DOWNLOAD_SPARSE_STREAM);
    assert_fails(virStreamSend(down, "x", 1), ABOUT_ERROR, "for reading only");
    assert_fails(virStreamSendHole(down, 1, 0), ABOUT_ERROR, "for reading only");
    drop(down);
    up = upload(VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM);
    assert_fails(virStreamRecvHole(up, &length, 0), ABOUT_ERROR, "for writing only");
    assert_fails(virStreamSendHole(up, -1, 0), VIR_ERR_INVALID_ARG, "");
    assert_fails(virStreamSendHole(up, 1, 1), VIR_ERR_INVALID_ARG, "0x1");
    drop(up);
}

static void an_ended_stream_is_of_no_use(void **state)
{
    virStreamPtr stream = upload(0);
    char byte;

    assert_ok(virStreamFinish(stream));
    assert_fails(virStreamSend(stream, "x", 1), ABOUT_ERROR, "has ended");
    assert_fails(virStreamFinish(stream), ABOUT_ERROR, "has ended");
    assert_fails(virStreamAbort(stream), ABOUT_ERROR, "has ended");
    assert_fails(virStorageVolDownload(vol, stream, 0, 0, 0), ABOUT_ERROR, "in use");
    virStreamFree(stream);
    stream = download(0, 0);
    assert_ok(virStreamAbort(stream));
    assert_fails(virStreamRecv(stream, &byte, 1), ABOUT_ERROR, "has ended");
    virStreamFree(stream);
}

static void a_stream_carries_one_thing(void **state)
{
    virStreamPtr stream = upload(0);

    assert_fails(virStorageVolUpload(vol, stream, 0, 0, 0), ABOUT_ERROR, "");
    drop(stream);
    stream = download(0, 0);
    assert_fails(virStorageVolDownload(vol, stream, 0, 0, 0), ABOUT_ERROR, "in use");
    drop(stream);
    /* The refusals have left nothing open. */
    assert_ok(virStorageVolDelete(vol, 0));
}

static void places_outside_the_volume_are_refused(void **state)
{
    virStreamPtr stream = virStreamNew(conn, 0);

    assert_fails(virStorageVolUpload(vol, stream, 4 * GIB + 1, 0, 0), VIR_ERR_INVALID_ARG, "outside of volume 'v'");
    assert_fails(virStorageVolUpload(vol, stream, 1, 4 * GIB, 0), VIR_ERR_INVALID_ARG, "outside");
    assert_fails(virStorageVolDownload(vol, stream, UINT64_MAX, 2, 0), VIR_ERR_INVALID_ARG, "outside");
    assert_fails(virStorageVolDownload(vol, stream, 2, UINT64_MAX, 0), VIR_ERR_INVALID_ARG, "outside");
    assert_fails(virStorageVolDownload(vol, stream, 0, 0, 2), VIR_ERR_INVALID_ARG, "0x2");
    assert_fails(virStreamNew(conn, 2), VIR_ERR_INVALID_ARG, "0x2");
    virStreamFree(stream);
}

static void an_upload_ends_where_it_must(void **state)
{
    virStreamPtr stream = virStreamNew(conn, 0);

    assert_ok(virStorageVolUpload(vol, stream, 0, 5, VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM));
    assert_int_equal(virStreamSend(stream, "hello, world", 12), 5);
    assert_fails(virStreamSend(stream, "x", 1), VIR_ERR_SYSTEM_ERROR, "No space left");
    assert_fails(virStreamSendHole(stream, 1, 0), VIR_ERR_SYSTEM_ERROR, "No space left");
    assert_fails(virStreamFinish(stream), VIR_ERR_OPERATION_FAILED, "not everything was written");
    virStreamFree(stream);
}

static void a_full_pool_stops_an_upload(void **state)
{
    virStorageVolPtr rest;
    virStreamPtr stream;

    /* All but 100,000 bytes. */
    rest = virStorageVolCreateXML(pool, "<volume><name>rest</name><capacity>107374082400</capacity></volume>", 0);
    assert_non_null(rest);
    stream = upload(0);
    {
        g_autofree char *data = g_malloc0(200000);

        assert_int_equal(virStreamSend(stream, data, 200000), 100000);
        assert_fails(virStreamSend(stream, data, 1), VIR_ERR_SYSTEM_ERROR, "the pool is full");
    }
    assert_fails(virStreamFinish(stream), VIR_ERR_OPERATION_FAILED, "the pool is full");
    virStreamFree(stream);
    virStorageVolFree(rest);
}

static void a_file_that_cannot_grow_is_told(void **state)
{
    struct rlimit before, small = {.rlim_cur = 65536};
    virStreamPtr stream = virStreamNew(conn, 0);
    int sent;

    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    assert_ok(virStorageVolUpload(vol, stream, MIB, 0, 0));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    sent = virStreamSend(stream, "x", 1);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(sent, -1);
    assert_int_equal(virGetLastError()->code, VIR_ERR_SYSTEM_ERROR);
    assert_non_null(strstr(virGetLastErrorMessage(), "File too large"));
    assert_fails(virStreamFinish(stream), VIR_ERR_OPERATION_FAILED, "File too large");
    virStreamFree(stream);
}

static int give_up(virStreamPtr stream, const char *data, size_t n, void *opaque)
{
    errno = EDQUOT;
    return -1;
}

static int give_up_source(virStreamPtr stream, char *data, size_t n, void *opaque)
{
    return -1;
}

static int lie(virStreamPtr stream, char *data, size_t n, void *opaque)
{
    return n + 1;
}

static void handlers_that_give_up_abort_the_stream(void **state)
{
    virStreamPtr stream = download(0, 0);

    assert_fails(virStreamRecvAll(stream, give_up, NULL), VIR_ERR_SYSTEM_ERROR, "quota");
    assert_fails(virStreamFinish(stream), ABOUT_ERROR, "has ended");
    virStreamFree(stream);
    stream = upload(0);
    assert_fails(virStreamSendAll(stream, give_up_source, NULL), VIR_ERR_SYSTEM_ERROR, "returned -1");
    assert_fails(virStreamAbort(stream), ABOUT_ERROR, "has ended");
    virStreamFree(stream);
    stream = upload(0);
    assert_fails(virStreamSendAll(stream, lie, NULL), VIR_ERR_SYSTEM_ERROR, "returned");
    virStreamFree(stream);
}

static void transfers_need_a_blocking_stream_that_fits(void **state)
{
    virStreamPtr stream = virStreamNew(conn, VIR_STREAM_NONBLOCK), up;

    assert_ok(virStorageVolDownload(vol, stream, 0, 0, 0));
    assert_fails(virStreamRecvAll(stream, collect, NULL), ABOUT_ERROR, "non-blocking");
    assert_fails(virStreamRecvAll(stream, NULL, NULL), VIR_ERR_INVALID_ARG, "handler");
    assert_fails(virStreamRecvAll(NULL, collect, NULL), VIR_ERR_INVALID_STREAM, "virStreamRecvAll");
    drop(stream);
    up = upload(0);
    assert_fails(virStreamRecvAll(up, collect, NULL), ABOUT_ERROR, "for writing only");
    virStreamFree(up);
}

/* ---- pipes */

static struct pipe *there, *back;

/* A stream that reads what comes `back` and writes what goes `there`. */
static virStreamPtr open_pipes(unsigned int flags)
{
    virStreamPtr stream = virStreamNew(conn, flags);

    there = pipe_new(4);
    back = pipe_new(4);
    assert_ok(stream_open_pipes(stream, back, there));
    return stream;
}

static void close_pipes(virStreamPtr stream)
{
    virStreamFree(stream);
    pipe_unref(there);
    pipe_unref(back);
}

static void a_pipe_that_would_block_says_so(void **state)
{
    virStreamPtr stream = open_pipes(VIR_STREAM_NONBLOCK);
    char got[8];

    assert_int_equal(virStreamRecv(stream, got, 8), -2);
    assert_int_equal(virStreamSend(stream, "abcdef", 6), 4);
    assert_int_equal(virStreamSend(stream, "ef", 2), -2);
    assert_int_equal(pipe_get(there, got, 3), 3);
    assert_int_equal(virStreamSend(stream, "ef", 2), 2);
    assert_int_equal(pipe_get(there, got, 8), 3);
    assert_memory_equal(got, "def", 3);
    assert_int_equal(pipe_put(back, "xyz", 3), 3);
    pipe_finish(back);
    assert_int_equal(virStreamRecvFlags(stream, got, 8, VIR_STREAM_RECV_STOP_AT_HOLE), 3);
    assert_int_equal(virStreamRecv(stream, got, 8), 0);
    assert_ok(virStreamFinish(stream));
    assert_int_equal(pipe_get(there, got, 8), 0);
    close_pipes(stream);
}

static void an_echo_gives_back_what_it_gets(void **state)
{
    virStreamPtr stream = virStreamNew(conn, 0);
    struct pipe *echo = pipe_new(16);
    char got[8];

    assert_ok(stream_open_pipes(stream, echo, echo));
    pipe_unref(echo);
    assert_int_equal(virStreamSend(stream, "login:", 6), 6);
    assert_int_equal(virStreamRecv(stream, got, 8), 6);
    assert_memory_equal(got, "login:", 6);
    finish(stream);
}

static void the_other_sides_failure_is_told(void **state)
{
    virStreamPtr stream = open_pipes(0);
    char got[8];

    pipe_break(there, "the disk caught fire");
    pipe_break(there, "and then some");
    assert_fails(virStreamSend(stream, "x", 1), VIR_ERR_OPERATION_FAILED, "the disk caught fire");
    assert_fails(virStreamFinish(stream), VIR_ERR_OPERATION_FAILED, "the disk caught fire");
    close_pipes(stream);
    stream = open_pipes(0);
    assert_ok(virStreamAbort(stream));
    assert_int_equal(pipe_get(there, got, 8), -1);
    assert_non_null(strstr(virGetLastErrorMessage(), "aborted"));
    assert_int_equal(pipe_put(back, "x", 1), -1);
    close_pipes(stream);
}

static void *feed(void *opaque)
{
    const char *text = "a text that is longer than the pipe";

    for (size_t left = strlen(text); left;) {
        ssize_t n = pipe_put(back, text + strlen(text) - left, left);

        if (n > 0)
            left -= n;
        else
            g_usleep(100);
    }
    pipe_finish(back);
    return NULL;
}

static void a_reader_waits_for_the_writer(void **state)
{
    virStreamPtr stream = open_pipes(0);
    GString *all = g_string_new(NULL);
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, feed, NULL), 0);
    assert_ok(virStreamRecvAll(stream, collect, all));
    pthread_join(thread, NULL);
    assert_string_equal(all->str, "a text that is longer than the pipe");
    assert_ok(virStreamFinish(stream));
    close_pipes(stream);
    g_string_free(all, TRUE);
}

static void a_deadline_ends_a_wait(void **state)
{
    virStreamPtr stream = open_pipes(0);
    char byte;

    call_group_set_timeout(&((struct _virConnect *)conn)->calls, 20);
    assert_fails(virStreamRecv(stream, &byte, 1), VIR_ERR_OPERATION_TIMEOUT, "virStreamRecv");
    assert_int_equal(virStreamSend(stream, "abcd", 4), 4);
    assert_fails(virStreamSend(stream, "e", 1), VIR_ERR_OPERATION_TIMEOUT, "virStreamSend");
    assert_fails(virStreamRecvAll(stream, collect, NULL), VIR_ERR_OPERATION_TIMEOUT, "");
    call_group_set_timeout(&((struct _virConnect *)conn)->calls, 0);
    assert_fails(virStreamFinish(stream), ABOUT_ERROR, "has ended"); /* virStreamRecvAll() aborts */
    close_pipes(stream);
}

static void *cancel(void *opaque)
{
    while (call_group_cancel(&((struct _virConnect *)conn)->calls) == 0)
        g_usleep(100);
    return NULL;
}

static void a_cancel_ends_a_wait(void **state)
{
    virStreamPtr stream = open_pipes(0);
    pthread_t thread;
    char byte;

    assert_int_equal(pthread_create(&thread, NULL, cancel, NULL), 0);
    assert_fails(virStreamRecv(stream, &byte, 1), VIR_ERR_OPERATION_ABORTED, "virStreamRecv was cancelled");
    pthread_join(thread, NULL);
    assert_ok(virStreamAbort(stream));
    close_pipes(stream);
}

static int endless(virStreamPtr stream, char *data, size_t n, void *opaque)
{
    memset(data, 0, n);
    g_usleep(1000);
    return 1;
}

static void a_cancel_ends_a_transfer_that_never_waits(void **state)
{
    virStreamPtr stream = upload(0);
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, cancel, NULL), 0);
    assert_fails(virStreamSendAll(stream, endless, NULL), VIR_ERR_OPERATION_ABORTED, "virStreamSendAll was cancelled");
    pthread_join(thread, NULL);
    virStreamFree(stream);
    assert_ok(virStorageVolDelete(vol, 0));
}

/* ---- events */

static int freed;

static void on_free(void *opaque)
{
    freed++;
}

static void on_event(virStreamPtr stream, int events, void *opaque)
{
    g_string_append_printf(trace, "%d ", events);
    if (opaque)
        assert_ok(virStreamEventRemoveCallback(stream));
}

static void a_file_is_always_ready(void **state)
{
    virStreamPtr stream = upload(0);

    freed = 0;
    assert_ok(virStreamEventAddCallback(stream, VIR_STREAM_EVENT_READABLE, on_event, NULL, on_free));
    expect_events("");
    assert_ok(virStreamEventUpdateCallback(stream, VIR_STREAM_EVENT_WRITABLE));
    run_loop();
    assert_true(g_str_has_prefix(trace->str, "2 2 "));
    assert_fails(virStreamEventAddCallback(stream, 1, on_event, NULL, NULL), ABOUT_ERROR, "callback already");
    assert_fails(virStreamEventUpdateCallback(stream, 64), VIR_ERR_INVALID_ARG, "0x40");
    assert_ok(virStreamEventRemoveCallback(stream));
    g_string_truncate(trace, 0);
    expect_events("");
    assert_int_equal(freed, 1);
    assert_fails(virStreamEventRemoveCallback(stream), ABOUT_ERROR, "no callback");
    assert_fails(virStreamEventUpdateCallback(stream, 1), ABOUT_ERROR, "no callback");
    assert_ok(virStreamEventAddCallback(stream, VIR_STREAM_EVENT_WRITABLE, on_event, stream, on_free));
    expect_events("2 ");
    assert_int_equal(freed, 2);
    assert_ok(virStreamFinish(stream));
    assert_fails(virStreamEventAddCallback(stream, 1, on_event, NULL, NULL), ABOUT_ERROR, "has ended");
    virStreamFree(stream);
}

static void a_pipe_is_ready_when_something_is_there(void **state)
{
    virStreamPtr stream = open_pipes(VIR_STREAM_NONBLOCK);
    char got[8];

    freed = 0;
    assert_ok(virStreamEventAddCallback(stream, VIR_STREAM_EVENT_READABLE, on_event, NULL, on_free));
    expect_events("");
    assert_int_equal(pipe_put(back, "ab", 2), 2);
    run_loop();
    assert_true(g_str_has_prefix(trace->str, "1 "));
    assert_int_equal(virStreamRecv(stream, got, 8), 2);
    g_string_truncate(trace, 0);
    expect_events("");
    pipe_finish(back);
    run_loop();
    assert_true(g_str_has_prefix(trace->str, "9 ")); /* readable, hung up */
    assert_ok(virStreamAbort(stream));
    g_string_truncate(trace, 0);
    expect_events("");
    assert_int_equal(freed, 1);
    close_pipes(stream);
}

static void a_full_pipe_is_not_writable(void **state)
{
    virStreamPtr stream = open_pipes(VIR_STREAM_NONBLOCK);
    char got[8];

    assert_int_equal(virStreamSend(stream, "abcd", 4), 4);
    assert_ok(virStreamEventAddCallback(stream, VIR_STREAM_EVENT_WRITABLE, on_event, stream, NULL));
    expect_events("");
    assert_int_equal(pipe_get(there, got, 1), 1);
    expect_events("2 ");
    pipe_break(there, "gone");
    assert_ok(virStreamEventAddCallback(stream, 0, on_event, stream, NULL));
    expect_events("4 ");
    assert_fails(virStreamFinish(stream), VIR_ERR_OPERATION_FAILED, "gone");
    run_loop();
    close_pipes(stream);
}

/* ---- threads */

static void *echo_bytes(void *opaque)
{
    int n = 0;

    while (n < 4000) {
        char got[8];
        ssize_t r = pipe_get(there, got, sizeof(got));

        for (ssize_t put = 0; put < r;) {
            ssize_t p = pipe_put(back, got + put, r - put);

            put += MAX(p, 0);
        }
        n += MAX(r, 0);
    }
    return NULL;
}

static void *send_bytes(void *opaque)
{
    for (int n = 0; n < 1000;) {
        int sent = virStreamSend(opaque, "z", 1);

        if (sent == 1)
            n++;
    }
    return NULL;
}

static void *recv_bytes(void *opaque)
{
    char got[3];
    int n = 0;

    while (n < 1300) {
        int r = virStreamRecv(opaque, got, MIN(3, 1300 - n));

        n += MAX(r, 0);
    }
    return NULL;
}

static void eight_threads_share_a_pipe(void **state)
{
    virStreamPtr stream = open_pipes(0);
    pthread_t threads[8];
    char last[100];

    assert_ok(virStreamEventAddCallback(stream, VIR_STREAM_EVENT_WRITABLE, on_event, NULL, NULL));
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, send_bytes, stream), 0);
    for (int i = 4; i < 7; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, recv_bytes, stream), 0);
    assert_int_equal(pthread_create(&threads[7], NULL, echo_bytes, NULL), 0);
    run_loop();
    for (int n = 0; n < 100;)
        n += virStreamRecv(stream, last, 100 - n);
    for (int i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(pipe_get(there, last, 1), -2);
    assert_int_equal(pipe_get(back, last, 1), -2);
    assert_ok(virStreamFinish(stream));
    run_loop();
    close_pipes(stream);
}

#define test(name) cmocka_unit_test_setup_teardown(name, open_vol, close_vol)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(bytes_come_back),
        test(holes_of_a_gib_go_both_ways),
        test(holes_read_as_zeros_without_the_flag),
        test(a_hole_erases_what_was_there),
        test(fixed_bytes_are_read_to_the_end),
        test(the_wrong_direction_is_refused),
        test(an_ended_stream_is_of_no_use),
        test(a_stream_carries_one_thing),
        test(places_outside_the_volume_are_refused),
        test(an_upload_ends_where_it_must),
        test(a_full_pool_stops_an_upload),
        test(a_file_that_cannot_grow_is_told),
        test(handlers_that_give_up_abort_the_stream),
        test(transfers_need_a_blocking_stream_that_fits),
        test(a_pipe_that_would_block_says_so),
        test(an_echo_gives_back_what_it_gets),
        test(the_other_sides_failure_is_told),
        test(a_reader_waits_for_the_writer),
        test(a_deadline_ends_a_wait),
        test(a_cancel_ends_a_wait),
        test(a_cancel_ends_a_transfer_that_never_waits),
        test(a_file_is_always_ready),
        test(a_pipe_is_ready_when_something_is_there),
        test(a_full_pipe_is_not_writable),
        test(eight_threads_share_a_pipe),
    };

    return cmocka_run_group_tests_name("streams of the test driver", tests, NULL, NULL);
}
