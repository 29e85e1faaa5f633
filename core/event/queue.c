#include "core/event/queue.h"

#include <string.h>

#include "core/base/lock.h"
#include "core/event/ended.h"
#include "core/event/loop.h"
#include "core/object/error.h"

struct listener {
    struct event_registration r; /* with a copy of the key's name */
    int callback_id;
    guint64 since; /* hears of the events that are pushed from this one on */
    gboolean removed;
};

struct waiting_event {
    struct event *event;
    guint64 serial;
};

/* The queue's timer and the connection hold a reference each: the timer may outlive the connection.
 */
struct event_queue {
    gint refs;
    gint wanted; /* how many listeners there are; read without the lock */
    virConnectPtr conn;
    void (*hold)(virConnectPtr);
    void (*release)(virConnectPtr);

    lock_t lock;
    cond_t delivered;
    GPtrArray *listeners; /* in the order of their ids; the removed ones stay during a delivery */
    GPtrArray *removed;   /* to be freed from the loop */
    GQueue events;        /* struct waiting_event */
    guint64 serial;
    int next_id;
    int timer; /* -1 before the first registration and after the end */
    gboolean armed;
    gboolean closed;
    gboolean delivering;
    pthread_t thread; /* which delivers */
};

struct event *event_ref(struct event *event)
{
    g_atomic_int_inc(&event->refs);
    return event;
}

void event_unref(struct event *event)
{
    if (event && __atomic_sub_fetch(&event->refs, 1, __ATOMIC_ACQ_REL) == 0)
        event->free(event);
}

static void waiting_event_free(gpointer data)
{
    struct waiting_event *waiting = data;

    event_unref(waiting->event);
    g_free(waiting);
}

/* Without the lock, and from the loop: it runs the application's code. */
static void listener_free(struct event_queue *queue, struct listener *listener)
{
    if (listener->r.freecb)
        listener->r.freecb(listener->r.opaque);
    if (queue->release)
        queue->release(queue->conn);
    g_free((char *)listener->r.key.name);
    g_free(listener);
}

static void free_removed(struct event_queue *queue, GPtrArray *removed)
{
    for (guint i = 0; i < removed->len; i++)
        listener_free(queue, removed->pdata[i]);
    g_ptr_array_free(removed, TRUE);
}

