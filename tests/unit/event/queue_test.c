#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/event/loop.h"
#include "core/event/queue.h"
#include "core/object/error.h"

#define KLASS 1
#define ID 4

struct note {
    struct event event;
    int number;
};

static struct event_queue *queue;
static int connection; /* only its address counts */
static int holds;      /* registrations that hold it */
static int events;     /* that are not freed */
static GString *trace;

static void hold(virConnectPtr conn)
{
    assert_ptr_equal(conn, &connection);
    holds++;
}

static void release(virConnectPtr conn)
{
    assert_ptr_equal(conn, &connection);
    holds--;
}

static void free_note(struct event *event)
{
    events--;
    g_free(event);
}

typedef void (*note_callback)(virConnectPtr conn, int number, void *opaque);

static void deliver_note(virConnectPtr conn, struct event *event, event_callback callback,
                         void *opaque)
{
    ((note_callback)callback)(conn, ((struct note *)event)->number, opaque);
}

static struct event *make_note(int klass, int id, int number)
{
    struct note *note = g_new0(struct note, 1);

    note->event = (struct event){
        .klass = klass, .id = id, .deliver = deliver_note, .free = free_note, .refs = 1};
    note->number = number;
    events++;
    return &note->event;
}

static void push(int number)
{
    event_queue_push(queue, make_note(KLASS, ID, number));
}

static void on_note(virConnectPtr conn, int number, void *opaque)
{
    assert_ptr_equal(conn, &connection);
    g_string_append_printf(trace, "%s%d ", (char *)opaque, number);
}

static void on_free(void *opaque)
{
    g_string_append_printf(trace, "free-%s ", (char *)opaque);
}

static int add(int id, const char *opaque, note_callback callback)
{
    struct event_registration r = {KLASS,          id,      {0},  (event_callback)callback,
                                   (void *)opaque, on_free, FALSE};

    return event_queue_register(queue, &r);
}

static void settle(void)
{
    while (g_main_context_iteration(NULL, FALSE))
        ;
}

static void assert_trace(const char *want)
{
    settle();
    assert_string_equal(trace->str, want);
    g_string_truncate(trace, 0);
}

static int setup(void **state)
{
    (void)state;
    queue = event_queue_new((virConnectPtr)&connection, hold, release);
    trace = g_string_new(NULL);
    error_reset();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    event_queue_close(queue);
    settle();
    g_string_free(trace, TRUE);
    return holds || events ? -1 : 0;
}

/* Before the others: none of them has registered the default loop yet. */
static void registering_needs_an_event_loop(void **state)
{
    (void)state;
    assert_int_equal(add(ID, "a", on_note), -1);
    assert_int_equal(error_code(), VIR_ERR_INTERNAL_ERROR);
    assert_non_null(strstr(virGetLastErrorMessage(), "virEventRegisterDefaultImpl()"));
    push(1);
    assert_string_equal(trace->str, "");
    assert_int_equal(virEventRegisterDefaultImpl(), 0);
}

static void events_come_from_the_loop_in_order(void **state)
{
    (void)state;
    assert_false(event_queue_wanted(queue));
    assert_int_equal(add(ID, "a", on_note), 0);
    assert_int_equal(add(ID, "b", on_note), 1);
    assert_int_equal(add(ID + 1, "c", on_note), 2);
    assert_true(event_queue_wanted(queue));
    push(1);
    push(2);
    assert_string_equal(trace->str, "");
    assert_trace("a1 b1 a2 b2 ");
    push(3);
    assert_trace("a3 b3 ");
}

static void other_families_and_ids_are_not_heard(void **state)
{
    (void)state;
    add(ID, "a", on_note);
    event_queue_push(queue, make_note(KLASS + 1, ID, 1));
    event_queue_push(queue, make_note(KLASS, ID + 1, 2));
    assert_trace("");
    assert_int_equal(event_queue_count(queue, KLASS, ID), 1);
    assert_int_equal(event_queue_count(queue, KLASS, ID + 1), 0);
    assert_int_equal(event_queue_event_of(queue, KLASS, 0), ID);
    assert_int_equal(event_queue_event_of(queue, KLASS + 1, 0), -1);
}

