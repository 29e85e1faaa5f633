#include "core/conf/guest/event.h"

#include <string.h>

#include "core/object/connect.h"
#include "core/object/error.h"
#include "objects.h"

struct guest_event {
    struct event event;
    char *name;
    int guest_id;
    int number, detail;
    char *text;
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

static void call_plain(virConnectPtr conn, virDomainPtr domain, struct guest_event *it,
                       event_callback callback, void *opaque)
{
    ((virConnectDomainEventGenericCallback)callback)(conn, domain, opaque);
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
        [VIR_DOMAIN_EVENT_ID_REBOOT] = call_plain,
        [VIR_DOMAIN_EVENT_ID_CONTROL_ERROR] = call_plain,
        [VIR_DOMAIN_EVENT_ID_WATCHDOG] = call_reason,
        [VIR_DOMAIN_EVENT_ID_PMWAKEUP] = call_reason,
        [VIR_DOMAIN_EVENT_ID_PMSUSPEND] = call_reason,
        [VIR_DOMAIN_EVENT_ID_PMSUSPEND_DISK] = call_reason,
        [VIR_DOMAIN_EVENT_ID_METADATA_CHANGE] = call_metadata,
        [VIR_DOMAIN_EVENT_ID_DEVICE_ADDED] = call_device,
        [VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED] = call_device,
        [VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED] = call_device,
    };
    struct guest_event *it = (struct guest_event *)event;
    virDomainPtr domain = new_domain(conn, it->name, event->key.uuid, it->guest_id);

    calls[event->id](conn, domain, it, callback, opaque);
    object_unref(&domain->base);
}

struct event *guest_event_new(const struct guest_event_spec *spec)
{
    struct guest_event *it = g_new0(struct guest_event, 1);

    it->event = (struct event){
        .klass = GUEST_EVENTS,
        .id = spec->id,
        .key = {.kind = EVENT_KEY_UUID},
        .deliver = guest_event_deliver,
        .free = guest_event_free,
        .refs = 1,
    };
    memcpy(it->event.key.uuid, spec->uuid, UUID_BYTES);
    it->name = g_strdup(spec->name);
    it->guest_id = spec->guest_id;
    it->number = spec->number;
    it->detail = spec->detail;
    it->text = g_strdup(spec->text);
    return &it->event;
}

int guest_event_register_legacy(virConnectPtr conn, virConnectDomainEventCallback cb, void *opaque,
                                virFreeCallback freecb)
{
    struct event_registration registration = {
        .klass = GUEST_EVENTS,
        .id = VIR_DOMAIN_EVENT_ID_LIFECYCLE,
        .callback = (event_callback)cb,
        .opaque = opaque,
        .freecb = freecb,
        .legacy = TRUE,
    };

    return event_queue_register(conn->events, &registration) < 0 ? -1 : 0;
}

int guest_event_deregister_legacy(virConnectPtr conn, virConnectDomainEventCallback cb)
{
    return event_queue_deregister_legacy(conn->events, GUEST_EVENTS, (event_callback)cb) < 0 ? -1
                                                                                             : 0;
}

int guest_event_register(virConnectPtr conn, virDomainPtr dom, int id,
                         virConnectDomainEventGenericCallback cb, void *opaque,
                         virFreeCallback freecb)
{
    struct event_registration registration = {
        .klass = GUEST_EVENTS,
        .id = id,
        .key = {.kind = dom ? EVENT_KEY_UUID : EVENT_KEY_NONE},
        .callback = (event_callback)cb,
        .opaque = opaque,
        .freecb = freecb,
    };

    if (id < 0 || id >= VIR_DOMAIN_EVENT_ID_LAST) {
        error_set(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG,
                  "eventID in virConnectDomainEventRegisterAny must be 0 to %d, not %d",
                  VIR_DOMAIN_EVENT_ID_LAST - 1, id);
        return -1;
    }
    if (dom)
        memcpy(registration.key.uuid, dom->uuid, UUID_BYTES);
    return event_queue_register(conn->events, &registration);
}

int guest_event_deregister(virConnectPtr conn, int callback_id)
{
    return event_queue_deregister(conn->events, GUEST_EVENTS, callback_id) < 0 ? -1 : 0;
}
