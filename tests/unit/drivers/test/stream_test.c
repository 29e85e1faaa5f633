#include "unit/drivers/test/stream_fixture.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

#define MIB (1LL << 20)
#define GIB (1LL << 30)

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
    assert_fails(virStreamRecvHole(stream, &length, 0), VIR_ERR_OPERATION_INVALID,
                 "not opened for holes");
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

    assert_fails(virStorageVolUpload(vol, stream, 4 * GIB + 1, 0, 0), VIR_ERR_INVALID_ARG,
                 "outside of volume 'v'");
    assert_fails(virStorageVolUpload(vol, stream, 1, 4 * GIB, 0), VIR_ERR_INVALID_ARG, "outside");
    assert_fails(virStorageVolDownload(vol, stream, UINT64_MAX, 2, 0), VIR_ERR_INVALID_ARG,
                 "outside");
    assert_fails(virStorageVolDownload(vol, stream, 2, UINT64_MAX, 0), VIR_ERR_INVALID_ARG,
                 "outside");
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
    rest = virStorageVolCreateXML(
        pool, "<volume><name>rest</name><capacity>107374082400</capacity></volume>", 0);
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
    assert_fails(virStreamSendAll(stream, give_up_source, NULL), VIR_ERR_SYSTEM_ERROR,
                 "returned -1");
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
    };

    return cmocka_run_group_tests_name("streams of volumes", tests, NULL, NULL);
}
