/* The default event loop: one source of a main context, whatever the number of handles and timers.
 */
#include "core/event/loop.h"

#include <unistd.h>

#include "core/base/handoff.h"
#include "core/event/loop_private.h"
#include "core/object/call.h"
#include "core/object/error.h"

/* In asleep_until: before everything that may become due. */
#define AWAKE 0

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

/* Only a poll that would sleep too long has to be told; whoever is awake asks again before the
 * next. */
void loop_changed(struct loop *loop)
{
    gint64 due = next_due(loop);

    if (due >= 0 && (loop->asleep_until < 0 || due < loop->asleep_until)) {
        loop->asleep_until = AWAKE;
        g_main_context_wakeup(loop->context);
    }
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

static void iterate(struct loop *loop)
{
    GArray *batch;

    lock_take(&loop->lock);
    loop->asleep_until = AWAKE;
    if (loop->tick && loop->tick <= g_get_monotonic_time())
        loop->tick = 0;
    batch = take_batch(loop);
    loop_collect_handles(loop, batch);
    loop_collect_timers(loop, batch);
    lock_drop(&loop->lock);

    for (guint i = 0; i < batch->len; i++) {
        const struct loop_call *call = &g_array_index(batch, struct loop_call, i);

        if (call->events < 0)
            loop_run_timer(loop, call->id);
        else
            loop_run_handle(loop, call->id, call->events);
    }

    lock_take(&loop->lock);
    give_batch(loop, batch);
    free_dead(loop);
    lock_drop(&loop->lock);
}

/* The timers are told to GLib by the poll's timeout and not by g_source_set_ready_time(): that
 * wakes the context up, so that every tick of a timer would be followed by an iteration with
 * nothing to do. For the same reason the source may recurse: to block it, GLib takes its descriptor
 * out and puts it back, and wakes the context up for each. What is on the stack already is left out
 * by its `running`. */
struct loop_source {
    GSource source;
    struct loop *loop;
};

static struct loop *loop_of(GSource *source)
{
    return ((struct loop_source *)handoff_take(source))->loop;
}

static gboolean prepare(GSource *source, int *timeout)
{
    struct loop *loop = loop_of(source);
    gint64 due, left;

    lock_guard(&loop->lock);
    due = next_due(loop);
    loop->asleep_until = due;
    if (due < 0) {
        *timeout = -1;
        return FALSE;
    }
    left = due ? MAX(due - g_get_monotonic_time(), 0) : 0;
    *timeout = MIN((left + 999) / 1000, G_MAXINT);
    return left == 0;
}

static gboolean check(GSource *source)
{
    struct loop *loop = loop_of(source);
    gint64 due;

    lock_guard(&loop->lock);
    loop->asleep_until = AWAKE;
    if (g_source_query_unix_fd(source, loop->tag))
        return TRUE;
    due = next_due(loop);
    return due >= 0 && due <= g_get_monotonic_time();
}

static gboolean dispatch(GSource *source, GSourceFunc unused G_GNUC_UNUSED,
                         gpointer data G_GNUC_UNUSED)
{
    iterate(loop_of(source));
    return G_SOURCE_CONTINUE;
}

static void attach(struct loop *loop, GMainContext *context)
{
    static GSourceFuncs funcs = {.prepare = prepare, .check = check, .dispatch = dispatch};

    loop->context = g_main_context_ref(context ? context : g_main_context_default());
    loop->source = g_source_new(&funcs, sizeof(struct loop_source));
    ((struct loop_source *)loop->source)->loop = loop;
    g_source_set_static_name(loop->source, "corral events");
    g_source_set_can_recurse(loop->source, TRUE);
    loop->tag = g_source_add_unix_fd(loop->source, loop->epoll_fd, G_IO_IN);
    handoff_give(loop->source);
    g_source_attach(loop->source, loop->context);
}

struct loop *loop_new(GMainContext *context)
{
    struct loop *loop = g_new0(struct loop, 1);

    if (loop_epoll_open(loop) < 0) {
        g_free(loop);
        return NULL;
    }
    lock_init(&loop->lock);
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
    do {
        g_hash_table_foreach_remove(loop->handles, bury_all, loop);
        g_hash_table_foreach_remove(loop->timers, bury_all, loop);
        g_hash_table_remove_all(loop->fds);
        g_ptr_array_set_size(loop->always, 0);
        loop->heap.n = 0;
        free_dead(loop);
    } while (g_hash_table_size(loop->handles) + g_hash_table_size(loop->timers) + loop->dead->len);
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
    lock_clear(&loop->lock);
    g_free(loop);
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

/* With a hook, an iteration that has nothing to do comes back all the same. */
static void set_tick(struct loop *loop)
{
    if (!call_interruptible())
        return;
    lock_guard(&loop->lock);
    if (loop->tick)
        return;
    loop->tick = g_get_monotonic_time() + CALL_HOOK_INTERVAL;
    loop_changed(loop);
}

int loop_run_once(struct loop *loop)
{
    gboolean dispatched;

    set_tick(loop);
    dispatched = g_main_context_iteration(loop->context, TRUE);
    /* Nothing to dispatch: a signal has ended the wait, which may have been Ctrl-C. */
    if (!told_to_stop(!dispatched))
        return 0;
    error_set(VIR_FROM_EVENT, VIR_ERR_OPERATION_ABORTED, "the event loop was interrupted");
    return -1;
}
