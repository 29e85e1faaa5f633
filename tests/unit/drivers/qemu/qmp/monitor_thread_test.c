/* Many callers of one monitor, whose peer answers in any order, while events come and the
 * connection ends; to be run under TSan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/base/lock.h"
#include "core/drivers/qemu/error.h"
#include "core/drivers/qemu/qmp/monitor.h"
#include "core/object/call.h"
#include "support/fake_qmp.h"

#define CALLERS 8
#define TIMES 100

struct fixture {
    struct fake_loop loop;
    struct fake_qmp *fake;
    struct qemu_monitor *monitor;
    struct call_group calls;
    GQueue held; /* the peer's: ids and values that wait for company */
    gint events, answered, failed, gone;
};

static void on_event(struct qemu_monitor *monitor, const char *name, json_t *data, gint64 seconds,
                     gint64 micros, void *opaque)
{
    g_atomic_int_inc(&((struct fixture *)opaque)->events);
}

static void on_eof(struct qemu_monitor *monitor, const char *why, void *opaque) {}

static void on_gone(void *opaque)
{
    g_atomic_int_set(&((struct fixture *)opaque)->gone, 1);
}

static const struct qemu_monitor_ops ops = {on_event, on_eof, on_gone};

static void let_go(struct fixture *f, struct fake_qmp *fake, unsigned keep)
{
    while (f->held.length > keep) {
        json_t *pair = f->held.length % 2 ? g_queue_pop_head(&f->held) : g_queue_pop_tail(&f->held);

        fake_qmp_return(fake, json_array_get(pair, 0), json_incref(json_array_get(pair, 1)));
        json_decref(pair);
    }
}

/* Keeps some back, so that they are overtaken; "flush" is answered last. */
static void answer(struct fake_qmp *fake, const char *command, json_t *arguments, json_t *id,
                   int fd, void *opaque)
{
    struct fixture *f = opaque;

    if (strcmp(command, "silence") == 0)
        return;
    if (strcmp(command, "close") == 0) {
        fake_qmp_hang_up(fake);
        return;
    }
    g_queue_push_tail(&f->held, json_pack("[O, O?]", id, arguments));
    fake_qmp_event(fake, "NOISE", NULL);
    let_go(f, fake, strcmp(command, "flush") == 0 ? 0 : CALLERS / 2);
}

static int set_up(void **state)
{
    struct fixture *f = g_new0(struct fixture, 1);
    int fd;

    call_group_init(&f->calls);
    fake_loop_start(&f->loop);
    f->fake = fake_qmp_new(answer, f, &fd);
    f->monitor = monitor_open(f->loop.context, fd, &ops, f);
    *state = f;
    return monitor_handshake(f->monitor, 0);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    monitor_close(f->monitor);
    monitor_unref(f->monitor);
    fake_loop_stop(&f->loop);
    fake_qmp_free(f->fake);
    assert_int_equal(g_atomic_int_get(&f->gone), 1);
    call_group_clear(&f->calls);
    g_queue_clear_full(&f->held, (GDestroyNotify)json_decref);
    g_free(f);
    return 0;
}

static void in_threads(struct fixture *f, unsigned n, void *(*run)(void *), pthread_t *threads)
{
    for (unsigned i = 0; i < n; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run, f), 0);
}

static void join(pthread_t *threads, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
}

static void *ask_often(void *data)
{
    struct fixture *f = data;
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    for (int i = 0; i < TIMES; i++) {
        g_autoptr(json_t) result = NULL;
        gint number = g_random_int_range(0, G_MAXINT);
        /* those that come last have nobody left to push theirs out */
        const char *command = i % 3 == 0 || i > TIMES - 5 ? "flush" : "keep";

        if (monitor_call(f->monitor, command, json_pack("{s:i}", "number", number),
                         i % 5 == 0 ? null : -1, i % 3 == 0 ? 0 : 50, &result) == 0) {
            if (json_number_of(result, "number", -1) == number)
                g_atomic_int_inc(&f->answered);
            else
                g_atomic_int_inc(&f->failed);
        } else if (error_code() == VIR_ERR_OPERATION_TIMEOUT && i % 3 != 0) {
            g_atomic_int_inc(&f->answered);
        } else {
            g_atomic_int_inc(&f->failed);
        }
        error_reset();
    }
    close(null);
    return NULL;
}