static void keys_choose_the_object(void **state)
{
    char name[] = "one";
    struct event_registration by_uuid = {.klass = KLASS,
                                         .id = ID,
                                         .callback = (event_callback)on_note,
                                         .key = {EVENT_KEY_UUID, {1}, NULL},
                                         .opaque = "u"};
    struct event_registration by_name = {.klass = KLASS,
                                         .id = ID,
                                         .callback = (event_callback)on_note,
                                         .key = {EVENT_KEY_NAME, {0}, name},
                                         .opaque = "n"};
    struct event *event;

    (void)state;
    assert_int_equal(event_queue_register(queue, &by_uuid), 0);
    assert_int_equal(event_queue_register(queue, &by_name), 1);
    name[0] = 'x'; /* it was copied */
    assert_int_equal(add(ID, "all", on_note), 2);
    event = make_note(KLASS, ID, 1);
    event->key = by_uuid.key;
    event_queue_push(queue, event);
    event = make_note(KLASS, ID, 2);
    event->key = by_uuid.key;
    event->key.uuid[15] = 1;
    event_queue_push(queue, event);
    event = make_note(KLASS, ID, 3);
    event->key = (struct event_key){EVENT_KEY_NAME, {0}, "one"};
    event_queue_push(queue, event);
    push(4);
    assert_trace("u1 all1 all2 n3 all3 all4 ");
}

static void removed_before_delivery_is_not_called(void **state)
{
    (void)state;
    add(ID, "a", on_note);
    add(ID, "b", on_note);
    push(1);
    assert_int_equal(event_queue_deregister(queue, KLASS, 0), 1);
    assert_string_equal(trace->str, "");
    assert_int_equal(holds, 2); /* until the loop has let go */
    assert_trace("b1 free-a ");
    assert_int_equal(holds, 1);
    assert_int_equal(event_queue_deregister(queue, KLASS, 1), 0);
    assert_trace("free-b ");
    assert_false(event_queue_wanted(queue));
}

static void added_after_the_push_is_not_called(void **state)
{
    (void)state;
    add(ID, "a", on_note);
    push(1);
    add(ID, "b", on_note);
    push(2);
    assert_trace("a1 a2 b2 ");
}

static void remove_all(virConnectPtr conn, int number, void *opaque)
{
    on_note(conn, number, opaque);
    event_queue_deregister(queue, KLASS, 0);
    event_queue_deregister(queue, KLASS, 1);
    assert_int_equal(event_queue_deregister(queue, KLASS, 1), -1);
    g_string_append(trace, "removed ");
}

static void callbacks_remove_themselves_and_others(void **state)
{
    (void)state;
    add(ID, "a", remove_all);
    add(ID, "b", on_note);
    add(ID, "c", on_note);
    push(1);
    push(2);
    assert_trace("a1 removed c1 c2 free-a free-b ");
}

static void push_and_add(virConnectPtr conn, int number, void *opaque)
{
    on_note(conn, number, opaque);
    if (number > 2)
        return;
    assert_true(add(ID, number == 1 ? "b" : "c", on_note) > 0);
    push(number + 1);
}

static void callbacks_register_and_push(void **state)
{
    (void)state;
    add(ID, "a", push_and_add);
    push(1);
    assert_trace("a1 a2 b2 a3 b3 c3 ");
}

static void run_loop(virConnectPtr conn, int number, void *opaque)
{
    on_note(conn, number, opaque);
    settle();
    g_string_append(trace, "end ");
}

static void a_loop_within_a_callback_keeps_the_order(void **state)
{
    (void)state;
    add(ID, "a", run_loop);
    push(1);
    push(2);
    /* The queue's timer stays due while its callback runs: one iteration each, as settle() wants.
     */
    assert_int_equal(virEventRunDefaultImpl(), 0);
    assert_trace("a1 end a2 end ");
}

static void close_in_callback(virConnectPtr conn, int number, void *opaque)
{
    on_note(conn, number, opaque);
    event_queue_close(queue);
    queue = NULL;
}

