/* The calling side against peers that answer late, in any order, wrongly or not at all; to be run
 * under TSan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/object/error.h"
#include "core/rpc/client_stream.h"
#include "core/rpc/codec.h"
#include "wire.h"

#define CALLERS 6
#define TIMES 300
#define UPLOAD (4 * 1024 * 1024)

struct fixture {
    struct rpc_client *client;
    struct call_group group;
    int peer; /* its end, blocking */
    gint events, answered, failed;
};

static void on_event(void *data, const struct rpc_header *header, guint8 *payload, size_t size)
{
    (void)header, (void)payload, (void)size;
    g_atomic_int_inc(&((struct fixture *)data)->events);
}

static void on_closed(void *data, int reason)
{
    (void)data, (void)reason;
}

static const struct rpc_client_handler handler = {on_event, on_closed};

static int set_up(void **state)
{
    struct fixture *f = g_new0(struct fixture, 1);
    struct rpc_socket socket;
    int pair[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    rpc_socket_init(&socket, pair[0]);
    f->peer = pair[1];
    f->client = rpc_client_new(&socket, &handler, f);
    assert_non_null(f->client);
    call_group_init(&f->group);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    call_group_clear(&f->group);
    rpc_client_close(f->client);
    if (f->peer >= 0)
        close(f->peer);
    g_free(f);
    return 0;
}

/* --- the peer
 * ------------------------------------------------------------------------------------- */

/* The serial of the next call; FALSE at the end. */
static gboolean peer_take(struct fixture *f, guint32 *ret_serial)
{
    guint32 words[7];

    if (recv(f->peer, words, sizeof(words), MSG_WAITALL) != sizeof(words))
        return FALSE;
    assert_int_equal(GUINT32_FROM_BE(words[0]), sizeof(words));
    *ret_serial = GUINT32_FROM_BE(words[5]);
    return TRUE;
}

/* Whether another call is there already. */
static gboolean peer_has(struct fixture *f)
{
    guint32 words[7];

    return recv(f->peer, words, sizeof(words), MSG_PEEK | MSG_DONTWAIT) == sizeof(words);
}

static void peer_say(struct fixture *f, guint32 length, guint32 program, guint32 type,
                     guint32 serial, guint32 status)
{
    guint32 words[7] = {length, program, 1, 1, type, serial, status};

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        words[i] = GUINT32_TO_BE(words[i]);
    assert_int_equal(send(f->peer, words, sizeof(words), MSG_NOSIGNAL), sizeof(words));
}

static void peer_answer(struct fixture *f, guint32 serial)
{
    peer_say(f, 28, WIRE_PROGRAM_REMOTE, RPC_REPLY, serial, RPC_OK);
}

static void peer_leave(struct fixture *f)
{
    close(f->peer);
    f->peer = -1;
}

/* --- calls
 * ---------------------------------------------------------------------------------------- */

static int call_once(struct fixture *f)
{
    struct rpc_request request = {.program = WIRE_PROGRAM_REMOTE, .version = 1, .procedure = 1};
    struct rpc_result result = {.type = WIRE_NONE};
    struct call call;
    int status;

    error_reset();
    call_begin(&call, &f->group);
    status = rpc_client_call(f->client, &call, &request, &result);
    call_end(&call);
    return status;
}

static void *call_often(void *data)
{
    struct fixture *f = data;

    for (int i = 0; i < TIMES; i++)
        g_atomic_int_inc(call_once(f) == 0 ? &f->answered : &f->failed);
    error_reset();
    return NULL;
}

static void *call_and_keep_code(void *data)
{
    struct fixture *f = data;
    int code = call_once(f) == 0 ? 0 : error_last()->code;

    error_reset();
    return GINT_TO_POINTER(code);
}

static void start(struct fixture *f, GThread **threads, GThreadFunc function)
{
    for (int i = 0; i < CALLERS; i++)
        threads[i] = g_thread_new("caller", function, f);
}

static void join(GThread **threads)
{
    for (int i = 0; i < CALLERS; i++)
        g_thread_join(threads[i]);
}

/* All first calls are answered from the last to the first; then two at a time where there are two,
 * the later one first, and something for nobody in between. */
static void test_answers_come_in_any_order(void **state)
{
    struct fixture *f = *state;
    GThread *threads[CALLERS];
    guint32 firsts[CALLERS], one, two;

    start(f, threads, call_often);
    for (int i = 0; i < CALLERS; i++)
        assert_true(peer_take(f, &firsts[i]));
    for (int i = CALLERS; i--;)
        peer_answer(f, firsts[i]);
    for (int left = CALLERS * (TIMES - 1); left; left--) {
        assert_true(peer_take(f, &one));
        peer_say(f, 28, WIRE_PROGRAM_REMOTE, RPC_MESSAGE, 0, RPC_OK);
        if (peer_has(f)) {
            assert_true(peer_take(f, &two));
            left--;
            peer_answer(f, two);
            peer_answer(f, two + 1000000);
        }
        peer_answer(f, one);
    }
    join(threads);
    assert_int_equal(f->answered, CALLERS * TIMES);
    assert_int_not_equal(f->events, 0);
}

static void test_who_waits_hears_of_the_end(void **state)
{
    struct fixture *f = *state;
    GThread *threads[CALLERS];
    guint32 serial;

    start(f, threads, call_often);
    for (int i = 0; i < 100; i++) {
        assert_true(peer_take(f, &serial));
        peer_answer(f, serial);
    }
    assert_true(peer_take(f, &serial));
    peer_leave(f);
    join(threads);
    assert_int_equal(f->answered + f->failed, CALLERS * TIMES);
    assert_int_equal(f->answered, 100);
    assert_false(rpc_client_is_alive(f->client));
}

/* Its last words lie in our socket when sending fails. */
static void test_what_a_peer_said_before_it_left_is_heard(void **state)
{
    const guint32 words[] = {GUINT32_TO_BE(32),
                             GUINT32_TO_BE(WIRE_PROGRAM_REMOTE),
                             GUINT32_TO_BE(1),
                             GUINT32_TO_BE(1),
                             GUINT32_TO_BE(RPC_STREAM),
                             GUINT32_TO_BE(1),
                             GUINT32_TO_BE(RPC_CONTINUE),
                             'w'};
    struct fixture *f = *state;
    struct rpc_stream *stream = rpc_stream_new(f->client);
    struct rpc_request request = {
        .program = WIRE_PROGRAM_REMOTE, .version = 1, .procedure = 1, .stream = stream};
    struct rpc_result result = {.type = WIRE_NONE};
    char buffer[8];
    struct call call;

    peer_answer(f, 1);
    assert_int_equal(send(f->peer, words, sizeof(words), MSG_NOSIGNAL), sizeof(words));
    call_begin(&call, &f->group);
    assert_int_equal(rpc_client_call(f->client, &call, &request, &result), 0);
    peer_leave(f);
    assert_int_equal(rpc_stream_send(stream, &call, "to nobody", 9, TRUE), 9);
    assert_false(rpc_client_is_alive(f->client));
    assert_int_equal(rpc_stream_recv(stream, &call, buffer, sizeof(buffer), FALSE, FALSE), 4);
    assert_int_equal(rpc_stream_send(stream, &call, "to nobody", 9, FALSE), -1);
    assert_int_equal(rpc_stream_recv(stream, &call, buffer, sizeof(buffer), FALSE, FALSE), -1);
    assert_int_equal(call_once(f), -1);
    call_end(&call);
    rpc_stream_free(stream);
    error_reset();
}

struct upload {
    struct fixture *fixture;
    struct rpc_stream *stream;
};

static void *upload(void *data)
{
    static const char bytes[UPLOAD];
    struct upload *upload = data;
    struct call call;
    ssize_t done;

    call_begin(&call, &upload->fixture->group);
    done = rpc_stream_send(upload->stream, &call, bytes, sizeof(bytes), FALSE);
    call_end(&call);
    return GINT_TO_POINTER(done == sizeof(bytes));
}

/* The one who reads waits for another answer, and the socket takes only a part at a time. */
static void test_who_reads_sends_for_others_too(void **state)
{
    struct fixture *f = *state;
    struct upload work = {f, rpc_stream_new(f->client)};
    struct rpc_request request = {
        .program = WIRE_PROGRAM_REMOTE, .version = 1, .procedure = 1, .stream = work.stream};
    struct rpc_result result = {.type = WIRE_NONE};
    GThread *patient, *uploader;
    guint32 serial;
    struct call call;
    g_autofree char *bytes = g_malloc(UPLOAD);

    peer_answer(f, 1);
    call_begin(&call, &f->group);
    assert_int_equal(rpc_client_call(f->client, &call, &request, &result), 0);
    call_end(&call);
    assert_true(peer_take(f, &serial));
    patient = g_thread_new("patient", call_and_keep_code, f);
    assert_true(peer_take(f, &serial));
    uploader = g_thread_new("uploader", upload, &work);
    for (size_t left = UPLOAD; left;) {
        ssize_t n = recv(f->peer, bytes, left, 0);

        assert_true(n > 0);
        left -= n;
    }
    assert_true(GPOINTER_TO_INT(g_thread_join(uploader)));
    peer_answer(f, serial);
    assert_int_equal(GPOINTER_TO_INT(g_thread_join(patient)), 0);
    rpc_stream_free(work.stream);
}

static void test_a_cancel_ends_all_that_wait_and_late_answers_are_dropped(void **state)
{
    struct fixture *f = *state;
    GThread *threads[CALLERS], *next;
    guint32 serials[CALLERS], serial;
    int cancelled = 0;

    start(f, threads, call_and_keep_code);
    for (int i = 0; i < CALLERS; i++)
        assert_true(peer_take(f, &serials[i]));
    while (cancelled < CALLERS) /* some may not wait yet */
        cancelled += call_group_cancel(&f->group);
    for (int i = 0; i < CALLERS; i++)
        assert_int_equal(GPOINTER_TO_INT(g_thread_join(threads[i])), VIR_ERR_OPERATION_ABORTED);
    next = g_thread_new("next", call_and_keep_code, f);
    assert_true(peer_take(f, &serial));
    for (int i = 0; i < CALLERS; i++)
        peer_answer(f, serials[i]);
    peer_answer(f, serial);
    assert_int_equal(GPOINTER_TO_INT(g_thread_join(next)), 0);
}

static void test_a_deadline_ends_a_call_and_no_other(void **state)
{
    struct fixture *f = *state;
    GThread *patient = g_thread_new("patient", call_and_keep_code, f);
    guint32 first, second, third;

    assert_true(peer_take(f, &first));
    call_group_set_timeout(&f->group, 20);
    assert_int_equal(call_once(f), -1);
    assert_int_equal(error_last()->code, VIR_ERR_OPERATION_TIMEOUT);
    assert_true(peer_take(f, &second));
    peer_answer(f, second);
    peer_answer(f, first);
    assert_int_equal(GPOINTER_TO_INT(g_thread_join(patient)), 0);
    call_group_set_timeout(&f->group, 0);
    patient = g_thread_new("patient", call_and_keep_code, f);
    assert_true(peer_take(f, &third));
    peer_answer(f, third);
    assert_int_equal(GPOINTER_TO_INT(g_thread_join(patient)), 0);
    error_reset();
}

/* --- lies
 * ----------------------------------------------------------------------------------------- */

/* What it says instead of an answer, and whether it leaves then. */
struct lie {
    guint32 length, program, type, status;
    gboolean leaves;
};

static const struct lie lies[] = {
    {0, WIRE_PROGRAM_REMOTE, RPC_REPLY, RPC_OK, FALSE},
    {27, WIRE_PROGRAM_REMOTE, RPC_REPLY, RPC_OK, FALSE},
    {RPC_FRAME_MAX + 1, WIRE_PROGRAM_REMOTE, RPC_REPLY, RPC_OK, FALSE},
    {0xffffffff, WIRE_PROGRAM_REMOTE, RPC_REPLY, RPC_OK, FALSE},
    {RPC_FRAME_MAX, WIRE_PROGRAM_REMOTE, RPC_REPLY, RPC_OK, TRUE}, /* the rest never comes */
    {28, WIRE_PROGRAM_REMOTE, RPC_TYPES, RPC_OK, FALSE},
    {28, WIRE_PROGRAM_REMOTE, RPC_REPLY, RPC_STATUSES, FALSE},
    {28, WIRE_PROGRAM_REMOTE, RPC_CALL, RPC_OK, FALSE},
    {28, WIRE_PROGRAM_REMOTE, RPC_REPLY, RPC_ERROR, FALSE},    /* an error without anything in it */
    {28, 0x12345678, RPC_MESSAGE, RPC_OK, TRUE},               /* a program that nobody has */
    {28, WIRE_PROGRAM_REMOTE, RPC_STREAM, RPC_CONTINUE, TRUE}, /* a stream that is not there */
};

static void test_lies_are_errors(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(lies); i++) {
        struct fixture *f;
        GThread *caller;
        guint32 serial;

        set_up(state);
        f = *state;
        caller = g_thread_new("caller", call_and_keep_code, f);
        assert_true(peer_take(f, &serial));
        peer_say(f, lies[i].length, lies[i].program, lies[i].type, serial, lies[i].status);
        if (lies[i].leaves)
            peer_leave(f);
        assert_int_not_equal(GPOINTER_TO_INT(g_thread_join(caller)), 0);
        tear_down(state);
    }
}

