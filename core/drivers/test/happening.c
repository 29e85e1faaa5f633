#include "core/drivers/test/happening.h"

#include <string.h>

#include "core/drivers/test/graphics_event.h"
#include "core/drivers/test/inside.h"

struct happening_event {
    struct event event;
    char *name;
    int guest_id;
    char *texts[HAPPENING_VALUES];
    long long numbers[HAPPENING_VALUES];
};

static void happening_free(struct event *event)
{
    struct happening_event *it = (struct happening_event *)event;

    for (size_t i = 0; i < G_N_ELEMENTS(it->texts); i++)
        g_free(it->texts[i]);
    g_free(it->name);
    g_free(it);
}

/* What each kind of callback is called with. */
#define CALL(name, ...)                                                                            \
    static void call_##name(virConnectPtr conn, virDomainPtr dom, struct happening_event *it,      \
                            event_callback callback, void *opaque)                                 \
    {                                                                                              \
        ((virConnectDomainEvent##name##Callback)callback)(conn, dom, ##__VA_ARGS__, opaque);       \
    }
CALL(Generic)
CALL(RTCChange, it->numbers[0])
CALL(Watchdog, it->numbers[0])
CALL(IOError, it->texts[0], it->texts[1], it->numbers[0])
CALL(IOErrorReason, it->texts[0], it->texts[1], it->numbers[0], it->texts[2])
CALL(DiskChange, it->texts[0], it->texts[1], it->texts[2], it->numbers[0])
CALL(TrayChange, it->texts[0], it->numbers[0])
CALL(BalloonChange, it->numbers[0])
CALL(AgentLifecycle, it->numbers[0], it->numbers[1])
CALL(DeviceRemovalFailed, it->texts[0])
CALL(MemoryFailure, it->numbers[0], it->numbers[1], it->numbers[2])
CALL(MemoryDeviceSizeChange, it->texts[0], it->numbers[0])
#undef CALL

static void call_Graphics(virConnectPtr conn, virDomainPtr dom, struct happening_event *it,
                          event_callback callback, void *opaque)
{
    graphics_client_call(conn, dom, it->texts, it->numbers[0],
                         (virConnectDomainEventGraphicsCallback)callback, opaque);
}

static void happening_deliver(virConnectPtr conn, struct event *event, event_callback callback,
                              void *opaque)
{
    static void (*const calls[VIR_DOMAIN_EVENT_ID_LAST])(
        virConnectPtr, virDomainPtr, struct happening_event *, event_callback, void *) = {
        [VIR_DOMAIN_EVENT_ID_REBOOT] = call_Generic,
        [VIR_DOMAIN_EVENT_ID_RTC_CHANGE] = call_RTCChange,
        [VIR_DOMAIN_EVENT_ID_WATCHDOG] = call_Watchdog,
        [VIR_DOMAIN_EVENT_ID_IO_ERROR] = call_IOError,
        [VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON] = call_IOErrorReason,
        [VIR_DOMAIN_EVENT_ID_GRAPHICS] = call_Graphics,
        [VIR_DOMAIN_EVENT_ID_CONTROL_ERROR] = call_Generic,
        [VIR_DOMAIN_EVENT_ID_DISK_CHANGE] = call_DiskChange,
        [VIR_DOMAIN_EVENT_ID_TRAY_CHANGE] = call_TrayChange,
        [VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE] = call_BalloonChange,
        [VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE] = call_AgentLifecycle,
        [VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED] = call_DeviceRemovalFailed,
        [VIR_DOMAIN_EVENT_ID_MEMORY_FAILURE] = call_MemoryFailure,
        [VIR_DOMAIN_EVENT_ID_MEMORY_DEVICE_SIZE_CHANGE] = call_MemoryDeviceSizeChange,
    };
    struct happening_event *it = (struct happening_event *)event;
    virDomainPtr domain = new_domain(conn, it->name, event->key.uuid, it->guest_id);

    calls[event->id](conn, domain, it, callback, opaque);
    object_unref(&domain->base);
}

/* What QEMU's monitor calls it. */
static const char *const monitor_names[VIR_DOMAIN_EVENT_ID_LAST] = {
    [VIR_DOMAIN_EVENT_ID_REBOOT] = "RESET",
    [VIR_DOMAIN_EVENT_ID_RTC_CHANGE] = "RTC_CHANGE",
    [VIR_DOMAIN_EVENT_ID_WATCHDOG] = "WATCHDOG",
    [VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON] = "BLOCK_IO_ERROR",
    [VIR_DOMAIN_EVENT_ID_TRAY_CHANGE] = "DEVICE_TRAY_MOVED",
    [VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE] = "BALLOON_CHANGE",
    [VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE] = "VSERPORT_CHANGE",
    [VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED] = "DEVICE_UNPLUG_GUEST_ERROR",
    [VIR_DOMAIN_EVENT_ID_MEMORY_FAILURE] = "MEMORY_FAILURE",
    [VIR_DOMAIN_EVENT_ID_MEMORY_DEVICE_SIZE_CHANGE] = "MEMORY_DEVICE_SIZE_CHANGE",
};

void guest_happens(struct world *world, const struct guest *guest, const struct happening *what)
{
    struct happening_event *it;

    if (!world_listens(world))
        return;
    it = g_new0(struct happening_event, 1);
    it->event = (struct event){
        .klass = VIR_FROM_DOMAIN,
        .id = what->id,
        .key = {.kind = EVENT_KEY_UUID},
        .deliver = happening_deliver,
        .free = happening_free,
        .refs = 1,
    };
    memcpy(it->event.key.uuid, guest->item.uuid, UUID_BYTES);
    it->name = g_strdup(guest->name);
    it->guest_id = guest->item.id;
    for (size_t i = 0; i < G_N_ELEMENTS(it->texts); i++)
        it->texts[i] = g_strdup(what->texts[i]);
    memcpy(it->numbers, what->numbers, sizeof(it->numbers));
    world_push(world, &it->event);
    if (monitor_names[what->id])
        monitor_announce(world, guest, monitor_names[what->id], NULL);
}

void guest_agent_changed(struct world *world, const struct guest *guest, bool listens, int reason)
{
    const struct happening what = {
        .id = VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE,
        .numbers = {listens ? VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED
                            : VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_DISCONNECTED,
                    reason},
    };

    guest_happens(world, guest, &what);
}

void guest_script_changed(struct world *world, const struct guest *guest, bool listened)
{
    bool listens = agent_listens(guest->live->doc);

    if (listens != listened)
        guest_agent_changed(world, guest, listens,
                            VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_CHANNEL);
}
