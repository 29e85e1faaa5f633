/* The default event loop: one source of a main context, whatever the number of handles and timers.
 */
#include "core/event/loop.h"

#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/base/handoff.h"
#include "core/event/loop_private.h"
#include "core/object/call.h"
#include "core/object/error.h"

int loop_next_id(int *next, GHashTable *table)
{
    int id;

    do {
        id = *next;
        *next = id == G_MAXINT ? 1 : id + 1;
    } while (g_hash_table_contains(table, GINT_TO_POINTER(id)));
    return id;
}

void loop_bury(struct loop *loop, struct loop_entry *entry)
{
    if (entry->ff || entry->running)
        g_ptr_array_add(loop->dead, entry);
    else
        g_free(entry);
}

static gboolean can_free(struct loop *loop)
{
    for (guint i = 0; i < loop->dead->len; i++)
        if (!((struct loop_entry *)loop->dead->pdata[i])->running)
            return TRUE;
    return FALSE;
}

/* When there is something to do without a descriptor becoming ready: 0 for at once, -1 for never.
 */
static gint64 next_due(struct loop *loop)
{
    struct heap_item *top = heap_top(&loop->heap);
    gint64 due = top ? top->due : -1;

    if (loop->always->len || can_free(loop))
        return 0;
    if (loop->tick && (due < 0 || loop->tick < due))
        due = loop->tick;
    return due;
}

static void set_ready_time(struct loop *loop)
{
    gint64 due = next_due(loop);

    if (due == loop->ready_at)
        return;
    loop->ready_at = due;
    g_source_set_ready_time(loop->source, due);
}

/* While callbacks run the ready time can wait: the iteration sets it at its end, when GLib does not
 * take that for a reason to go round once more. */
void loop_changed(struct loop *loop)
{
    if (!loop->depth)
        set_ready_time(loop);
    else if (loop->waiting && eventfd_write(loop->wake_fd, 1) < 0)
        return; /* full, so it is readable */
}

/* Callbacks run without the lock. That one may have removed or changed any other since the batch
 * was made, so each is looked up again; and none is called while it is on the stack already. */
static void run_handle(struct loop *loop, const struct loop_call *call)
{
    struct loop_handle *handle;
    int events, fd;

    lock_take(&loop->lock);
    handle = g_hash_table_lookup(loop->handles, GINT_TO_POINTER(call->id));
    events =
        handle && handle->events && !handle->entry.running
            ? call->events & (handle->events | VIR_EVENT_HANDLE_ERROR | VIR_EVENT_HANDLE_HANGUP)
            : 0;
    if (events) {
        handle->entry.running++;
        fd = handle->fd->fd;
        lock_drop(&loop->lock);
        handle->cb(call->id, fd, events, handle->entry.opaque);
        lock_take(&loop->lock);
        handle->entry.running--;
    }
    lock_drop(&loop->lock);
}

static void run_timer(struct loop *loop, const struct loop_call *call)
{
    struct loop_timer *timer;

    lock_take(&loop->lock);
    timer = g_hash_table_lookup(loop->timers, GINT_TO_POINTER(call->id));
    if (timer && timer->chosen && !timer->entry.running) {
        timer->chosen = FALSE;
        timer->entry.running++;
        lock_drop(&loop->lock);
        timer->cb(call->id, timer->entry.opaque);
        lock_take(&loop->lock);
        timer->entry.running--;
    }
    lock_drop(&loop->lock);
}

/* With the lock, dropped around each free callback. What those remove waits for the next time. */
static void free_dead(struct loop *loop)
{
    GPtrArray *dead = loop->dead;

    if (!dead->len)
        return;
    loop->dead = g_ptr_array_new();
    for (guint i = 0; i < dead->len; i++) {
        struct loop_entry *entry = dead->pdata[i];

        if (entry->running) {
            g_ptr_array_add(loop->dead, entry);
            continue;
        }
        lock_drop(&loop->lock);
        if (entry->ff)
            entry->ff(entry->opaque);
        lock_take(&loop->lock);
        g_free(entry);
    }
    g_ptr_array_free(dead, TRUE);
}

static GArray *take_batch(struct loop *loop)
{
    GArray *batch = g_steal_pointer(&loop->spare);

    return batch ? g_array_set_size(batch, 0) : g_array_new(FALSE, FALSE, sizeof(struct loop_call));
}

static void give_batch(struct loop *loop, GArray *batch)
{
    if (loop->spare)
        g_array_free(batch, TRUE);
    else
        loop->spare = batch;
}

static void begin_iteration(struct loop *loop)
{
    if (!loop->depth++)
        loop->thread = pthread_self();
    if (loop->tick && loop->tick <= g_get_monotonic_time())
        loop->tick = 0;
}

static void iterate(struct loop *loop)
{
    GArray *batch;

    lock_take(&loop->lock);
    begin_iteration(loop);
    batch = take_batch(loop);
    loop_collect_handles(loop, batch);
    loop_collect_timers(loop, batch);
    lock_drop(&loop->lock);

    for (guint i = 0; i < batch->len; i++) {
        const struct loop_call *call = &g_array_index(batch, struct loop_call, i);

        if (call->events < 0)
            run_timer(loop, call);
        else
            run_handle(loop, call);
    }

    lock_take(&loop->lock);
    give_batch(loop, batch);
    free_dead(loop);
    if (!--loop->depth)
        set_ready_time(loop);
    lock_drop(&loop->lock);
}

