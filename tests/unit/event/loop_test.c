#define _GNU_SOURCE 1 /* memfd_create */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/event/loop.h"
#include "core/object/call.h"
#include "core/object/error.h"

static GMainContext *context;
static struct loop *loop;
static int ends[2];    /* a socket pair */
static GString *trace; /* what the callbacks saw */

static int setup(void **state)
{
    (void)state;
    context = g_main_context_new();
    loop = loop_new(context);
    trace = g_string_new(NULL);
    error_reset();
    return loop ? socketpair(AF_UNIX, SOCK_STREAM, 0, ends) : -1;
}

static int teardown(void **state)
{
    (void)state;
    call_set_interrupt_hook(NULL);
    loop_free(loop);
    g_main_context_unref(context);
    g_string_free(trace, TRUE);
    close(ends[0]);
    close(ends[1]);
    return 0;
}

static void on_handle(int id, int fd, int events, void *opaque)
{
    (void)fd;
    g_string_append_printf(trace, "%s%d:%d ", (char *)opaque, id, events);
}

static void on_timer(int id, void *opaque)
{
    g_string_append_printf(trace, "%s%d ", (char *)opaque, id);
}

static void on_free(void *opaque)
{
    g_string_append_printf(trace, "free-%s ", (char *)opaque);
}

/* Iterations until none has anything to do; what is due later stays. */
static void settle(void)
{
    while (g_main_context_iteration(context, FALSE))
        ;
}

static void assert_trace(const char *want)
{
    assert_string_equal(trace->str, want);
    g_string_truncate(trace, 0);
}

static void once(const char *want)
{
    assert_int_equal(loop_run_once(loop), 0);
    assert_trace(want);
}

static void send_byte(void)
{
    assert_int_equal(write(ends[1], "x", 1), 1);
}

static void reports_readable_and_writable(void **state)
{
    (void)state;
    assert_int_equal(loop_add_handle(loop, ends[0], 3, on_handle, "h", NULL), 1);
    once("h1:2 ");
    send_byte();
    once("h1:3 ");
    assert_int_equal(loop_update_handle(loop, 1, 1), 0);
    once("h1:1 ");
}

static void reports_hang_up_unasked(void **state)
{
    int pipes[2];

    (void)state;
    assert_int_equal(pipe(pipes), 0);
    loop_add_handle(loop, pipes[0], VIR_EVENT_HANDLE_READABLE, on_handle, "r", NULL);
    close(pipes[1]);
    once("r1:8 ");
    loop_remove_handle(loop, 1);
    close(pipes[0]);
    assert_int_equal(pipe(pipes), 0);
    loop_add_handle(loop, pipes[1], VIR_EVENT_HANDLE_HANGUP, on_handle, "w", NULL);
    close(pipes[0]);
    once("w2:4 "); /* what a pipe's writer gets is an error */
    loop_remove_handle(loop, 2);
    close(pipes[1]);
}

static void a_paused_handle_is_silent(void **state)
{
    int id;

    (void)state;
    id = loop_add_handle(loop, ends[0], 0, on_handle, "h", NULL);
    close(ends[1]);
    ends[1] = dup(ends[0]);
    settle();
    assert_trace(""); /* not even the hang-up */
    assert_int_equal(loop_update_handle(loop, id, 1), 0);
    once("h1:9 ");
    assert_int_equal(loop_update_handle(loop, id, 0), 0);
    settle();
    assert_trace("");
}

static void handles_share_a_descriptor(void **state)
{
    (void)state;
    loop_add_handle(loop, ends[0], 1, on_handle, "a", NULL);
    loop_add_handle(loop, ends[0], 2, on_handle, "b", NULL);
    loop_add_handle(loop, ends[0], 0, on_handle, "c", NULL);
    loop_add_handle(loop, ends[0], 3, on_handle, "d", NULL);
    once("b2:2 d4:2 ");
    send_byte();
    once("a1:1 b2:2 d4:3 ");
    loop_remove_handle(loop, 4);
    loop_update_handle(loop, 2, 0);
    once("a1:1 ");
    loop_remove_handle(loop, 1);
    settle();
    assert_trace("");
    loop_update_handle(loop, 3, 1);
    once("c3:1 ");
}

