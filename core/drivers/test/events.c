#include "core/drivers/test/events.h"

#include "core/drivers/test/happening.h"

#include <string.h>

/* The family of these events, in the connections' queues. */
#define FAMILY VIR_FROM_DOMAIN

struct guest_event {
    struct event event;
    char *name;
    int guest_id;
    int number, detail; /* of the callbacks with one or two */
    char *text;         /* of those with a URI or an alias */
};

static void guest_event_free(struct event *event)
{
    struct guest_event *it = (struct guest_event *)event;

    g_free(it->name);
    g_free(it->text);
    g_free(it);
}

/* What each kind of callback is called with. */
static void call_lifecycle(virConnectPtr conn, virDomainPtr domain, struct guest_event *it,
                           event_callback callback, void *opaque)
{
    ((virConnectDomainEventCallback)callback)(conn, domain, it->number, it->detail, opaque);
}

static void call_reason(virConnectPtr conn, virDomainPtr domain, struct guest_event *it,
                        event_callback callback, void *opaque)
{
    ((virConnectDomainEventPMWakeupCallback)callback)(conn, domain, it->number, opaque);
}

static void call_metadata(virConnectPtr conn, virDomainPtr domain, struct guest_event *it,
                          event_callback callback, void *opaque)
{
    ((virConnectDomainEventMetadataChangeCallback)callback)(conn, domain, it->number, it->text,
                                                            opaque);
}

static void call_device(virConnectPtr conn, virDomainPtr domain, struct guest_event *it,
                        event_callback callback, void *opaque)
{
    ((virConnectDomainEventDeviceAddedCallback)callback)(conn, domain, it->text, opaque);
}

static void guest_event_deliver(virConnectPtr conn, struct event *event, event_callback callback,
                                void *opaque)
{
    static void (*const calls[VIR_DOMAIN_EVENT_ID_LAST])(
        virConnectPtr, virDomainPtr, struct guest_event *, event_callback, void *) = {
        [VIR_DOMAIN_EVENT_ID_LIFECYCLE] = call_lifecycle,
        [VIR_DOMAIN_EVENT_ID_PMWAKEUP] = call_reason,
        [VIR_DOMAIN_EVENT_ID_PMSUSPEND] = call_reason,
        [VIR_DOMAIN_EVENT_ID_PMSUSPEND_DISK] = call_reason,
        [VIR_DOMAIN_EVENT_ID_METADATA_CHANGE] = call_metadata,
        [VIR_DOMAIN_EVENT_ID_DEVICE_ADDED] = call_device,
        [VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED] = call_device,
    };
    struct guest_event *it = (struct guest_event *)event;
    virDomainPtr domain = new_domain(conn, it->name, event->key.uuid, it->guest_id);

    calls[event->id](conn, domain, it, callback, opaque);
    object_unref(&domain->base);
}

/* NULL when nobody would get it. */
static struct guest_event *guest_event_new(struct world *world, const struct guest *guest, int id)
{
    struct guest_event *it;

    if (!world_listens(world))
        return NULL;
    it = g_new0(struct guest_event, 1);
    it->event = (struct event){
        .klass = FAMILY,
        .id = id,
        .key = {.kind = EVENT_KEY_UUID},
        .deliver = guest_event_deliver,
        .free = guest_event_free,
        .refs = 1,
    };
    memcpy(it->event.key.uuid, guest->item.uuid, UUID_BYTES);
    it->name = g_strdup(guest->name);
    it->guest_id = guest->item.id;
    return it;
}

/* What QEMU's monitor says of a change in a guest's life. */
static const char *const monitor_names[] = {
    [VIR_DOMAIN_EVENT_STARTED] = "RESUME",      [VIR_DOMAIN_EVENT_SUSPENDED] = "STOP",
    [VIR_DOMAIN_EVENT_RESUMED] = "RESUME",      [VIR_DOMAIN_EVENT_STOPPED] = "SHUTDOWN",
    [VIR_DOMAIN_EVENT_PMSUSPENDED] = "SUSPEND",
};

void guest_event_lifecycle(struct world *world, const struct guest *guest, int event, int detail)
{
    struct guest_event *it = guest_event_new(world, guest, VIR_DOMAIN_EVENT_ID_LIFECYCLE);

    if (!it)
        return;
    it->number = event;
    it->detail = detail;
    world_push(world, &it->event);
    if (event < (int)G_N_ELEMENTS(monitor_names) && monitor_names[event])
        monitor_announce(world, guest, monitor_names[event], NULL);
}

void guest_event_reason(struct world *world, const struct guest *guest, int id, int reason)
{
    struct guest_event *it = guest_event_new(world, guest, id);

    if (!it)
        return;
    it->number = reason;
    world_push(world, &it->event);
}

void guest_event_device(struct world *world, const struct guest *guest, int id, const char *alias)
{
    struct guest_event *it = guest_event_new(world, guest, id);

    if (!it)
        return;
    it->text = g_strdup(alias);
    world_push(world, &it->event);
}

void guest_event_metadata(struct world *world, const struct guest *guest, int type, const char *uri)
{
    struct guest_event *it = guest_event_new(world, guest, VIR_DOMAIN_EVENT_ID_METADATA_CHANGE);

    if (!it)
        return;
    it->number = type;
    it->text = g_strdup(uri);
    world_push(world, &it->event);
}

int test_connectDomainEventRegister(virConnectPtr conn, virConnectDomainEventCallback cb,
                                    void *opaque, virFreeCallback freecb)
{
    struct event_registration registration = {
        .klass = FAMILY,
        .id = VIR_DOMAIN_EVENT_ID_LIFECYCLE,
        .callback = (event_callback)cb,
        .opaque = opaque,
        .freecb = freecb,
        .legacy = TRUE,
    };

    return event_queue_register(conn->events, &registration) < 0 ? -1 : 0;
}

int test_connectDomainEventDeregister(virConnectPtr conn, virConnectDomainEventCallback cb)
{
    return event_queue_deregister_legacy(conn->events, FAMILY, (event_callback)cb) < 0 ? -1 : 0;
}

int test_connectDomainEventRegisterAny(virConnectPtr conn, virDomainPtr dom, int eventID,
                                       virConnectDomainEventGenericCallback cb, void *opaque,
                                       virFreeCallback freecb)
{
    struct event_registration registration = {
        .klass = FAMILY,
        .id = eventID,
        .key = {.kind = dom ? EVENT_KEY_UUID : EVENT_KEY_NONE},
        .callback = (event_callback)cb,
        .opaque = opaque,
        .freecb = freecb,
    };

    if (eventID < 0 || eventID >= VIR_DOMAIN_EVENT_ID_LAST) {
        test_error(INVALID_ARG,
                   "eventID in virConnectDomainEventRegisterAny must be 0 to %d, not %d",
                   VIR_DOMAIN_EVENT_ID_LAST - 1, eventID);
        return -1;
    }
    if (dom)
        memcpy(registration.key.uuid, dom->uuid, UUID_BYTES);
    return event_queue_register(conn->events, &registration);
}

int test_connectDomainEventDeregisterAny(virConnectPtr conn, int callbackID)
{
    return event_queue_deregister(conn->events, FAMILY, callbackID) < 0 ? -1 : 0;
}
