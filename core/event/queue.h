/* Event callbacks of a connection, and the events on their way to them. Knows no domains: a driver
 * pushes events of its own shape, each with the function that hands it to a callback.
 *
 * Callbacks run from the event loop only, in the order of the events and, for one event, of their
 * registrations; no lock is held meanwhile. A callback that is deregistered before its event is
 * delivered does not get it, one that is registered after the event was pushed neither. Free
 * callbacks run from the loop too, after the last delivery. */
#pragma once

#include <corral/corral.h>
#include <glib.h>

#include "core/base/uuid.h"
#include "core/base/export.h"

/* The object that an event is about, or that a callback wants to hear of. */
struct event_key {
    enum {
        EVENT_KEY_NONE, /* in a registration: of all */
        EVENT_KEY_UUID,
        EVENT_KEY_NAME,
    } kind;
    unsigned char uuid[UUID_BYTES];
    const char *name; /* copied by registrations; an event's lives as long as the event */
};

struct event;
typedef void (*event_callback)(void);
/* Casts `callback` to the type that fits the event and calls it; `event` may go to others as well.
 */
typedef void (*event_deliver)(virConnectPtr conn, struct event *event, event_callback callback,
                              void *opaque);

/* First member of a driver's own struct. One event may be pushed to many queues, from any thread.
 */
struct event {
    int klass; /* the family: domain, network, ... */
    int id;    /* within the family */
    struct event_key key;
    event_deliver deliver;
    void (*free)(struct event *event);
    gint refs; /* from 1; see event_ref() */
};

CORRAL_PRIVATE struct event *event_ref(struct event *event);
CORRAL_PRIVATE void event_unref(struct event *event);

struct event_queue;

/* `hold` and `release` (both or none) are called for each registration with the connection, so that
 * it is there as long as a callback may need it; `release` runs from the loop. Without them
 * event_queue_close() waits for a callback that runs in another thread. */
CORRAL_PRIVATE struct event_queue *event_queue_new(virConnectPtr conn, void (*hold)(virConnectPtr),
                                                   void (*release)(virConnectPtr));
/* With the connection: drops what is queued and deregisters everybody. The queue itself goes when
 * the loop has run the free callbacks. NULL is fine. */
CORRAL_PRIVATE void event_queue_close(struct event_queue *queue);

struct event_registration {
    int klass;
    int id;
    struct event_key key;
    event_callback callback;
    void *opaque;
    virFreeCallback freecb;
    gboolean legacy; /* known by its callback pointer instead of an id */
};

/* The callback id (0 and up), or -1 with an error, and then `freecb` is never called. */
CORRAL_PRIVATE int event_queue_register(struct event_queue *queue,
                                        const struct event_registration *registration);
/* How many registrations for the same event remain, or -1 with an error. */
CORRAL_PRIVATE int event_queue_deregister(struct event_queue *queue, int klass, int callback_id);
CORRAL_PRIVATE int event_queue_deregister_legacy(struct event_queue *queue, int klass,
                                                 event_callback callback);

/* The event that a registration is for, -1 when there is none. */
CORRAL_PRIVATE int event_queue_event_of(struct event_queue *queue, int klass, int callback_id);
/* Registrations for an event. */
CORRAL_PRIVATE int event_queue_count(struct event_queue *queue, int klass, int id);

/* Whether it is worth making an event at all: one load. */
CORRAL_PRIVATE gboolean event_queue_wanted(struct event_queue *queue);
/* Takes over the caller's reference. */
CORRAL_PRIVATE void event_queue_push(struct event_queue *queue, struct event *event);
