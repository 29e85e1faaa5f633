#include "core/drivers/test/storage.h"

#include <string.h>

#include "core/object/error.h"
#include "objects.h"

/* The family of these events, in the connections' queues. */
#define FAMILY VIR_FROM_STORAGE

struct pool_event {
    struct event event;
    char *name;
    int lifecycle;
};

static void free_event(struct event *event)
{
    g_free(((struct pool_event *)event)->name);
    g_free(event);
}

static void deliver(virConnectPtr conn, struct event *event, event_callback callback, void *opaque)
{
    struct pool_event *it = (struct pool_event *)event;
    virStoragePoolPtr pool = new_storage_pool(conn, it->name, event->key.uuid);

    if (event->id == VIR_STORAGE_POOL_EVENT_ID_LIFECYCLE)
        ((virConnectStoragePoolEventLifecycleCallback)callback)(conn, pool, it->lifecycle, 0,
                                                                opaque);
    else
        ((virConnectStoragePoolEventGenericCallback)callback)(conn, pool, opaque);
    object_unref(&pool->base);
}

void pool_event(struct world *world, struct pool *pool, int id, int lifecycle)
{
    struct pool_event *it;

    if (!world_listens(world))
        return;
    it = g_new0(struct pool_event, 1);
    it->event = (struct event){
        .klass = FAMILY,
        .id = id,
        .key = {.kind = EVENT_KEY_UUID},
        .deliver = deliver,
        .free = free_event,
        .refs = 1,
    };
    memcpy(it->event.key.uuid, pool->item.uuid, UUID_BYTES);
    it->name = g_strdup(pool->name);
    it->lifecycle = lifecycle;
    world_push(world, &it->event);
}

int test_connectStoragePoolEventRegisterAny(virConnectPtr conn, virStoragePoolPtr pool,
                                            int event_id,
                                            virConnectStoragePoolEventGenericCallback cb,
                                            void *opaque, virFreeCallback freecb)
{
    struct event_registration registration = {
        .klass = FAMILY,
        .id = event_id,
        .key = {.kind = pool ? EVENT_KEY_UUID : EVENT_KEY_NONE},
        .callback = (event_callback)cb,
        .opaque = opaque,
        .freecb = freecb,
    };

    if (event_id < 0 || event_id >= VIR_STORAGE_POOL_EVENT_ID_LAST) {
        error_set(
            VIR_FROM_STORAGE, VIR_ERR_INVALID_ARG,
            "eventID in virConnectStoragePoolEventRegisterAny is %d, but must be less than %d",
            event_id, VIR_STORAGE_POOL_EVENT_ID_LAST);
        return -1;
    }
    if (pool)
        memcpy(registration.key.uuid, pool->uuid, UUID_BYTES);
    return event_queue_register(conn->events, &registration);
}

int test_connectStoragePoolEventDeregisterAny(virConnectPtr conn, int callback_id)
{
    return event_queue_deregister(conn->events, FAMILY, callback_id) < 0 ? -1 : 0;
}