static void closing_drops_what_is_queued(void **state)
{
    (void)state;
    add(ID, "a", close_in_callback);
    add(ID, "b", on_note);
    push(1);
    push(2);
    assert_trace("a1 free-a free-b ");
    assert_int_equal(holds, 0);
    queue = event_queue_new((virConnectPtr)&connection, NULL, NULL);
    add(ID, "c", on_note);
    push(1);
    event_queue_close(queue);
    queue = NULL;
    assert_int_equal(events, 0);
    assert_trace("free-c ");
}

static void close_without_registrations(void **state)
{
    (void)state;
    push(1);
    assert_int_equal(events, 0);
    event_queue_close(NULL);
}

static void the_same_twice_is_refused(void **state)
{
    struct event_registration legacy = {KLASS, ID,      {0}, (event_callback)on_note,
                                        "l",   on_free, TRUE};

    (void)state;
    assert_int_equal(add(ID, "a", on_note), 0);
    assert_int_equal(add(ID, "a", on_note), -1);
    assert_int_equal(error_code(), VIR_ERR_INVALID_ARG);
    assert_non_null(strstr(virGetLastErrorMessage(), "event callback already tracked"));
    assert_int_equal(add(ID + 1, "a", on_note), 1);
    assert_int_equal(event_queue_register(queue, &legacy), 2);
    legacy.opaque = "other"; /* the pointer is all that its deregistration has */
    assert_int_equal(event_queue_register(queue, &legacy), -1);
    legacy.callback = NULL;
    assert_int_equal(event_queue_register(queue, &legacy), -1);
    assert_non_null(strstr(virGetLastErrorMessage(), "cb must not be NULL"));
    assert_int_equal(holds, 3);
    assert_trace("");
}

static void legacy_ones_go_by_their_pointer(void **state)
{
    struct event_registration legacy = {KLASS, ID,      {0}, (event_callback)on_note,
                                        "l",   on_free, TRUE};

    (void)state;
    assert_int_equal(add(ID, "a", on_note), 0);
    assert_int_equal(event_queue_register(queue, &legacy), 1);
    assert_int_equal(event_queue_deregister(queue, KLASS, 1), -1);
    assert_int_equal(error_code(), VIR_ERR_INVALID_ARG);
    assert_int_equal(event_queue_deregister_legacy(queue, KLASS, (event_callback)remove_all), -1);
    assert_non_null(strstr(virGetLastErrorMessage(), "not registered"));
    push(1);
    assert_trace("a1 l1 ");
    assert_int_equal(event_queue_deregister_legacy(queue, KLASS, (event_callback)on_note), 1);
    push(2);
    assert_trace("a2 free-l ");
    assert_int_equal(event_queue_deregister_legacy(queue, KLASS, (event_callback)on_note), -1);
    assert_int_equal(event_queue_deregister(queue, KLASS + 1, 0), -1);
    assert_int_equal(event_queue_deregister(queue, KLASS, 99), -1);
    assert_non_null(strstr(virGetLastErrorMessage(), "99"));
}

static void one_event_goes_to_many_queues(void **state)
{
    struct event_queue *second = event_queue_new((virConnectPtr)&connection, hold, release);
    struct event_registration r = {KLASS,    ID,      {0},  (event_callback)on_note,
                                   "second", on_free, FALSE};
    struct event *event = make_note(KLASS, ID, 1);

    (void)state;
    add(ID, "first", on_note);
    assert_int_equal(event_queue_register(second, &r), 0);
    event_queue_push(queue, event_ref(event));
    event_queue_push(second, event);
    assert_int_equal(events, 1);
    assert_trace("first1 second1 ");
    assert_int_equal(events, 0);
    event_queue_close(second);
    assert_trace("free-second ");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(registering_needs_an_event_loop),
        TEST(events_come_from_the_loop_in_order),
        TEST(other_families_and_ids_are_not_heard),
        TEST(keys_choose_the_object),
        TEST(removed_before_delivery_is_not_called),
        TEST(added_after_the_push_is_not_called),
        TEST(callbacks_remove_themselves_and_others),
        TEST(callbacks_register_and_push),
        TEST(a_loop_within_a_callback_keeps_the_order),
        TEST(closing_drops_what_is_queued),
        TEST(close_without_registrations),
        TEST(the_same_twice_is_refused),
        TEST(legacy_ones_go_by_their_pointer),
        TEST(one_event_goes_to_many_queues),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
