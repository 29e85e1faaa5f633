/* Event queues on an application's event loop, which does things at the worst moment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/event/loop.h"
#include "core/event/queue.h"
#include "core/object/error.h"

/* One timer is all that a queue needs. */
static struct {
    int timeout;
    gboolean there;
    virEventTimeoutCallback cb;
    virFreeCallback ff;
    void *opaque;
} timer;

static gboolean refuse;
static struct event_queue *push_into; /* while the timer is being switched off */
static int delivered, updates;

static void free_event(struct event *event)
{
    g_free(event);
}

static void deliver(virConnectPtr conn, struct event *event, event_callback callback, void *opaque)
{
    (void)conn, (void)event, (void)callback, (void)opaque;
    delivered++;
}

static void push(struct event_queue *queue)
{
    struct event *event = g_new0(struct event, 1);

    *event = (struct event){.klass = 1, .deliver = deliver, .free = free_event, .refs = 1};
    event_queue_push(queue, event);
}

static int add_timeout(int timeout, virEventTimeoutCallback cb, void *opaque, virFreeCallback ff)
{
    if (refuse)
        return -1;
    timer.timeout = timeout;
    timer.there = TRUE;
    timer.cb = cb;
    timer.ff = ff;
    timer.opaque = opaque;
    return 0; /* implementations may count from 0 */
}

static void update_timeout(int id, int timeout)
{
    struct event_queue *queue = g_steal_pointer(&push_into);

    assert_int_equal(id, 0);
    updates++;
    if (timeout < 0 && queue)
        push(queue);
    timer.timeout = timeout;
}

static int remove_timeout(int id)
{
    assert_int_equal(id, 0);
    timer.there = FALSE;
    return 0;
}

static int (*on_remove)(int id) = remove_timeout;

static int call_remove(int id)
{
    return on_remove(id);
}

static int add_handle(int fd, int events, virEventHandleCallback cb, void *opaque,
                      virFreeCallback ff)
{
    (void)fd, (void)events, (void)cb, (void)opaque, (void)ff;
    return -1;
}

static void update_handle(int id, int events)
{
    (void)id, (void)events;
}

static int remove_handle(int id)
{
    (void)id;
    return -1;
}

static void some_callback(void) {}

static int listen_to(struct event_queue *queue)
{
    struct event_registration r = {.klass = 1, .callback = some_callback};

    return event_queue_register(queue, &r);
}

static void a_push_while_the_timer_is_switched_off_is_not_lost(void **state)
{
    struct event_queue *queue = event_queue_new(NULL, NULL, NULL);

    (void)state;
    assert_int_equal(listen_to(queue), 0);
    assert_int_equal(timer.timeout, -1);
    push(queue);
    push(queue);
    assert_int_equal(updates, 1); /* armed once for both */
    assert_int_equal(timer.timeout, 0);
    push_into = queue;
    timer.cb(0, timer.opaque);
    assert_null(push_into);
    assert_int_equal(delivered, 2);
    assert_int_equal(timer.timeout, 0);
    timer.cb(0, timer.opaque);
    assert_int_equal(delivered, 3);
    assert_int_equal(timer.timeout, -1);
    event_queue_close(queue);
    assert_false(timer.there);
    timer.ff(timer.opaque);
}

static int in_loop, freed;

static void on_free(void *opaque)
{
    (void)opaque;
    assert_true(in_loop);
    freed++;
}

/* As when the loop's thread is faster than the one that closes. */
static int remove_and_end_at_once(int id)
{
    remove_timeout(id);
    in_loop = TRUE;
    timer.ff(timer.opaque);
    in_loop = FALSE;
    return 0;
}

static void free_callbacks_run_from_the_loop_however_fast_it_is(void **state)
{
    struct event_queue *queue = event_queue_new(NULL, NULL, NULL);
    struct event_registration r = {.klass = 1, .callback = some_callback, .freecb = on_free};

    (void)state;
    assert_int_equal(event_queue_register(queue, &r), 0);
    on_remove = remove_and_end_at_once;
    event_queue_close(queue);
    on_remove = remove_timeout;
    assert_int_equal(freed, 1);
}

static void a_loop_that_refuses_the_timer_makes_an_error(void **state)
{
    struct event_queue *queue = event_queue_new(NULL, NULL, NULL);

    (void)state;
    refuse = TRUE;
    error_reset();
    assert_int_equal(listen_to(queue), -1);
    assert_int_equal(error_code(), VIR_ERR_INTERNAL_ERROR);
    assert_int_equal(event_queue_count(queue, 1, 0), 0);
    refuse = FALSE;
    event_queue_close(queue);
}

static void handles_that_are_refused_make_an_error(void **state)
{
    (void)state;
    assert_int_equal(virEventAddHandle(0, 1, (virEventHandleCallback)some_callback, NULL, NULL),
                     -1);
    assert_int_equal(error_code(), VIR_ERR_INTERNAL_ERROR);
    assert_int_equal(virEventRunDefaultImpl(), -1); /* there is no default one to run */
}

static int register_loop(void **state)
{
    (void)state;
    virEventRegisterImpl(add_handle, update_handle, remove_handle, add_timeout, update_timeout,
                         call_remove);
    return event_loop_registered() ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_push_while_the_timer_is_switched_off_is_not_lost),
        cmocka_unit_test(free_callbacks_run_from_the_loop_however_fast_it_is),
        cmocka_unit_test(a_loop_that_refuses_the_timer_makes_an_error),
        cmocka_unit_test(handles_that_are_refused_make_an_error),
    };

    return cmocka_run_group_tests(tests, register_loop, NULL);
}
