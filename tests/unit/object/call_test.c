#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/object/call.h"
#include "core/object/error.h"

static struct call_group group;
static int asked, answer_from;

static int hook(void)
{
    return ++asked >= answer_from;
}

static int setup(void **state)
{
    (void)state;
    call_group_init(&group);
    asked = 0;
    answer_from = 1;
    error_reset();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    call_set_interrupt_hook(NULL);
    call_thread_interruptible(TRUE);
    call_thread_timeout(-1);
    call_group_clear(&group);
    return 0;
}

static void assert_error(int code, const char *part)
{
    assert_int_equal(error_code(), code);
    if (!strstr(virGetLastErrorMessage(), part))
        fail_msg("'%s' is not in '%s'", part, virGetLastErrorMessage());
}

static int sleep_for(gint64 milliseconds)
{
    struct call call;
    int r;

    call_begin_as(&call, &group, "virSomething");
    r = call_sleep(&call, milliseconds);
    call_end(&call);
    return r;
}

static void sleeps_as_long_as_asked(void **state)
{
    struct call call;
    gint64 before;

    (void)state;
    call_begin(&call, &group);
    for (int us = 0; us < 3000; us += 500) {
        before = g_get_monotonic_time();
        assert_int_equal(call_sleep_us(&call, us), 0);
        assert_true(g_get_monotonic_time() - before >= us);
    }
    assert_int_equal(call_sleep(&call, -1), 0);
    call_end(&call);
    assert_int_equal(error_code(), VIR_ERR_OK);
}

static void deadline_names_function_and_limit(void **state)
{
    (void)state;
    call_group_set_timeout(&group, 5);
    assert_int_equal(call_group_timeout(&group), 5);
    assert_int_equal(sleep_for(G_MAXINT64), -1);
    assert_error(VIR_ERR_OPERATION_TIMEOUT, "virSomething took longer than its limit of 5 ms");
    call_group_set_timeout(&group, -3);
    assert_int_equal(call_group_timeout(&group), 0);
    assert_int_equal(sleep_for(6), 0);
}

static void threads_limit_goes_before_the_groups(void **state)
{
    (void)state;
    call_group_set_timeout(&group, 1);
    assert_int_equal(call_thread_timeout(0), -1);
    assert_int_equal(sleep_for(4), 0);
    assert_int_equal(call_thread_timeout(2), 0);
    call_group_set_timeout(&group, 0);
    assert_int_equal(sleep_for(1000000), -1);
    assert_error(VIR_ERR_OPERATION_TIMEOUT, "2 ms");
    assert_int_equal(call_thread_timeout(-1), 2);
    assert_int_equal(sleep_for(3), 0);
}

static void hook_ends_a_sleep(void **state)
{
    (void)state;
    answer_from = 2;
    call_set_interrupt_hook(hook);
    assert_int_equal(sleep_for(1000000), -1);
    assert_error(VIR_ERR_OPERATION_ABORTED, "virSomething was interrupted");
    assert_int_equal(asked, 2);
}

static void threads_can_be_left_alone(void **state)
{
    (void)state;
    call_set_interrupt_hook(hook);
    assert_true(call_interruptible());
    call_thread_interruptible(FALSE);
    assert_false(call_interruptible());
    assert_int_equal(sleep_for(150), 0);
    assert_int_equal(call_interrupted(), 0);
    assert_int_equal(asked, 0);
}

static lock_t lock = LOCK_INITIALIZER;

static int hook_with_lock(void)
{
    lock_guard(&lock);
    return 1;
}

static void hook_ends_a_wait_and_runs_without_the_lock(void **state)
{
    struct call call;
    cond_t cond;

    (void)state;
    cond_init(&cond);
    call_set_interrupt_hook(hook_with_lock);
    call_begin_as(&call, &group, "virSomething");
    lock_take(&lock);
    while (call_cond_wait(&call, &cond, &lock) == 0)
        ;
    assert_int_not_equal(pthread_mutex_trylock(&lock), 0); /* held again */
    lock_drop(&lock);
    call_end(&call);
    cond_clear(&cond);
    assert_error(VIR_ERR_OPERATION_ABORTED, "interrupted");
}

static void deadline_ends_a_wait(void **state)
{
    struct call call;
    cond_t cond;

    (void)state;
    cond_init(&cond);
    call_group_set_timeout(&group, 3);
    call_begin_as(&call, &group, "virSomething");
    lock_take(&lock);
    assert_int_equal(call_cond_wait_until(&call, &cond, &lock, g_get_monotonic_time() - 1), 0);
    while (call_cond_wait(&call, &cond, &lock) == 0)
        ;
    lock_drop(&lock);
    assert_int_equal(call_check(&call), -1);
    call_end(&call);
    cond_clear(&cond);
    assert_error(VIR_ERR_OPERATION_TIMEOUT, "3 ms");
}

static void poll_reports_what_is_ready(void **state)
{
    struct pollfd fds[12] = {0};
    struct call call;
    int pipes[2];

    (void)state;
    assert_int_equal(pipe(pipes), 0);
    for (size_t i = 0; i < G_N_ELEMENTS(fds); i++)
        fds[i] = (struct pollfd){.fd = i == 11 ? pipes[1] : pipes[0],
                                 .events = i == 11 ? POLLOUT : POLLIN};
    call_begin_as(&call, &group, "virSomething");
    assert_int_equal(call_poll(&call, fds, 12), 1);
    assert_int_equal(fds[11].revents, POLLOUT);
    assert_int_equal(fds[0].revents, 0);
    assert_int_equal(write(pipes[1], "x", 1), 1);
    assert_int_equal(call_poll(&call, fds, 2), 2);
    assert_int_equal(fds[1].revents, POLLIN);
    call_end(&call);
    close(pipes[0]);
    close(pipes[1]);
}

static void deadline_and_hook_end_a_poll(void **state)
{
    struct pollfd fd = {.events = POLLIN};
    struct call call;
    int pipes[2];

    (void)state;
    assert_int_equal(pipe(pipes), 0);
    fd.fd = pipes[0];
    call_group_set_timeout(&group, 3);
    call_begin_as(&call, &group, "virSomething");
    assert_int_equal(call_poll(&call, &fd, 1), -1);
    assert_error(VIR_ERR_OPERATION_TIMEOUT, "3 ms");
    call_end(&call);
    call_group_set_timeout(&group, 0);
    call_set_interrupt_hook(hook);
    call_begin_as(&call, &group, "virSomething");
    assert_int_equal(call_poll(&call, &fd, 1), -1);
    assert_error(VIR_ERR_OPERATION_ABORTED, "interrupted");
    call_end(&call);
    close(pipes[0]);
    close(pipes[1]);
}

static void cancel_without_calls_is_nothing(void **state)
{
    (void)state;
    assert_int_equal(call_group_cancel(&group), 0);
    assert_int_equal(sleep_for(1), 0); /* only those that wait at that moment */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(sleeps_as_long_as_asked),
        TEST(deadline_names_function_and_limit),
        TEST(threads_limit_goes_before_the_groups),
        TEST(hook_ends_a_sleep),
        TEST(threads_can_be_left_alone),
        TEST(hook_ends_a_wait_and_runs_without_the_lock),
        TEST(deadline_ends_a_wait),
        TEST(poll_reports_what_is_ready),
        TEST(deadline_and_hook_end_a_poll),
        TEST(cancel_without_calls_is_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