static void regular_files_are_always_ready(void **state)
{
    int fd = memfd_create("file", MFD_CLOEXEC);
    int id = loop_add_handle(loop, fd, VIR_EVENT_HANDLE_READABLE, on_handle, "f", NULL);

    (void)state;
    assert_int_equal(id, 1);
    once("f1:1 ");
    once("f1:1 ");
    loop_update_handle(loop, id, 3);
    once("f1:3 ");
    loop_update_handle(loop, id, 0);
    settle();
    assert_trace("");
    loop_update_handle(loop, id, 2);
    once("f1:2 ");
    loop_remove_handle(loop, id);
    settle();
    assert_trace("");
    close(fd);
}

static void bad_arguments_are_refused(void **state)
{
    int fd = dup(ends[0]);

    (void)state;
    assert_int_equal(loop_add_handle(loop, -1, 1, on_handle, NULL, NULL), -1);
    assert_int_equal(error_code(), VIR_ERR_INVALID_ARG);
    assert_int_equal(loop_add_handle(loop, ends[0], 1, NULL, NULL, NULL), -1);
    assert_int_equal(loop_add_handle(loop, ends[0], 16, on_handle, NULL, NULL), -1);
    assert_non_null(strstr(virGetLastErrorMessage(), "0x10"));
    close(fd);
    assert_int_equal(loop_add_handle(loop, fd, 1, on_handle, "x", on_free), -1);
    assert_int_equal(error_code(), VIR_ERR_SYSTEM_ERROR);
    assert_int_equal(loop_update_handle(loop, 5, 1), -1);
    assert_int_equal(error_code(), VIR_ERR_INVALID_ARG);
    assert_non_null(strstr(virGetLastErrorMessage(), "watch 5"));
    assert_int_equal(loop_remove_handle(loop, -1), -1);
    assert_int_equal(loop_add_timeout(loop, -2, on_timer, NULL, NULL), -1);
    assert_int_equal(loop_add_timeout(loop, 1, NULL, NULL, NULL), -1);
    assert_int_equal(loop_update_timeout(loop, 5, 1), -1);
    assert_int_equal(loop_remove_timeout(loop, 5), -1);
    assert_non_null(strstr(virGetLastErrorMessage(), "timer 5"));
    assert_int_equal(loop_add_handle(loop, ends[0], 1, on_handle, "h", NULL), 1);
    assert_int_equal(loop_update_handle(loop, 1, -1), -1);
    settle();
    assert_trace("");
}

static void timers_rest_fire_always_or_periodically(void **state)
{
    gint64 begin = g_get_monotonic_time();

    (void)state;
    loop_add_timeout(loop, -1, on_timer, "off", NULL);
    loop_add_timeout(loop, 0, on_timer, "all", NULL);
    once("all2 ");
    once("all2 ");
    loop_update_timeout(loop, 2, -1);
    settle();
    assert_trace("");
    loop_update_timeout(loop, 1, 3);
    once("off1 ");
    assert_true(g_get_monotonic_time() - begin >= 3000);
    once("off1 ");
    assert_true(g_get_monotonic_time() - begin >= 6000);
    loop_remove_timeout(loop, 1);
    settle();
    assert_trace("");
}

static void timers_fire_in_the_order_they_are_due(void **state)
{
    (void)state;
    loop_add_timeout(loop, 3, on_timer, "c", NULL);
    loop_add_timeout(loop, 1, on_timer, "a", NULL);
    loop_add_timeout(loop, 2, on_timer, "b", NULL);
    loop_add_timeout(loop, 1000000, on_timer, "never", NULL);
    g_usleep(5000);
    once("a2 b3 c1 ");
}

static void freed_by_the_loop_not_by_remove(void **state)
{
    (void)state;
    loop_add_handle(loop, ends[0], 1, on_handle, "h", on_free);
    loop_add_timeout(loop, -1, on_timer, "t", on_free);
    loop_remove_handle(loop, 1);
    loop_remove_timeout(loop, 1);
    assert_trace("");
    once("free-h free-t ");
    assert_int_equal(loop_remove_handle(loop, 1), -1);
    settle();
    assert_trace("");
}

static void remove_both(int id, int fd, int events, void *opaque)
{
    on_handle(id, fd, events, opaque);
    loop_remove_handle(loop, 1);
    loop_remove_handle(loop, 2);
    loop_remove_timeout(loop, 1);
    g_string_append(trace, "removed ");
}

static void a_callback_removes_any_other_and_itself(void **state)
{
    (void)state;
    send_byte();
    loop_add_handle(loop, ends[0], 1, remove_both, "a", on_free);
    loop_add_handle(loop, ends[0], 1, remove_both, "b", on_free);
    loop_add_timeout(loop, 0, on_timer, "t", on_free);
    once("a1:1 removed free-a free-b free-t ");
}

