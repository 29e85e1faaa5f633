/* Events of guests, for the queues of connections: the kinds that drivers have in common. */
#pragma once

#include "core/event/queue.h"

/* The family of these events. */
#define GUEST_EVENTS VIR_FROM_DOMAIN

struct guest_event_spec {
    int id; /* virDomainEventID */
    const unsigned char *uuid;
    const char *name;
    int guest_id;
    int number, detail; /* of the callbacks with one or two */
    const char *text;   /* of those with a URI or an alias */
};
/* One reference, for event_queue_push(). */
CORRAL_PRIVATE struct event *guest_event_new(const struct guest_event_spec *spec);

/* What the public calls do with a connection's queue; `function` names itself in errors. */
CORRAL_PRIVATE int guest_event_register(virConnectPtr conn, virDomainPtr dom, int id,
                                        virConnectDomainEventGenericCallback cb, void *opaque,
                                        virFreeCallback freecb);
CORRAL_PRIVATE int guest_event_register_legacy(virConnectPtr conn, virConnectDomainEventCallback cb,
                                               void *opaque, virFreeCallback freecb);
CORRAL_PRIVATE int guest_event_deregister(virConnectPtr conn, int callback_id);
CORRAL_PRIVATE int guest_event_deregister_legacy(virConnectPtr conn,
                                                 virConnectDomainEventCallback cb);
