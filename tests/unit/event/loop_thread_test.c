/* One thread runs the loop, others add, update and remove; to be run under TSan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/lock.h"
#include "core/event/loop.h"

#define THREADS 4
#define ROUNDS 300

static struct loop *loop;
static gint stop; /* with __atomic */
static lock_t lock = LOCK_INITIALIZER;
static cond_t changed;

static void *run_loop(void *unused)
{
    while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE))
        loop_run_once(loop);
    return unused;
}

static void on_stop(int timer, void *opaque)
{
    (void)timer;
    (void)opaque;
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
}

/* What one registration has been through. Plain members: the loop's lock orders all accesses, and
 * TSan says so if it does not. */
struct probe {
    int calls;
    gboolean freed;
};

static void wait_until_true(gboolean *flag)
{
    lock_guard(&lock);
    while (!*flag)
        cond_wait(&changed, &lock);
}

static void on_free(void *opaque)
{
    struct probe *probe = opaque;

    lock_guard(&lock);
    assert_false(probe->freed);
    probe->freed = TRUE;
    cond_broadcast(&changed);
}

static void on_timer(int timer, void *opaque)
{
    struct probe *probe = opaque;

    (void)timer;
    lock_guard(&lock);
    assert_false(probe->freed);
    probe->calls++;
    cond_broadcast(&changed);
}

static void on_handle(int watch, int fd, int events, void *opaque)
{
    (void)fd;
    (void)events;
    on_timer(watch, opaque);
}

static void wait_for_call(struct probe *probe)
{
    lock_guard(&lock);
    while (!probe->calls)
        cond_wait(&changed, &lock);
    probe->calls = 0;
}

/* The loop sleeps without a limit whenever it can: each step below hangs unless it wakes up. */
static void *exercise_timers(void *unused)
{
    for (int i = 0; i < ROUNDS; i++) {
        struct probe probe = {0};
        int id = loop_add_timeout(loop, i % 2 ? 0 : -1, on_timer, &probe, on_free);

        assert_true(id > 0);
        assert_int_equal(loop_update_timeout(loop, id, i % 3), 0);
        wait_for_call(&probe);
        assert_int_equal(loop_update_timeout(loop, id, -1), 0);
        assert_int_equal(loop_remove_timeout(loop, id), 0);
        wait_until_true(&probe.freed);
    }
    return unused;
}

static void *exercise_handles(void *unused)
{
    int pipes[2];

    assert_int_equal(pipe(pipes), 0);
    for (int i = 0; i < ROUNDS; i++) {
        struct probe probe = {0};
        int id = loop_add_handle(loop, pipes[i % 2], 0, on_handle, &probe, on_free);
        char byte = 'x';

        assert_true(id > 0);
        assert_int_equal(loop_update_handle(loop, id, 3), 0);
        assert_int_equal(write(pipes[1], &byte, 1), 1);
        wait_for_call(&probe);
        assert_int_equal(loop_update_handle(loop, id, 0), 0);
        assert_int_equal(read(pipes[0], &byte, 1), 1);
        assert_int_equal(loop_remove_handle(loop, id), 0);
        wait_until_true(&probe.freed);
    }
    close(pipes[0]);
    close(pipes[1]);
    return unused;
}

static void others_change_what_a_thread_runs(void **state)
{
    pthread_t runner, threads[THREADS];
    GMainContext *context = g_main_context_new();

    (void)state;
    loop = loop_new(context);
    assert_non_null(loop);
    stop = 0;
    assert_int_equal(pthread_create(&runner, NULL, run_loop, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, i % 2 ? exercise_timers : exercise_handles, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    loop_add_timeout(loop, 0, on_stop, NULL, NULL);
    pthread_join(runner, NULL);
    loop_free(loop);
    g_main_context_unref(context);
}

static void *run_main_loop(void *opaque)
{
    GMainLoop *main_loop = opaque;

    g_main_loop_run(main_loop);
    return NULL;
}

/* The application's own main loop runs already when ours joins it. */
static void joins_a_context_that_runs(void **state)
{
    GMainContext *context = g_main_context_new();
    GMainLoop *main_loop = g_main_loop_new(context, FALSE);
    struct probe probe = {0};
    pthread_t runner;

    (void)state;
    assert_int_equal(pthread_create(&runner, NULL, run_main_loop, main_loop), 0);
    loop = loop_new(context);
    loop_remove_timeout(loop, loop_add_timeout(loop, 0, on_timer, &probe, on_free));
    wait_until_true(&probe.freed);
    while (!g_main_loop_is_running(main_loop))
        ;
    g_main_loop_quit(main_loop);
    pthread_join(runner, NULL);
    loop_free(loop);
    g_main_loop_unref(main_loop);
    g_main_context_unref(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(others_change_what_a_thread_runs),
        cmocka_unit_test(joins_a_context_that_runs),
    };
    int failed;

    cond_init(&changed);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    cond_clear(&changed);
    return failed;
}
