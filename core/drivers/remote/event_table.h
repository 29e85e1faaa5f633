/* What the generated tables of events (remote_events.c) are made of. */
#pragma once

#include "core/drivers/remote/call.h"
#include "core/drivers/remote/remote.h"

struct remote_event_kind {
    int id;            /* within the family */
    int procedure;     /* of the message */
    unsigned int type; /* of its payload */
    event_deliver deliver;
};

/* The events of one kind of object. */
struct remote_event_family {
    const char *what;
    int klass;
    int last; /* ids are below */
    int key;  /* EVENT_KEY_... */
    size_t n_kinds;
    const struct remote_event_kind *kinds;
    /* The object that a message is about: its UUID or its name. */
    const void *(*key_of)(int procedure, const void *message);
    /* Where each registration is told by a message of its own: which; NULL elsewhere. */
    int (*id_of)(const void *message);
    /* Asks the daemon for events of that id, of all objects: the id of its callback, or -1. */
    int (*ask)(virConnectPtr conn, int id);
    int (*leave)(virConnectPtr conn, int remote_id);
};

extern const struct remote_event_family *const remote_event_families[];
extern const size_t remote_n_event_families;
extern const struct remote_event_family remote_monitor_events;

/* The payload of an event that is being delivered. */
const void *remote_event_message(const struct event *event);

/* `key` is a UUID, a name or NULL for all. */
int remote_event_register(virConnectPtr conn, const struct remote_event_family *family, int id,
                          const void *key, event_callback callback, void *opaque,
                          virFreeCallback freecb);
int remote_event_deregister(virConnectPtr conn, const struct remote_event_family *family,
                            int callback_id);
