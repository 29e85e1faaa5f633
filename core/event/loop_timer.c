/* The default loop's timers: a heap, so that those which are not due cost nothing. */
#include "core/event/loop_private.h"
#include "core/object/error.h"

/* With 0 it is before everything that has a time, and so in every iteration. While its callback
 * runs a timer stays out of the heap: an iteration within the callback would find it due and not
 * call it. */
static void schedule(struct loop *loop, struct loop_timer *timer, gint64 now)
{
    gint64 due = timer->timeout > 0 ? now + timer->timeout * G_GINT64_CONSTANT(1000) : 0;

    heap_remove(&loop->heap, &timer->item);
    timer->item.due = due;
    if (timer->timeout >= 0 && !timer->entry.running)
        heap_put(&loop->heap, &timer->item, due);
}

static int check_timeout(int timeout)
{
    if (timeout >= -1)
        return 0;
    error_set(VIR_FROM_EVENT, VIR_ERR_INVALID_ARG,
              "timeout %d is neither -1 (off), 0 (every iteration) nor a number of milliseconds",
              timeout);
    return -1;
}

static struct loop_timer *find_timer(struct loop *loop, int id)
{
    struct loop_timer *timer = g_hash_table_lookup(loop->timers, GINT_TO_POINTER(id));

    if (!timer)
        error_set(VIR_FROM_EVENT, VIR_ERR_INVALID_ARG, "there is no timeout with timer %d", id);
    return timer;
}

int loop_add_timeout(struct loop *loop, int timeout, virEventTimeoutCallback cb, void *opaque,
                     virFreeCallback ff)
{
    struct loop_timer *timer;

    if (check_timeout(timeout) < 0)
        return -1;
    if (!cb) {
        error_set_argument(VIR_FROM_EVENT, "cb", "virEventAddTimeout",
                           "cb in virEventAddTimeout must not be NULL");
        return -1;
    }
    timer = g_new0(struct loop_timer, 1);
    *timer = (struct loop_timer){{0, opaque, ff}, .timeout = timeout, .cb = cb};
    timer->item.index = -1;

    lock_guard(&loop->lock);
    timer->item.id = loop_next_id(&loop->next_timer, loop->timers);
    g_hash_table_insert(loop->timers, GINT_TO_POINTER(timer->item.id), timer);
    schedule(loop, timer, g_get_monotonic_time());
    loop_changed(loop);
    return timer->item.id;
}

int loop_update_timeout(struct loop *loop, int id, int timeout)
{
    struct loop_timer *timer;

    if (check_timeout(timeout) < 0)
        return -1;
    lock_guard(&loop->lock);
    timer = find_timer(loop, id);
    if (!timer)
        return -1;
    timer->timeout = timeout;
    timer->chosen = FALSE;
    schedule(loop, timer, g_get_monotonic_time());
    loop_changed(loop);
    return 0;
}

int loop_remove_timeout(struct loop *loop, int id)
{
    struct loop_timer *timer;

    lock_guard(&loop->lock);
    timer = find_timer(loop, id);
    if (!timer)
        return -1;
    heap_remove(&loop->heap, &timer->item);
    g_hash_table_remove(loop->timers, GINT_TO_POINTER(id));
    event_ended(timer->entry.ff, timer->entry.opaque);
    loop_bury(loop, &timer->entry);
    loop_changed(loop);
    return 0;
}

/* Takes out all that are due before it puts any back, or those with 0 would come round for ever. */
void loop_collect_timers(struct loop *loop, GArray *batch)
{
    gint64 now = g_get_monotonic_time();
    guint first = batch->len;
    struct heap_item *top;

    while ((top = heap_top(&loop->heap)) && top->due <= now) {
        struct loop_call call = {top->id, -1};

        heap_remove(&loop->heap, top);
        g_array_append_val(batch, call);
    }
    for (guint i = first; i < batch->len; i++) {
        int id = g_array_index(batch, struct loop_call, i).id;
        struct loop_timer *timer = g_hash_table_lookup(loop->timers, GINT_TO_POINTER(id));

        timer->chosen = TRUE;
        schedule(loop, timer, now);
    }
}

void loop_run_timer(struct loop *loop, int id)
{
    struct loop_timer *timer;

    lock_guard(&loop->lock);
    timer = g_hash_table_lookup(loop->timers, GINT_TO_POINTER(id));
    if (!timer || !timer->chosen || timer->entry.running)
        return;
    timer->chosen = FALSE;
    timer->entry.running++;
    heap_remove(&loop->heap, &timer->item);
    lock_drop(&loop->lock);
    timer->cb(id, timer->entry.opaque);
    lock_take(&loop->lock);
    timer->entry.running--;
    /* Removed meanwhile, it waits in loop->dead. */
    if (g_hash_table_lookup(loop->timers, GINT_TO_POINTER(id)) == timer && timer->timeout >= 0)
        heap_put(&loop->heap, &timer->item, timer->item.due);
}