static void replace_descriptor(int id, int fd, int events, void *opaque)
{
    int fresh[2];

    on_handle(id, fd, events, opaque);
    loop_remove_handle(loop, 2);
    close(ends[1]);
    assert_int_equal(pipe(fresh), 0); /* one of them has the number that was ready just now */
    assert_true(fresh[0] == ends[1] || fresh[1] == ends[1]);
    ends[1] = fresh[0];
    loop_add_handle(loop, fresh[0], 1, on_handle, "new", NULL);
    loop_remove_handle(loop, id);
    close(fresh[1]);
}

/* The new handle is not called for what happened on the old one. */
static void events_belong_to_handles_not_descriptors(void **state)
{
    (void)state;
    send_byte();
    assert_int_equal(write(ends[0], "x", 1), 1);
    loop_add_handle(loop, ends[0], 1, replace_descriptor, "a", NULL);
    loop_add_handle(loop, ends[1], 1, on_handle, "b", NULL);
    once("a1:1 ");
    once("new3:8 ");
}

static void add_more(int id, void *opaque)
{
    on_timer(id, opaque);
    loop_remove_timeout(loop, id);
    loop_add_timeout(loop, 0, on_timer, "new", NULL);
}

static void update_other(int id, void *opaque)
{
    on_timer(id, opaque);
    loop_update_timeout(loop, 2, 1000000);
    loop_update_timeout(loop, 1, -1);
}

static void callbacks_register_and_change_timers(void **state)
{
    (void)state;
    loop_add_timeout(loop, 0, add_more, "t", NULL);
    once("t1 ");
    once("new2 ");
    loop_remove_timeout(loop, 2);
    settle();
    assert_trace("");
    assert_int_equal(loop_add_timeout(loop, -1, on_timer, "t", NULL),
                     3); /* ids are not used again */
}

static void an_updated_timer_does_not_fire_early(void **state)
{
    (void)state;
    loop_add_timeout(loop, 0, update_other, "a", NULL);
    loop_add_timeout(loop, 0, on_timer, "b", NULL);
    once("a1 ");
    settle();
    assert_trace("");
}

static void run_nested(int id, void *opaque)
{
    on_timer(id, opaque);
    loop_remove_timeout(loop, id); /* not freed while it runs */
    assert_int_equal(loop_run_once(loop), 0);
    g_string_append(trace, "back ");
}

static void an_iteration_within_a_callback_serves_the_others(void **state)
{
    (void)state;
    send_byte();
    loop_add_timeout(loop, 0, run_nested, "outer", on_free);
    loop_add_timeout(loop, 5, on_timer, "later", NULL);
    once("outer1 later2 back free-outer ");
    loop_update_timeout(loop, 2, -1);
    loop_add_timeout(loop, 0, run_nested, "outer", on_free);
    loop_add_handle(loop, ends[0], 1, on_handle, "h", NULL);
    once("h1:1 outer3 h1:1 back free-outer ");
}

static void settle_nested(int id, int fd, int events, void *opaque)
{
    on_handle(id, fd, events, opaque);
    settle(); /* which does not end while something is ready */
    g_string_append(trace, "settled ");
}

static void settle_in_timer(int id, void *opaque)
{
    on_timer(id, opaque);
    settle();
    loop_update_timeout(loop, id, -1);
}

static void what_runs_does_not_keep_an_inner_iteration_awake(void **state)
{
    int file = memfd_create("file", MFD_CLOEXEC);

    (void)state;
    send_byte();
    loop_add_handle(loop, ends[0], 1, settle_nested, "h", NULL);
    once("h1:1 settled ");
    once("h1:1 settled "); /* and is watched again afterwards */
    loop_remove_handle(loop, 1);
    loop_add_handle(loop, file, 1, settle_nested, "f", NULL);
    once("f2:1 settled ");
    once("f2:1 settled ");
    loop_remove_handle(loop, 2);
    loop_add_timeout(loop, 0, settle_in_timer, "t", NULL);
    once("t1 ");
    settle();
    assert_trace("");
    close(file);
}

static void closed_descriptors_do_no_harm(void **state)
{
    int fd = dup(ends[0]), copy, again;

    (void)state;
    send_byte();
    loop_add_handle(loop, fd, 1, on_handle, "old", NULL);
    copy = dup(fd);
    close(fd); /* still in the epoll set, through its copy */
    once("old1:1 ");
    loop_remove_handle(loop, 1);
    again = dup(ends[0]);
    assert_int_equal(again, fd);
    loop_add_handle(loop, again, 1, on_handle, "new", NULL);
    loop_run_once(loop); /* notices the ghost */
    loop_remove_handle(loop, 2);
    settle(); /* would not end otherwise */
    g_string_truncate(trace, 0);
    loop_add_handle(loop, again, 1, on_handle, "new", NULL);
    once("new3:1 ");
    close(copy);
    close(again);
}

