/* The registered implementation and the public calls; the default loop lives as long as the
 * process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/event/loop.h"
#include "core/object/error.h"

static int fired, freed;

static void on_timer(int timer, void *opaque)
{
    (void)timer;
    (void)opaque;
    fired++;
}

static void on_handle(int watch, int fd, int events, void *opaque)
{
    (void)watch;
    (void)fd;
    (void)opaque;
    fired += events;
}

static void on_free(void *opaque)
{
    (void)opaque;
    freed++;
}

static void assert_needs_loop(int r)
{
    assert_int_equal(r, -1);
    assert_int_equal(error_code(), VIR_ERR_INTERNAL_ERROR);
    assert_non_null(strstr(virGetLastErrorMessage(), "virEventRegisterDefaultImpl()"));
}

static void everything_needs_a_loop_first(void **state)
{
    (void)state;
    assert_false(event_loop_registered());
    assert_needs_loop(virEventAddHandle(0, 1, on_handle, NULL, NULL));
    assert_needs_loop(virEventRemoveHandle(1));
    assert_needs_loop(virEventAddTimeout(1, on_timer, NULL, NULL));
    assert_needs_loop(virEventRemoveTimeout(1));
    assert_needs_loop(virEventRunDefaultImpl());
    virEventUpdateHandle(1, 1);
    assert_needs_loop(-1);
    virEventUpdateTimeout(1, 1);
    assert_needs_loop(-1);
    assert_needs_loop(event_loop_require("the test"));
    assert_non_null(strstr(virGetLastErrorMessage(), "the test needs an event loop"));
}

static void half_an_implementation_is_refused(void **state)
{
    (void)state;
    virEventRegisterImpl(NULL, NULL, NULL, NULL, NULL, NULL);
    assert_int_equal(error_code(), VIR_ERR_INVALID_ARG);
    assert_false(event_loop_registered());
}

static void the_default_one_runs_callbacks(void **state)
{
    int pipes[2], watch, timer;

    (void)state;
    assert_int_equal(virEventRegisterDefaultImpl(), 0);
    assert_int_equal(virEventRegisterDefaultImpl(), 0);
    assert_true(event_loop_registered());
    assert_int_equal(event_loop_require("the test"), 0);
    assert_int_equal(pipe(pipes), 0);
    watch = virEventAddHandle(pipes[1], 0, on_handle, NULL, on_free);
    timer = virEventAddTimeout(-1, on_timer, NULL, on_free);
    assert_true(watch > 0 && timer > 0);
    virEventUpdateTimeout(timer, 0);
    while (!fired)
        assert_int_equal(virEventRunDefaultImpl(), 0);
    assert_int_equal(fired, 1);
    virEventUpdateTimeout(timer, -1);
    virEventUpdateHandle(watch, VIR_EVENT_HANDLE_WRITABLE);
    while (fired == 1)
        assert_int_equal(virEventRunDefaultImpl(), 0);
    assert_int_equal(fired, 3);
    assert_int_equal(virEventRemoveHandle(watch), 0);
    assert_int_equal(virEventRemoveTimeout(timer), 0);
    assert_int_equal(freed, 0);
    while (freed < 2)
        assert_int_equal(virEventRunDefaultImpl(), 0);
    close(pipes[0]);
    close(pipes[1]);
}

static void errors_are_recorded_and_forgotten(void **state)
{
    (void)state;
    assert_int_equal(virEventRemoveHandle(99), -1);
    assert_int_equal(error_code(), VIR_ERR_INVALID_ARG);
    assert_int_equal(virEventRegisterDefaultImpl(), 0);
    assert_int_equal(error_code(), VIR_ERR_OK);
    virEventUpdateTimeout(99, 1);
    assert_int_equal(error_code(), VIR_ERR_INVALID_ARG);
    assert_non_null(strstr(virGetLastErrorMessage(), "timer 99"));
}

static int refuse_add_handle(int fd, int events, virEventHandleCallback cb, void *opaque,
                             virFreeCallback ff)
{
    (void)fd, (void)events, (void)cb, (void)opaque, (void)ff;
    return -1;
}

static int refuse_add_timeout(int timeout, virEventTimeoutCallback cb, void *opaque,
                              virFreeCallback ff)
{
    (void)timeout, (void)cb, (void)opaque, (void)ff;
    return -1;
}

static void ignore_update(int id, int value)
{
    (void)id, (void)value;
}

static int refuse_remove(int id)
{
    (void)id;
    return -1;
}

static void a_second_registration_is_ignored(void **state)
{
    int timer;

    (void)state;
    virEventRegisterImpl(refuse_add_handle, ignore_update, refuse_remove, refuse_add_timeout,
                         ignore_update, refuse_remove);
    timer = virEventAddTimeout(-1, on_timer, NULL, NULL);
    assert_true(timer > 0);
    assert_int_equal(virEventRemoveTimeout(timer), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_needs_a_loop_first),
        cmocka_unit_test(half_an_implementation_is_refused),
        cmocka_unit_test(the_default_one_runs_callbacks),
        cmocka_unit_test(errors_are_recorded_and_forgotten),
        cmocka_unit_test(a_second_registration_is_ignored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