/* As many as a message carries, more than that, and most of them never sent. */
static void test_descriptors_that_were_announced_and_not_sent(void **state)
{
    static const guint32 announced[] = {1, RPC_FDS_MAX, RPC_FDS_MAX + 1, 0xffffffff};

    for (size_t i = 0; i < G_N_ELEMENTS(announced); i++) {
        struct fixture *f;
        GThread *caller;
        guint32 serial, n = GUINT32_TO_BE(announced[i]);
        static const char nothing[RPC_FDS_MAX];

        set_up(state);
        f = *state;
        caller = g_thread_new("caller", call_and_keep_code, f);
        assert_true(peer_take(f, &serial));
        peer_say(f, 32, WIRE_PROGRAM_REMOTE, RPC_REPLY_WITH_FDS, serial, RPC_OK);
        assert_int_equal(send(f->peer, &n, sizeof(n), MSG_NOSIGNAL), sizeof(n));
        /* bytes that should have one each; nobody may be there any more to read them */
        if (send(f->peer, nothing, MIN(announced[i], RPC_FDS_MAX), MSG_NOSIGNAL) < 0)
            assert_int_equal(errno, EPIPE);
        assert_int_not_equal(GPOINTER_TO_INT(g_thread_join(caller)), 0);
        tear_down(state);
    }
}

