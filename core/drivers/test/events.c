#include "core/drivers/test/events.h"

#include "core/conf/guest/event.h"
#include "core/drivers/test/happening.h"

/* Nothing is made when nobody would get it. */
static void push(struct world *world, const struct guest *guest, struct guest_event_spec spec)
{
    spec.uuid = guest->item.uuid;
    spec.name = guest->name;
    spec.guest_id = guest->item.id;
    if (world_listens(world))
        world_push(world, guest_event_new(&spec));
}

/* What QEMU's monitor says of a change in a guest's life. */
static const char *const monitor_names[] = {
    [VIR_DOMAIN_EVENT_STARTED] = "RESUME",      [VIR_DOMAIN_EVENT_SUSPENDED] = "STOP",
    [VIR_DOMAIN_EVENT_RESUMED] = "RESUME",      [VIR_DOMAIN_EVENT_STOPPED] = "SHUTDOWN",
    [VIR_DOMAIN_EVENT_PMSUSPENDED] = "SUSPEND",
};

void guest_event_lifecycle(struct world *world, const struct guest *guest, int event, int detail)
{
    if (!world_listens(world))
        return;
    push(world, guest,
         (struct guest_event_spec){
             .id = VIR_DOMAIN_EVENT_ID_LIFECYCLE, .number = event, .detail = detail});
    if (event < (int)G_N_ELEMENTS(monitor_names) && monitor_names[event])
        monitor_announce(world, guest, monitor_names[event], NULL);
}

void guest_event_reason(struct world *world, const struct guest *guest, int id, int reason)
{
    push(world, guest, (struct guest_event_spec){.id = id, .number = reason});
}

void guest_event_device(struct world *world, const struct guest *guest, int id, const char *alias)
{
    push(world, guest, (struct guest_event_spec){.id = id, .text = alias});
}

void guest_event_metadata(struct world *world, const struct guest *guest, int type, const char *uri)
{
    push(world, guest,
         (struct guest_event_spec){
             .id = VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, .number = type, .text = uri});
}

int test_connectDomainEventRegister(virConnectPtr conn, virConnectDomainEventCallback cb,
                                    void *opaque, virFreeCallback freecb)
{
    return guest_event_register_legacy(conn, cb, opaque, freecb);
}

int test_connectDomainEventDeregister(virConnectPtr conn, virConnectDomainEventCallback cb)
{
    return guest_event_deregister_legacy(conn, cb);
}

int test_connectDomainEventRegisterAny(virConnectPtr conn, virDomainPtr dom, int eventID,
                                       virConnectDomainEventGenericCallback cb, void *opaque,
                                       virFreeCallback freecb)
{
    return guest_event_register(conn, dom, eventID, cb, opaque, freecb);
}

int test_connectDomainEventDeregisterAny(virConnectPtr conn, int callbackID)
{
    return guest_event_deregister(conn, callbackID);
}
