#include "core/drivers/test/stream_watch.h"

#include "core/event/ended.h"
#include "core/event/loop.h"
#include "core/object/error.h"

/* These are told whether they were asked for or not. */
#define ALWAYS (VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP)
#define EVENTS (VIR_STREAM_EVENT_READABLE | VIR_STREAM_EVENT_WRITABLE | ALWAYS)

/* What the timer knows; it keeps the stream, and with it the watch. */
struct registration {
    virStreamPtr stream;
    struct stream_watch *watch;
    virStreamEventCallback cb;
    void *opaque;
    virFreeCallback ff;
};

void stream_watch_init(struct stream_watch *watch, int (*ready)(virStreamPtr stream))
{
    *watch = (struct stream_watch){.timer = -1, .ready = ready};
    lock_init(&watch->lock);
}

void stream_watch_clear(struct stream_watch *watch)
{
    lock_clear(&watch->lock);
}

static int to_tell(struct stream_watch *watch, virStreamPtr stream)
{
    return watch->ready(stream) & (watch->events | ALWAYS);
}

/* The loop's calls are made without the lock: a registered loop is the application's code. The
 * thread that makes them looks again afterwards, so that the last word is right. */
void stream_watch_refresh(struct stream_watch *watch, virStreamPtr stream)
{
    lock_guard(&watch->lock);
    if (watch->updating)
        return;
    watch->updating = TRUE;
    while (watch->timer >= 0 && watch->armed != (to_tell(watch, stream) != 0)) {
        int timer = watch->timer;
        gboolean arm = !watch->armed;

        watch->armed = arm;
        lock_drop(&watch->lock);
        event_update_timeout(timer, arm ? 0 : -1);
        lock_take(&watch->lock);
    }
    watch->updating = FALSE;
}

static void timer_fired(int timer, void *opaque)
{
    struct registration *it = opaque;
    int events;

    lock_take(&it->watch->lock);
    events = it->watch->timer == timer ? to_tell(it->watch, it->stream) : 0;
    lock_drop(&it->watch->lock);
    if (events)
        it->cb(it->stream, events, it->opaque);
    else
        stream_watch_refresh(it->watch, it->stream);
}

static void timer_freed(void *opaque)
{
    struct registration *it = opaque;

    if (it->ff)
        it->ff(it->opaque);
    object_unref(&it->stream->base);
    g_free(it);
}

static int fail(const char *what)
{
    error_set(VIR_FROM_STREAMS, VIR_ERR_OPERATION_INVALID, "%s", what);
    return -1;
}

static int check_events(int events)
{
    if (!(events & ~EVENTS))
        return 0;
    error_set(VIR_FROM_STREAMS, VIR_ERR_INVALID_ARG, "events 0x%x of a stream: 0x%x are known",
              events, EVENTS);
    return -1;
}

/* Reserves the watch's one place. */
static int begin_add(struct stream_watch *watch)
{
    lock_guard(&watch->lock);
    if (watch->timer >= 0 || watch->adding)
        return fail("the stream has a callback already");
    watch->adding = TRUE;
    return 0;
}

static void end_add(struct stream_watch *watch, int timer, int events, void *registration)
{
    lock_guard(&watch->lock);
    watch->adding = FALSE;
    watch->armed = FALSE;
    watch->timer = timer;
    watch->events = events;
    watch->registration = registration;
}

int stream_watch_add(struct stream_watch *watch, virStreamPtr stream, int events,
                     virStreamEventCallback cb, void *opaque, virFreeCallback ff)
{
    struct registration *it;
    int timer;

    if (check_events(events) < 0 || event_loop_require("a stream's callback") < 0 ||
        begin_add(watch) < 0)
        return -1;
    it = g_new0(struct registration, 1);
    *it = (struct registration){object_ref(&stream->base), watch, cb, opaque, ff};
    timer = event_add_timeout(-1, timer_fired, it, timer_freed);
    end_add(watch, timer, events, it);
    if (timer < 0) {
        object_unref(&stream->base);
        g_free(it);
        return -1;
    }
    stream_watch_refresh(watch, stream);
    return 0;
}

int stream_watch_update(struct stream_watch *watch, virStreamPtr stream, int events)
{
    if (check_events(events) < 0)
        return -1;
    lock_take(&watch->lock);
    if (watch->timer < 0) {
        lock_drop(&watch->lock);
        return fail("the stream has no callback");
    }
    watch->events = events;
    lock_drop(&watch->lock);
    stream_watch_refresh(watch, stream);
    return 0;
}

static int take_timer(struct stream_watch *watch)
{
    int timer;

    lock_guard(&watch->lock);
    timer = watch->timer;
    watch->timer = -1;
    if (timer >= 0) {
        const struct registration *it = watch->registration;

        event_ended(it->ff, it->opaque);
    }
    return timer;
}

int stream_watch_remove(struct stream_watch *watch)
{
    int timer = take_timer(watch);

    return timer < 0 ? fail("the stream has no callback") : event_remove_timeout(timer);
}

void stream_watch_drop(struct stream_watch *watch)
{
    int timer = take_timer(watch);

    if (timer >= 0)
        event_remove_timeout(timer);
}