static void each_caller_gets_its_own_answer(void **state)
{
    struct fixture *f = *state;
    pthread_t threads[CALLERS];

    in_threads(f, CALLERS, ask_often, threads);
    join(threads, CALLERS);
    assert_int_equal(g_atomic_int_get(&f->failed), 0);
    assert_int_equal(g_atomic_int_get(&f->answered), CALLERS * TIMES);
}

static void *ask_in_vain(void *data)
{
    struct fixture *f = data;

    if (monitor_call(f->monitor, "silence", NULL, -1, 0, NULL) < 0 &&
        error_code() == VIR_ERR_OPERATION_FAILED)
        g_atomic_int_inc(&f->failed);
    error_reset();
    return NULL;
}

static void closing_wakes_all_who_wait(void **state)
{
    struct fixture *f = *state;
    pthread_t threads[CALLERS];

    in_threads(f, CALLERS, ask_in_vain, threads);
    fake_qmp_await(f->fake, 1 + CALLERS);
    monitor_close(f->monitor);
    join(threads, CALLERS);
    assert_int_equal(g_atomic_int_get(&f->failed), CALLERS);
}

static void a_peer_that_leaves_wakes_all_who_wait(void **state)
{
    struct fixture *f = *state;
    pthread_t threads[CALLERS];

    in_threads(f, CALLERS, ask_in_vain, threads);
    fake_qmp_await(f->fake, 1 + CALLERS);
    assert_int_equal(monitor_call(f->monitor, "close", NULL, -1, 0, NULL), -1);
    join(threads, CALLERS);
    assert_int_equal(g_atomic_int_get(&f->failed), CALLERS);
    error_reset();
}

static void *ask_until_cancelled(void *data)
{
    struct fixture *f = data;
    struct call call;
    struct monitor_request request = {.command = "silence", .fd = -1, .call = &call};

    call_begin(&call, &f->calls);
    if (monitor_execute(f->monitor, &request, NULL) < 0 &&
        error_code() == VIR_ERR_OPERATION_ABORTED)
        g_atomic_int_inc(&f->failed);
    call_end(&call);
    error_reset();
    return NULL;
}

static void a_cancel_wakes_who_wait_and_nobody_else(void **state)
{
    struct fixture *f = *state;
    pthread_t threads[CALLERS], other;

    in_threads(f, 1, ask_in_vain, &other);
    in_threads(f, CALLERS, ask_until_cancelled, threads);
    fake_qmp_await(f->fake, 1 + 1 + CALLERS);
    while (g_atomic_int_get(&f->failed) < CALLERS) {
        call_group_cancel(&f->calls);
        g_thread_yield();
    }
    join(threads, CALLERS);
    assert_int_equal(g_atomic_int_get(&f->failed), CALLERS);
    monitor_close(f->monitor);
    join(&other, 1);
    assert_int_equal(g_atomic_int_get(&f->failed), CALLERS + 1);
}

/* Opened and closed while the peer talks: what the callbacks see must be over when `gone` says so.
 */
static void connections_come_and_go(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < 200; i++) {
        int fd;
        struct fake_qmp *fake = fake_qmp_new(NULL, NULL, &fd);
        struct fixture own = {.events = 0};
        struct qemu_monitor *monitor = monitor_open(f->loop.context, fd, &ops, &own);

        fake_qmp_event(fake, "NOISE", NULL);
        if (i % 2)
            assert_int_equal(monitor_handshake(monitor, 0), 0);
        monitor_close(monitor);
        monitor_unref(monitor);
        fake_qmp_free(fake);
        while (!g_atomic_int_get(&own.gone))
            g_thread_yield();
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(each_caller_gets_its_own_answer),
        TEST(closing_wakes_all_who_wait),
        TEST(a_peer_that_leaves_wakes_all_who_wait),
        TEST(a_cancel_wakes_who_wait_and_nobody_else),
        TEST(connections_come_and_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