static void queue_unref(struct event_queue *queue)
{
    if (__atomic_sub_fetch(&queue->refs, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    g_ptr_array_free(queue->removed, TRUE);
    g_ptr_array_free(queue->listeners, TRUE);
    g_queue_clear_full(&queue->events, waiting_event_free);
    cond_clear(&queue->delivered);
    lock_clear(&queue->lock);
    g_free(queue);
}

static GPtrArray *take_removed(struct event_queue *queue)
{
    GPtrArray *removed = queue->removed;

    queue->removed = g_ptr_array_new();
    return removed;
}

/* From the loop, and after the last delivery: the end of those who were there when the queue was
 * closed. Not left to the last reference, which any thread may drop. */
static void on_timer_end(void *opaque)
{
    struct event_queue *queue = opaque;
    GPtrArray *removed;

    lock_take(&queue->lock);
    removed = take_removed(queue);
    lock_drop(&queue->lock);
    free_removed(queue, removed);
    queue_unref(queue);
}

struct event_queue *event_queue_new(virConnectPtr conn, void (*hold)(virConnectPtr),
                                    void (*release)(virConnectPtr))
{
    struct event_queue *queue = g_new0(struct event_queue, 1);

    queue->refs = 1;
    queue->conn = conn;
    queue->hold = hold;
    queue->release = release;
    lock_init(&queue->lock);
    cond_init(&queue->delivered);
    queue->listeners = g_ptr_array_new();
    queue->removed = g_ptr_array_new();
    g_queue_init(&queue->events);
    queue->timer = -1;
    return queue;
}

static gboolean has_work(const struct event_queue *queue)
{
    return queue->events.length || queue->removed->len;
}

/* With the lock; TRUE when the caller is to set the timer off once it has dropped the lock. The
 * timer's functions are the application's, so the lock cannot be held around them. */
static gboolean arm(struct event_queue *queue)
{
    if (queue->armed || queue->timer < 0)
        return FALSE;
    queue->armed = TRUE;
    return TRUE;
}

static void set_off(struct event_queue *queue, int timer, gboolean needed)
{
    if (needed)
        event_update_timeout(timer, 0);
    queue_unref(queue);
}

/* For set_off(), which works on the queue without its lock: a close may come in between. */
static struct event_queue *queue_ref(struct event_queue *queue)
{
    __atomic_add_fetch(&queue->refs, 1, __ATOMIC_RELAXED);
    return queue;
}

static gboolean key_equal(const struct event_key *a, const struct event_key *b)
{
    if (a->kind != b->kind)
        return FALSE;
    if (a->kind == EVENT_KEY_UUID)
        return !memcmp(a->uuid, b->uuid, UUID_BYTES);
    return a->kind == EVENT_KEY_NONE || !g_strcmp0(a->name, b->name);
}

static gboolean listener_wants(const struct listener *listener, const struct waiting_event *waiting)
{
    const struct event *event = waiting->event;

    return !listener->removed && listener->r.klass == event->klass && listener->r.id == event->id &&
           listener->since <= waiting->serial &&
           (listener->r.key.kind == EVENT_KEY_NONE || key_equal(&listener->r.key, &event->key));
}

/* With the lock, dropped around each callback. The array only grows meanwhile. */
static void deliver_one(struct event_queue *queue, const struct waiting_event *waiting)
{
    for (guint i = 0; i < queue->listeners->len && !queue->closed; i++) {
        const struct listener *listener = queue->listeners->pdata[i];

        if (!listener_wants(listener, waiting))
            continue;
        lock_drop(&queue->lock);
        waiting->event->deliver(queue->conn, waiting->event, listener->r.callback,
                                listener->r.opaque);
        lock_take(&queue->lock);
    }
}

/* Those that are there now: what callbacks push waits for the next iteration, so that other handles
 * and timers have their turn. */
static void deliver_all(struct event_queue *queue)
{
    struct waiting_event *waiting;

    for (guint n = queue->events.length; n && (waiting = g_queue_pop_head(&queue->events)); n--) {
        deliver_one(queue, waiting);
        lock_drop(&queue->lock);
        waiting_event_free(waiting); /* may free objects, which take locks of their own */
        lock_take(&queue->lock);
    }
}

/* Moves the removed ones out of the list, in which a delivery no longer needs them. */
static void sweep(struct event_queue *queue)
{
    guint kept = 0;

    for (guint i = 0; i < queue->listeners->len; i++) {
        struct listener *listener = queue->listeners->pdata[i];

        if (listener->removed)
            g_ptr_array_add(queue->removed, listener);
        else
            queue->listeners->pdata[kept++] = listener;
    }
    g_ptr_array_set_size(queue->listeners, kept);
}

/* A push sets the timer off without the lock, so it may do that just before we switch the timer
 * off. Hence the second look: who comes after it finds `armed` unset and sets the timer off again.
 */
static void rest(struct event_queue *queue, int timer)
{
    gboolean again;

    lock_take(&queue->lock);
    if (has_work(queue) || queue->closed) {
        lock_drop(&queue->lock);
        return;
    }
    queue->armed = FALSE;
    lock_drop(&queue->lock);
    event_update_timeout(timer, -1);
    lock_take(&queue->lock);
    again = !queue->closed && queue->armed;
    lock_drop(&queue->lock);
    if (again)
        event_update_timeout(timer, 0);
}

static void on_timer(int timer, void *opaque)
{
    struct event_queue *queue = queue_ref(opaque);
    GPtrArray *removed;

    lock_take(&queue->lock);
    if (queue->delivering) { /* an iteration within a callback of ours: order goes first */
        lock_drop(&queue->lock);
        queue_unref(queue);
        return;
    }
    queue->delivering = TRUE;
    queue->thread = pthread_self();
    deliver_all(queue);
    sweep(queue);
    queue->delivering = FALSE;
    removed = take_removed(queue);
    cond_broadcast(&queue->delivered);
    lock_drop(&queue->lock);
    free_removed(queue, removed);
    rest(queue, timer);
    queue_unref(queue);
}

/* The first registration brings the timer. Made without the lock, since it is the application's
 * function that makes it; of two that come first together one is thrown away. */
static int need_timer(struct event_queue *queue)
{
    int timer;

    lock_take(&queue->lock);
    timer = queue->timer;
    lock_drop(&queue->lock);
    if (timer >= 0)
        return 0;
    timer = event_add_timeout(-1, on_timer, queue_ref(queue), on_timer_end);
    if (timer < 0) {
        queue_unref(queue);
        return -1;
    }
    lock_take(&queue->lock);
    if (queue->timer < 0) {
        queue->timer = timer;
        timer = -1;
    }
    lock_drop(&queue->lock);
    if (timer >= 0)
        event_remove_timeout(timer);
    return 0;
}

/* The same again would get every event twice. With another opaque it is somebody else (a binding
 * has one C function for all); but the old calls know a callback by its pointer alone. */
static gboolean same(const struct event_registration *a, const struct event_registration *b)
{
    return a->klass == b->klass && a->id == b->id && a->callback == b->callback &&
           a->legacy == b->legacy && key_equal(&a->key, &b->key) &&
           (a->legacy || a->opaque == b->opaque);
}

static int check_registration(struct event_queue *queue, const struct event_registration *r)
{
    if (queue->closed) {
        error_set(VIR_FROM_EVENT, VIR_ERR_OPERATION_INVALID, "the connection is being closed");
        return -1;
    }
    for (guint i = 0; i < queue->listeners->len; i++) {
        const struct listener *other = queue->listeners->pdata[i];

        if (!other->removed && same(&other->r, r)) {
            error_set(VIR_FROM_EVENT, VIR_ERR_INVALID_ARG,
                      "event callback already tracked: it is registered with id %d",
                      other->callback_id);
            return -1;
        }
    }
    return 0;
}

static int add_listener(struct event_queue *queue, const struct event_registration *registration)
{
    struct listener *listener;

    lock_guard(&queue->lock);
    if (check_registration(queue, registration) < 0)
        return -1;
    listener = g_new0(struct listener, 1);
    listener->r = *registration;
    listener->r.key.name = g_strdup(registration->key.name);
    listener->since = queue->serial;
    listener->callback_id = queue->next_id++;
    g_ptr_array_add(queue->listeners, listener);
    __atomic_add_fetch(&queue->wanted, 1, __ATOMIC_RELEASE);
    return listener->callback_id;
}

int event_queue_register(struct event_queue *queue, const struct event_registration *registration)
{
    int id;

    if (!registration->callback) {
        error_set_argument(VIR_FROM_EVENT, "cb", "", "cb must not be NULL");
        return -1;
    }
    if (event_loop_require("registering for events") < 0 || need_timer(queue) < 0)
        return -1;
    /* Before the listener can be seen: another thread might remove it, and so release, at once. */
    if (queue->hold)
        queue->hold(queue->conn);
    id = add_listener(queue, registration);
    if (id < 0 && queue->release)
        queue->release(queue->conn);
    return id;
}

static int count_locked(struct event_queue *queue, int klass, int id)
{
    int n = 0;

    for (guint i = 0; i < queue->listeners->len; i++) {
        const struct listener *listener = queue->listeners->pdata[i];

        n += !listener->removed && listener->r.klass == klass && listener->r.id == id;
    }
    return n;
}

int event_queue_count(struct event_queue *queue, int klass, int id)
{
    lock_guard(&queue->lock);
    return count_locked(queue, klass, id);
}

/* With the lock, which it drops. A delivery that runs does the sweeping itself. */
static int remove_and_unlock(struct event_queue *queue, struct listener *listener)
{
    int remaining, timer = queue->timer;
    gboolean needed;

    listener->removed = TRUE;
    event_ended(listener->r.freecb, listener->r.opaque);
    __atomic_sub_fetch(&queue->wanted, 1, __ATOMIC_RELEASE);
    remaining = count_locked(queue, listener->r.klass, listener->r.id);
    if (!queue->delivering)
        sweep(queue);
    needed = arm(queue);
    queue_ref(queue);
    lock_drop(&queue->lock);
    set_off(queue, timer, needed);
    return remaining;
}

static struct listener *find_by_id(struct event_queue *queue, int klass, int callback_id)
{
    for (guint i = 0; i < queue->listeners->len; i++) {
        struct listener *listener = queue->listeners->pdata[i];

        if (!listener->removed && !listener->r.legacy && listener->r.klass == klass &&
            listener->callback_id == callback_id)
            return listener;
    }
    return NULL;
}

int event_queue_deregister(struct event_queue *queue, int klass, int callback_id)
{
    struct listener *listener;

    lock_take(&queue->lock);
    listener = find_by_id(queue, klass, callback_id);
    if (listener)
        return remove_and_unlock(queue, listener);
    lock_drop(&queue->lock);
    error_set(VIR_FROM_EVENT, VIR_ERR_INVALID_ARG, "could not find event callback %d for deletion",
              callback_id);
    return -1;
}

int event_queue_deregister_legacy(struct event_queue *queue, int klass, event_callback callback)
{
    lock_take(&queue->lock);
    for (guint i = 0; i < queue->listeners->len; i++) {
        struct listener *listener = queue->listeners->pdata[i];

        if (!listener->removed && listener->r.legacy && listener->r.klass == klass &&
            listener->r.callback == callback)
            return remove_and_unlock(queue, listener);
    }
    lock_drop(&queue->lock);
    error_set(VIR_FROM_EVENT, VIR_ERR_INVALID_ARG, "event callback function %p not registered",
              (void *)callback);
    return -1;
}

int event_queue_event_of(struct event_queue *queue, int klass, int callback_id)
{
    const struct listener *listener;

    lock_guard(&queue->lock);
    listener = find_by_id(queue, klass, callback_id);
    return listener ? listener->r.id : -1;
}

gboolean event_queue_wanted(struct event_queue *queue)
{
    return __atomic_load_n(&queue->wanted, __ATOMIC_ACQUIRE) > 0;
}

void event_queue_push(struct event_queue *queue, struct event *event)
{
    struct waiting_event *waiting;
    gboolean needed;
    int timer;

    if (!event_queue_wanted(queue)) {
        event_unref(event);
        return;
    }
    waiting = g_new(struct waiting_event, 1);
    waiting->event = event;
    lock_take(&queue->lock);
    if (queue->closed) {
        lock_drop(&queue->lock);
        waiting_event_free(waiting);
        return;
    }
    waiting->serial = queue->serial++;
    g_queue_push_tail(&queue->events, waiting);
    timer = queue->timer;
    needed = arm(queue);
    queue_ref(queue);
    lock_drop(&queue->lock);
    set_off(queue, timer, needed);
}

/* With the lock. A connection that its registrations hold is not closed while one of them is
 * called. */
static void wait_for_delivery(struct event_queue *queue)
{
    if (queue->release)
        return;
    while (queue->delivering && !pthread_equal(queue->thread, pthread_self()))
        cond_wait(&queue->delivered, &queue->lock);
}

void event_queue_close(struct event_queue *queue)
{
    GQueue events;
    int timer;

    if (!queue)
        return;
    lock_take(&queue->lock);
    queue->closed = TRUE;
    __atomic_store_n(&queue->wanted, 0, __ATOMIC_RELEASE);
    for (guint i = 0; i < queue->listeners->len; i++) {
        struct listener *listener = queue->listeners->pdata[i];

        listener->removed = TRUE;
        event_ended(listener->r.freecb, listener->r.opaque);
    }
    wait_for_delivery(queue);
    if (!queue->delivering)
        sweep(queue);
    events = queue->events;
    g_queue_init(&queue->events);
    timer = queue->timer;
    queue->timer = -1;
    lock_drop(&queue->lock);
    g_queue_clear_full(&events, waiting_event_free);
    if (timer >= 0)
        event_remove_timeout(timer);
    queue_unref(queue);
}