static void a_reopened_descriptor_is_watched(void **state)
{
    int fd = dup(ends[0]);

    (void)state;
    loop_add_handle(loop, fd, 1, on_handle, "old", NULL);
    close(fd);
    assert_int_equal(dup(ends[0]), fd);
    loop_add_handle(loop, fd, 1, on_handle, "new", NULL);
    send_byte();
    once("old1:1 new2:1 ");
    close(fd);
}

static void many_ready_at_once_all_get_their_turn(void **state)
{
    int handles = 0, fds[400];

    (void)state;
    for (int i = 0; i < 400; i++) {
        fds[i] = dup(ends[0]);
        assert_true(fds[i] >= 0);
        loop_add_handle(loop, fds[i], VIR_EVENT_HANDLE_WRITABLE, on_handle, "h", NULL);
    }
    for (int i = 0; i < 4; i++)
        loop_run_once(loop);
    for (int id = 1; id <= 400; id++) {
        g_autofree char *seen = g_strdup_printf("h%d:2 ", id);

        handles += strstr(trace->str, seen) != NULL;
    }
    assert_int_equal(handles, 400);
    for (int i = 0; i < 400; i++) {
        loop_remove_handle(loop, i + 1);
        close(fds[i]);
    }
}

static int stop_from;

static int hook(void)
{
    return --stop_from <= 0;
}

static void the_hook_ends_a_blocked_iteration(void **state)
{
    int r;

    (void)state;
    stop_from = 3;
    call_set_interrupt_hook(hook);
    do {
        r = loop_run_once(loop);
    } while (r == 0);
    assert_int_equal(r, -1);
    assert_int_equal(error_code(), VIR_ERR_OPERATION_ABORTED);
    assert_int_equal(stop_from, 0);
}

static void on_signal(int number)
{
    (void)number;
}

static int always_stop(void)
{
    return 1;
}

/* A signal in a blocked iteration: the hook is asked at once, however long ago it was asked before.
 */
static void a_signal_asks_the_hook(void **state)
{
    struct sigaction action = {.sa_handler = on_signal};
    struct itimerval soon = {{0, 0}, {0, 2000}};

    (void)state;
    sigaction(SIGALRM, &action, NULL);
    call_set_interrupt_hook(always_stop);
    setitimer(ITIMER_REAL, &soon, NULL);
    while (loop_run_once(loop) == 0)
        ;
    assert_int_equal(error_code(), VIR_ERR_OPERATION_ABORTED);
}

static void on_free_add(void *opaque)
{
    on_free(opaque);
    loop_add_timeout(loop, 0, on_timer, "child", on_free);
}

static void freeing_the_loop_runs_the_free_callbacks(void **state)
{
    (void)state;
    loop_add_handle(loop, ends[0], 1, on_handle, "h", on_free_add);
    loop_add_timeout(loop, 5, on_timer, "t", on_free);
    loop_free(loop);
    loop = loop_new(context);
    assert_trace("free-h free-t free-child ");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(reports_readable_and_writable),
        TEST(reports_hang_up_unasked),
        TEST(a_paused_handle_is_silent),
        TEST(handles_share_a_descriptor),
        TEST(regular_files_are_always_ready),
        TEST(bad_arguments_are_refused),
        TEST(timers_rest_fire_always_or_periodically),
        TEST(timers_fire_in_the_order_they_are_due),
        TEST(freed_by_the_loop_not_by_remove),
        TEST(a_callback_removes_any_other_and_itself),
        TEST(events_belong_to_handles_not_descriptors),
        TEST(callbacks_register_and_change_timers),
        TEST(an_updated_timer_does_not_fire_early),
        TEST(an_iteration_within_a_callback_serves_the_others),
        TEST(what_runs_does_not_keep_an_inner_iteration_awake),
        TEST(closed_descriptors_do_no_harm),
        TEST(a_reopened_descriptor_is_watched),
        TEST(many_ready_at_once_all_get_their_turn),
        TEST(the_hook_ends_a_blocked_iteration),
        TEST(a_signal_asks_the_hook),
        TEST(freeing_the_loop_runs_the_free_callbacks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
