#include "core/drivers/test/network.h"

#include <string.h>

#include "core/object/error.h"
#include "objects.h"

/* The family of these events, in the connections' queues. */
#define FAMILY VIR_FROM_NETWORK

struct network_event {
    struct event event;
    char *name;
    int number; /* what happened, or which note changed */
    char *uri;
};

static void free_event(struct event *event)
{
    struct network_event *it = (struct network_event *)event;

    g_free(it->name);
    g_free(it->uri);
    g_free(it);
}

static void deliver(virConnectPtr conn, struct event *event, event_callback callback, void *opaque)
{
    struct network_event *it = (struct network_event *)event;
    virNetworkPtr network = new_network(conn, it->name, event->key.uuid);

    if (event->id == VIR_NETWORK_EVENT_ID_METADATA_CHANGE)
        ((virConnectNetworkEventMetadataChangeCallback)callback)(conn, network, it->number, it->uri,
                                                                 opaque);
    else
        ((virConnectNetworkEventLifecycleCallback)callback)(conn, network, it->number, 0, opaque);
    object_unref(&network->base);
}

static void push(struct world *world, struct net *net, int id, int number, const char *uri)
{
    struct network_event *it;

    if (!world_listens(world))
        return;
    it = g_new0(struct network_event, 1);
    it->event = (struct event){
        .klass = FAMILY,
        .id = id,
        .key = {.kind = EVENT_KEY_UUID},
        .deliver = deliver,
        .free = free_event,
        .refs = 1,
    };
    memcpy(it->event.key.uuid, net->item.uuid, UUID_BYTES);
    it->name = g_strdup(net->name);
    it->number = number;
    it->uri = g_strdup(uri);
    world_push(world, &it->event);
}

void net_event(struct world *world, struct net *net, int lifecycle)
{
    push(world, net, VIR_NETWORK_EVENT_ID_LIFECYCLE, lifecycle, NULL);
}

void net_event_metadata(struct world *world, struct net *net, int type, const char *uri)
{
    push(world, net, VIR_NETWORK_EVENT_ID_METADATA_CHANGE, type, uri);
}

int test_connectNetworkEventRegisterAny(virConnectPtr conn, virNetworkPtr network, int event_id,
                                        virConnectNetworkEventGenericCallback cb, void *opaque,
                                        virFreeCallback freecb)
{
    struct event_registration registration = {
        .klass = FAMILY,
        .id = event_id,
        .key = {.kind = network ? EVENT_KEY_UUID : EVENT_KEY_NONE},
        .callback = (event_callback)cb,
        .opaque = opaque,
        .freecb = freecb,
    };

    if (event_id < 0 || event_id >= VIR_NETWORK_EVENT_ID_LAST) {
        error_set(VIR_FROM_NETWORK, VIR_ERR_INVALID_ARG,
                  "eventID in virConnectNetworkEventRegisterAny is %d, but must be less than %d",
                  event_id, VIR_NETWORK_EVENT_ID_LAST);
        return -1;
    }
    if (network)
        memcpy(registration.key.uuid, network->uuid, UUID_BYTES);
    return event_queue_register(conn->events, &registration);
}

int test_connectNetworkEventDeregisterAny(virConnectPtr conn, int callback_id)
{
    return event_queue_deregister(conn->events, FAMILY, callback_id) < 0 ? -1 : 0;
}
