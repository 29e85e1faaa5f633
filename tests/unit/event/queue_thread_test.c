/* Threads push, register and close while another one delivers; to be run under TSan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/lock.h"
#include "core/event/loop.h"
#include "core/event/queue.h"

#define PUSHERS 4
#define EVENTS 2000
#define ROUNDS 300

struct note {
    struct event event;
    int pusher, number;
};

static pthread_t runner;
static gint stop; /* with __atomic */
static lock_t lock = LOCK_INITIALIZER;
static cond_t changed;

struct listener {
    int heard;
    int last[PUSHERS]; /* the number heard last from each */
    gboolean freed;
};

static void on_stop(int timer, void *opaque)
{
    (void)opaque;
    virEventRemoveTimeout(timer);
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
}

static void *run_loop(void *unused)
{
    while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE))
        virEventRunDefaultImpl();
    return unused;
}

static void free_note(struct event *event)
{
    g_free(event);
}

static void on_note(struct note *note, struct listener *listener)
{
    lock_guard(&lock);
    assert_true(pthread_equal(pthread_self(), runner));
    assert_false(listener->freed);
    assert_true(note->number > listener->last[note->pusher]);
    listener->last[note->pusher] = note->number;
    listener->heard++;
    cond_broadcast(&changed);
}

static void deliver(virConnectPtr conn, struct event *event, event_callback callback, void *opaque)
{
    (void)conn;
    ((void (*)(struct note *, struct listener *))callback)((struct note *)event, opaque);
}

static void on_free(void *opaque)
{
    struct listener *listener = opaque;

    lock_guard(&lock);
    assert_true(pthread_equal(pthread_self(), runner));
    assert_false(listener->freed);
    listener->freed = TRUE;
    cond_broadcast(&changed);
}

struct pusher {
    struct event_queue *queue;
    int index;
    int count;
};

static void *push_many(void *opaque)
{
    struct pusher *pusher = opaque;

    for (int i = 1; i <= pusher->count; i++) {
        struct note *note = g_new0(struct note, 1);

        note->event = (struct event){.klass = 1, .deliver = deliver, .free = free_note, .refs = 1};
        note->pusher = pusher->index;
        note->number = i;
        event_queue_push(pusher->queue, &note->event);
    }
    return NULL;
}

static int listen_to(struct event_queue *queue, struct listener *listener)
{
    struct event_registration r = {
        .klass = 1, .callback = (event_callback)on_note, .opaque = listener, .freecb = on_free};

    return event_queue_register(queue, &r);
}

static void wait_until_freed(struct listener *listener)
{
    lock_guard(&lock);
    while (!listener->freed)
        cond_wait(&changed, &lock);
}

static void start_pushers(struct event_queue *queue, struct pusher *pushers, pthread_t *threads)
{
    for (int i = 0; i < PUSHERS; i++) {
        pushers[i] = (struct pusher){queue, i, EVENTS};
        assert_int_equal(pthread_create(&threads[i], NULL, push_many, &pushers[i]), 0);
    }
}

/* No wake-up is lost between the pusher that sets the timer off and the loop that stops it. */
static void every_event_arrives_in_its_pushers_order(void **state)
{
    struct event_queue *queue = event_queue_new(NULL, NULL, NULL);
    struct listener listener = {0};
    struct pusher pushers[PUSHERS];
    pthread_t threads[PUSHERS];

    (void)state;
    assert_int_equal(listen_to(queue, &listener), 0);
    start_pushers(queue, pushers, threads);
    lock_take(&lock);
    while (listener.heard < PUSHERS * EVENTS)
        cond_wait(&changed, &lock);
    lock_drop(&lock);
    for (int i = 0; i < PUSHERS; i++)
        pthread_join(threads[i], NULL);
    /* One at a time, so that the timer rests in between. */
    for (int i = 0; i < ROUNDS; i++) {
        struct pusher one = {queue, 0, 1};

        lock_take(&lock);
        listener.last[0] = listener.heard = 0;
        lock_drop(&lock);
        push_many(&one);
        lock_take(&lock);
        while (!listener.heard)
            cond_wait(&changed, &lock);
        lock_drop(&lock);
    }
    event_queue_close(queue);
    wait_until_freed(&listener);
}

static void *register_and_remove(void *opaque)
{
    for (int i = 0; i < ROUNDS; i++) {
        struct listener listener = {0};
        int id = listen_to(opaque, &listener);

        assert_true(id >= 0);
        assert_true(event_queue_deregister(opaque, 1, id) >= 0);
        wait_until_freed(&listener); /* on the stack: nobody may look at it any more */
    }
    return NULL;
}

static void listeners_come_and_go_meanwhile(void **state)
{
    struct event_queue *queue = event_queue_new(NULL, NULL, NULL);
    struct pusher pushers[PUSHERS];
    pthread_t threads[PUSHERS], listeners[2];

    (void)state;
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&listeners[i], NULL, register_and_remove, queue), 0);
    start_pushers(queue, pushers, threads);
    for (int i = 0; i < PUSHERS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(listeners[i], NULL);
    event_queue_close(queue);
}

/* What belongs to the connection, and may go with it. Plain: only the wait in the close orders the
 * last look at it and its end. */
static int connection;

static void on_note_slowly(struct note *note, struct listener *listener)
{
    on_note(note, listener);
    g_usleep(20);
    assert_int_equal(connection, 1);
}

/* After a close no callback runs, and the connection's memory may go. */
static void closing_waits_for_the_callback_that_runs(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        struct event_queue *queue = event_queue_new(NULL, NULL, NULL);
        struct listener listener = {0};
        struct pusher pusher = {queue, 0, 20};
        struct event_registration r = {.klass = 1,
                                       .callback = (event_callback)on_note_slowly,
                                       .opaque = &listener,
                                       .freecb = on_free};

        connection = 1;
        assert_int_equal(event_queue_register(queue, &r), 0);
        push_many(&pusher);
        lock_take(&lock);
        while (!listener.heard)
            cond_wait(&changed, &lock);
        lock_drop(&lock);
        event_queue_close(queue);
        connection = 0;
        wait_until_freed(&listener);
    }
}

static int start(void **state)
{
    (void)state;
    cond_init(&changed);
    if (virEventRegisterDefaultImpl() < 0)
        return -1;
    lock_guard(&lock);
    return pthread_create(&runner, NULL, run_loop, NULL);
}

static int finish(void **state)
{
    (void)state;
    virEventAddTimeout(0, on_stop, NULL, NULL);
    pthread_join(runner, NULL);
    cond_clear(&changed);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_arrives_in_its_pushers_order),
        cmocka_unit_test(listeners_come_and_go_meanwhile),
        cmocka_unit_test(closing_waits_for_the_callback_that_runs),
    };

    return cmocka_run_group_tests(tests, start, finish);
}
