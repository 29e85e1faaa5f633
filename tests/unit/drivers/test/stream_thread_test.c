#include "unit/drivers/test/stream_fixture.h"

#include <pthread.h>

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
    assert_fails(virStreamRecv(stream, &byte, 1), VIR_ERR_OPERATION_ABORTED,
                 "virStreamRecv was cancelled");
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
    assert_fails(virStreamSendAll(stream, endless, NULL), VIR_ERR_OPERATION_ABORTED,
                 "virStreamSendAll was cancelled");
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
    assert_ok(
        virStreamEventAddCallback(stream, VIR_STREAM_EVENT_READABLE, on_event, NULL, on_free));
    expect_events("");
    assert_ok(virStreamEventUpdateCallback(stream, VIR_STREAM_EVENT_WRITABLE));
    run_loop();
    assert_true(g_str_has_prefix(trace->str, "2 2 "));
    assert_fails(virStreamEventAddCallback(stream, 1, on_event, NULL, NULL), ABOUT_ERROR,
                 "callback already");
    assert_fails(virStreamEventUpdateCallback(stream, 64), VIR_ERR_INVALID_ARG, "0x40");
    assert_ok(virStreamEventRemoveCallback(stream));
    g_string_truncate(trace, 0);
    expect_events("");
    assert_int_equal(freed, 1);
    assert_fails(virStreamEventRemoveCallback(stream), ABOUT_ERROR, "no callback");
    assert_fails(virStreamEventUpdateCallback(stream, 1), ABOUT_ERROR, "no callback");
    assert_ok(
        virStreamEventAddCallback(stream, VIR_STREAM_EVENT_WRITABLE, on_event, stream, on_free));
    expect_events("2 ");
    assert_int_equal(freed, 2);
    assert_ok(virStreamFinish(stream));
    assert_fails(virStreamEventAddCallback(stream, 1, on_event, NULL, NULL), ABOUT_ERROR,
                 "has ended");
    virStreamFree(stream);
}

static void stop_waiting(int timer, void *opaque)
{
    *(int *)opaque = 1;
}

/* A loop that has nothing to do sleeps; one that spins comes around thousands of times meanwhile.
 */
static void assert_loop_rests(void)
{
    int stopped = 0, rounds = 0;
    int timer = virEventAddTimeout(30, stop_waiting, &stopped, NULL);

    while (!stopped) {
        virEventRunDefaultImpl();
        rounds++;
    }
    virEventRemoveTimeout(timer);
    assert_in_range(rounds, 1, 20);
}

static void a_pipe_is_ready_when_something_is_there(void **state)
{
    virStreamPtr stream = open_pipes(VIR_STREAM_NONBLOCK);
    char got[8];

    freed = 0;
    assert_ok(
        virStreamEventAddCallback(stream, VIR_STREAM_EVENT_READABLE, on_event, NULL, on_free));
    expect_events("");
    assert_loop_rests();
    assert_int_equal(pipe_put(back, "ab", 2), 2);
    run_loop();
    assert_true(g_str_has_prefix(trace->str, "1 "));
    assert_int_equal(virStreamRecv(stream, got, 8), 2);
    g_string_truncate(trace, 0);
    expect_events("");
    assert_loop_rests();
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

    return cmocka_run_group_tests_name("pipes, waits and events of streams", tests, NULL, NULL);
}
