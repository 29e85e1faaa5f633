/* A stream's event callback: a timer of the event loop that fires in each iteration while there is
 * something to tell, and rests otherwise. */
#pragma once

#include "core/base/lock.h"
#include "core/object/stream.h"

struct stream_watch {
    lock_t lock;
    int timer; /* -1 without a callback */
    gboolean adding;
    void *registration; /* with a timer: what it was added with */
    int events;        /* asked for */
    gboolean armed;    /* the timer fires */
    gboolean updating; /* a thread is at it, and looks again before it leaves */
    /* What could be told now, of virStreamEventType. Called with `lock` held. */
    int (*ready)(virStreamPtr stream);
};

void stream_watch_init(struct stream_watch *watch, int (*ready)(virStreamPtr stream));
void stream_watch_clear(struct stream_watch *watch);

int stream_watch_add(struct stream_watch *watch, virStreamPtr stream, int events,
                     virStreamEventCallback cb, void *opaque, virFreeCallback ff);
int stream_watch_update(struct stream_watch *watch, virStreamPtr stream, int events);
int stream_watch_remove(struct stream_watch *watch);
/* With the end of the stream: no error if there is none. */
void stream_watch_drop(struct stream_watch *watch);
/* After each change of what is ready; no lock of the stream's held. */
void stream_watch_refresh(struct stream_watch *watch, virStreamPtr stream);
