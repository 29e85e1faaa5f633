#include "core/drivers/test/nodedev.h"

#include "core/object/error.h"
#include "objects.h"

/* The family of these events, in the connections' queues. */
#define FAMILY VIR_FROM_NODEDEV

struct nodedev_event {
    struct event event;
    char *name;
    int lifecycle; /* of events that say what happened */
};

static void free_event(struct event *event)
{
    g_free(((struct nodedev_event *)event)->name);
    g_free(event);
}

static void deliver(virConnectPtr conn, struct event *event, event_callback callback, void *opaque)
{
    struct nodedev_event *it = (struct nodedev_event *)event;
    virNodeDevicePtr device = new_node_device(conn, event->key.name);

    if (event->id == VIR_NODE_DEVICE_EVENT_ID_UPDATE)
        ((virConnectNodeDeviceEventGenericCallback)callback)(conn, device, opaque);
    else
        ((virConnectNodeDeviceEventLifecycleCallback)callback)(conn, device, it->lifecycle, 0,
                                                               opaque);
    object_unref(&device->base);
}

static void push(struct world *world, const struct host_device *device, int id, int lifecycle)
{
    struct nodedev_event *it;

    if (!world_listens(world))
        return;
    it = g_new0(struct nodedev_event, 1);
    it->name = g_strdup(device->item.name);
    it->event = (struct event){
        .klass = FAMILY,
        .id = id,
        .key = {.kind = EVENT_KEY_NAME, .name = it->name},
        .deliver = deliver,
        .free = free_event,
        .refs = 1,
    };
    it->lifecycle = lifecycle;
    world_push(world, &it->event);
}

void host_device_event(struct world *world, const struct host_device *device, int lifecycle)
{
    push(world, device, VIR_NODE_DEVICE_EVENT_ID_LIFECYCLE, lifecycle);
}

void host_device_event_update(struct world *world, const struct host_device *device)
{
    push(world, device, VIR_NODE_DEVICE_EVENT_ID_UPDATE, 0);
}

int test_connectNodeDeviceEventRegisterAny(virConnectPtr conn, virNodeDevicePtr dev, int event_id,
                                           virConnectNodeDeviceEventGenericCallback cb,
                                           void *opaque, virFreeCallback freecb)
{
    struct event_registration registration = {
        .klass = FAMILY,
        .id = event_id,
        .key = {.kind = dev ? EVENT_KEY_NAME : EVENT_KEY_NONE, .name = dev ? dev->name : NULL},
        .callback = (event_callback)cb,
        .opaque = opaque,
        .freecb = freecb,
    };

    if (event_id < 0 || event_id >= VIR_NODE_DEVICE_EVENT_ID_LAST) {
        error_set(VIR_FROM_NODEDEV, VIR_ERR_INVALID_ARG,
                  "eventID in virConnectNodeDeviceEventRegisterAny is %d, but must be less than %d",
                  event_id, VIR_NODE_DEVICE_EVENT_ID_LAST);
        return -1;
    }
    return event_queue_register(conn->events, &registration);
}

int test_connectNodeDeviceEventDeregisterAny(virConnectPtr conn, int callback_id)
{
    return event_queue_deregister(conn->events, FAMILY, callback_id) < 0 ? -1 : 0;
}