static gboolean dispatch(GSource *source G_GNUC_UNUSED, GSourceFunc unused G_GNUC_UNUSED,
                         gpointer data)
{
    iterate(handoff_take(data));
    return G_SOURCE_CONTINUE;
}

static gboolean no_callback(gpointer data G_GNUC_UNUSED)
{
    return G_SOURCE_CONTINUE;
}

static void attach(struct loop *loop, GMainContext *context)
{
    static GSourceFuncs funcs = {.dispatch = dispatch};

    loop->context = g_main_context_ref(context ? context : g_main_context_default());
    loop->source = g_source_new(&funcs, sizeof(GSource));
    g_source_set_static_name(loop->source, "corral events");
    g_source_add_unix_fd(loop->source, loop->epoll_fd, G_IO_IN);
    g_source_set_callback(loop->source, no_callback, loop, NULL);
    handoff_give(loop);
    g_source_attach(loop->source, loop->context);
}

struct loop *loop_new(GMainContext *context)
{
    struct loop *loop = g_new0(struct loop, 1);

    if (loop_epoll_open(loop) < 0) {
        if (loop->wake_fd >= 0)
            close(loop->wake_fd);
        g_free(loop);
        return NULL;
    }
    lock_init(&loop->lock);
    loop->ready_at = -1;
    loop->next_handle = loop->next_timer = 1;
    loop->handles = g_hash_table_new(NULL, NULL);
    loop->timers = g_hash_table_new(NULL, NULL);
    loop->fds = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    loop->always = g_ptr_array_new();
    loop->dead = g_ptr_array_new();
    attach(loop, context);
    return loop;
}

static gboolean bury_all(gpointer key G_GNUC_UNUSED, gpointer entry, gpointer loop)
{
    loop_bury(loop, entry); /* the first member of handles and of timers */
    return TRUE;
}

void loop_free(struct loop *loop)
{
    g_source_destroy(loop->source);
    lock_take(&loop->lock);
    loop->depth++; /* whatever the free callbacks change, there is no ready time to set */
    do {
        g_hash_table_foreach_remove(loop->handles, bury_all, loop);
        g_hash_table_foreach_remove(loop->timers, bury_all, loop);
        g_hash_table_remove_all(loop->fds);
        g_ptr_array_set_size(loop->always, 0);
        loop->heap.n = 0;
        free_dead(loop);
    } while (loop->dead->len);
    lock_drop(&loop->lock);
    g_source_unref(loop->source);
    g_main_context_unref(loop->context);
    g_hash_table_destroy(loop->handles);
    g_hash_table_destroy(loop->timers);
    g_hash_table_destroy(loop->fds);
    g_ptr_array_free(loop->always, TRUE);
    g_ptr_array_free(loop->dead, TRUE);
    if (loop->spare)
        g_array_free(loop->spare, TRUE);
    heap_clear(&loop->heap);
    close(loop->epoll_fd);
    close(loop->wake_fd);
    lock_clear(&loop->lock);
    g_free(loop);
}

static int poll_timeout(gint64 due)
{
    gint64 left = due < 0 ? -1 : MAX(due - g_get_monotonic_time(), 0);

    return left < 0 ? -1 : (int)MIN((left + 999) / 1000, G_MAXINT);
}

/* From within a callback. GLib does not dispatch a source that is being dispatched, so this waits
 * for our descriptor itself; other sources of the context have to wait for the outer iteration. */
static void iterate_nested(struct loop *loop)
{
    struct pollfd ready = {.fd = loop->epoll_fd, .events = POLLIN};
    gint64 due;

    lock_take(&loop->lock);
    loop->waiting++;
    due = next_due(loop);
    lock_drop(&loop->lock);
    poll(&ready, 1, poll_timeout(due));
    lock_take(&loop->lock);
    loop->waiting--;
    lock_drop(&loop->lock);
    iterate(loop);
}

/* Returns whether this thread is inside an iteration already. */
static gboolean prepare_run(struct loop *loop)
{
    lock_guard(&loop->lock);
    if (call_interruptible() && !loop->tick) {
        loop->tick = g_get_monotonic_time() + CALL_HOOK_INTERVAL;
        loop_changed(loop);
    }
    return loop->depth && pthread_equal(loop->thread, pthread_self());
}

/* The hook may have to wait for an interpreter, so a busy loop does not ask it every time. */
static gboolean told_to_stop(gboolean at_once)
{
    static __thread gint64 asked;
    gint64 now;

    if (!call_interruptible())
        return FALSE;
    now = g_get_monotonic_time();
    if (!at_once && now - asked < CALL_HOOK_INTERVAL)
        return FALSE;
    asked = now;
    return call_interrupted() != 0;
}

int loop_run_once(struct loop *loop)
{
    gboolean dispatched = TRUE;

    if (prepare_run(loop))
        iterate_nested(loop);
    else
        dispatched = g_main_context_iteration(loop->context, TRUE);
    /* Nothing to dispatch: a signal has ended the wait, which may have been Ctrl-C. */
    if (!told_to_stop(!dispatched))
        return 0;
    error_set(VIR_FROM_EVENT, VIR_ERR_OPERATION_ABORTED, "the event loop was interrupted");
    return -1;
}
