/* What the default loop's files share. The functions want the loop's lock held, except
 * loop_run_*(). */
#pragma once

#include <sys/epoll.h>

#include "core/base/lock.h"
#include "core/event/ended.h"
#include "core/event/heap.h"
#include "core/event/loop.h"

/* What handles and timers have in common: the way they end. */
struct loop_entry {
    int running; /* how many of its callbacks are on the stack */
    void *opaque;
    virFreeCallback ff;
};

struct loop_handle {
    struct loop_entry entry;
    int id;
    int events;
    virEventHandleCallback cb;
    struct loop_fd *fd;
    struct loop_handle *next; /* on the same descriptor */
};

/* A descriptor, with every handle on it: the kernel takes each descriptor once. */
struct loop_fd {
    int fd;
    guint32 serial;  /* tells it from an earlier one of the same number */
    guint32 mask;    /* what the kernel watches it for; 0 while it is not in the epoll set */
    gboolean always; /* in loop->always: epoll refuses it (a regular file), and somebody wants it */
    gboolean muted;  /* not watched for handles whose callback is on the stack */
    struct loop_handle *handles;
};

struct loop_timer {
    struct loop_entry entry;
    struct heap_item item; /* with the id */
    int timeout;
    gboolean chosen; /* due in this iteration, and not updated since */
    virEventTimeoutCallback cb;
};

struct loop_call {
    int id;
    int events; /* -1 for a timer */
};

struct loop {
    lock_t lock;
    GMainContext *context;
    GSource *source;
    gpointer tag;        /* of epoll_fd in the source */
    gint64 asleep_until; /* what a poll of the context waits for; -1 for ever, 0 awake */

    int epoll_fd;
    guint32 next_serial;
    int next_handle;
    GHashTable *handles; /* id to struct loop_handle */
    GHashTable *fds;     /* descriptor to struct loop_fd */
    GPtrArray *always;

    int next_timer;
    GHashTable *timers; /* id to struct loop_timer */
    struct heap heap;   /* those that do not rest */

    GPtrArray *dead; /* removed: to be freed from the loop */
    gint64 tick;     /* come back then to ask the interrupt hook; 0 without one */
    GArray *spare;   /* a batch for the next iteration to use */
};

/* An id that no other in `table` has. */
int loop_next_id(int *next, GHashTable *table);
/* Out of its table already: freed by the next iteration, or at once when that makes no difference.
 */
void loop_bury(struct loop *loop, struct loop_entry *entry);
/* After any change: makes the loop wake up when it has to. */
void loop_changed(struct loop *loop);

/* loop_handle.c */
int loop_epoll_open(struct loop *loop);
void loop_collect_handles(struct loop *loop, GArray *batch);
/* Callbacks run without the lock. The one before may have removed or changed any other since the
 * batch was made, so each is looked up again; and none is called while it is on the stack already.
 */
void loop_run_handle(struct loop *loop, int id, int events);

/* loop_timer.c */
void loop_collect_timers(struct loop *loop, GArray *batch);
void loop_run_timer(struct loop *loop, int id);
