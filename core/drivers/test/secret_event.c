#include "core/drivers/test/secret.h"

#include <string.h>

#include "core/object/error.h"
#include "objects.h"

/* The family of these events, in the connections' queues. */
#define FAMILY VIR_FROM_SECRET

struct secret_event {
    struct event event;
    int usage_type;
    char *usage_id;
    int lifecycle;
};

static void free_event(struct event *event)
{
    g_free(((struct secret_event *)event)->usage_id);
    g_free(event);
}

static void deliver(virConnectPtr conn, struct event *event, event_callback callback, void *opaque)
{
    struct secret_event *it = (struct secret_event *)event;
    virSecretPtr secret = new_secret(conn, event->key.uuid, it->usage_type, it->usage_id);

    if (event->id == VIR_SECRET_EVENT_ID_LIFECYCLE)
        ((virConnectSecretEventLifecycleCallback)callback)(conn, secret, it->lifecycle, 0, opaque);
    else
        ((virConnectSecretEventGenericCallback)callback)(conn, secret, opaque);
    object_unref(&secret->base);
}

static void push(struct world *world, const struct secret_item *secret, int id, int lifecycle)
{
    const char *usage = secret_usage_id(secret->def);
    struct secret_event *it;

    if (!world_listens(world))
        return;
    it = g_new0(struct secret_event, 1);
    it->event = (struct event){
        .klass = FAMILY,
        .id = id,
        .key = {.kind = EVENT_KEY_UUID},
        .deliver = deliver,
        .free = free_event,
        .refs = 1,
    };
    memcpy(it->event.key.uuid, secret->item.uuid, UUID_BYTES);
    it->usage_type = secret->def->usage.type;
    it->usage_id = g_strdup(usage ? usage : "");
    it->lifecycle = lifecycle;
    world_push(world, &it->event);
}

void secret_event_lifecycle(struct world *world, const struct secret_item *secret, int lifecycle)
{
    push(world, secret, VIR_SECRET_EVENT_ID_LIFECYCLE, lifecycle);
}

void secret_event_value(struct world *world, const struct secret_item *secret)
{
    push(world, secret, VIR_SECRET_EVENT_ID_VALUE_CHANGED, 0);
}

int test_connectSecretEventRegisterAny(virConnectPtr conn, virSecretPtr secret, int event_id,
                                       virConnectSecretEventGenericCallback cb, void *opaque,
                                       virFreeCallback freecb)
{
    struct event_registration registration = {
        .klass = FAMILY,
        .id = event_id,
        .key = {.kind = secret ? EVENT_KEY_UUID : EVENT_KEY_NONE},
        .callback = (event_callback)cb,
        .opaque = opaque,
        .freecb = freecb,
    };

    if (event_id < 0 || event_id >= VIR_SECRET_EVENT_ID_LAST) {
        error_set(VIR_FROM_SECRET, VIR_ERR_INVALID_ARG,
                  "eventID in virConnectSecretEventRegisterAny is %d, but must be less than %d",
                  event_id, VIR_SECRET_EVENT_ID_LAST);
        return -1;
    }
    if (secret)
        memcpy(registration.key.uuid, secret->uuid, UUID_BYTES);
    return event_queue_register(conn->events, &registration);
}

int test_connectSecretEventDeregisterAny(virConnectPtr conn, int callback_id)
{
    return event_queue_deregister(conn->events, FAMILY, callback_id) < 0 ? -1 : 0;
}