static void test_events_without_end_do_not_keep_an_answer(void **state)
{
    struct fixture *f = *state;
    GThread *caller = g_thread_new("caller", call_and_keep_code, f);
    guint32 serial;

    assert_true(peer_take(f, &serial));
    for (int i = 0; i < 20000; i++)
        peer_say(f, 28, WIRE_PROGRAM_REMOTE, RPC_MESSAGE, 0, RPC_OK);
    peer_answer(f, serial);
    assert_int_equal(GPOINTER_TO_INT(g_thread_join(caller)), 0);
    assert_int_equal(f->events, 20000);
}

/* --- children
 * ------------------------------------------------------------------------------------- */

static void test_a_child_has_no_part_in_it(void **state)
{
    struct fixture *f = *state;
    GThread *caller;
    guint32 serial;
    int status;
    pid_t child = fork();

    if (child == 0) {
        gboolean refused = call_once(f) < 0 && error_last()->code == VIR_ERR_OPERATION_INVALID;

        refused = refused && !rpc_client_is_alive(f->client);
        rpc_client_close(f->client);
        _exit(refused ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(rpc_client_is_alive(f->client));
    caller = g_thread_new("caller", call_and_keep_code, f);
    assert_true(peer_take(f, &serial));
    peer_answer(f, serial);
    assert_int_equal(GPOINTER_TO_INT(g_thread_join(caller)), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_answers_come_in_any_order),
        TEST(test_who_waits_hears_of_the_end),
        TEST(test_what_a_peer_said_before_it_left_is_heard),
        TEST(test_who_reads_sends_for_others_too),
        TEST(test_a_cancel_ends_all_that_wait_and_late_answers_are_dropped),
        TEST(test_a_deadline_ends_a_call_and_no_other),
        cmocka_unit_test(test_lies_are_errors),
        cmocka_unit_test(test_descriptors_that_were_announced_and_not_sent),
        TEST(test_events_without_end_do_not_keep_an_answer),
        TEST(test_a_child_has_no_part_in_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
