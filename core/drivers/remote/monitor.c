/* What QEMU's monitors announce. Names are compared by the daemon, so each registration here is one
 * there, and is told by the number that it has there. */
#include "core/base/log.h"
#include "core/drivers/remote/event.h"
#include "core/drivers/remote/event_table.h"
#include "core/drivers/remote/reconnect_monitor.h"
#include "core/event/loop.h"
#include "core/object/error.h"
#include "wire_objects.h"

/* Beside the families of objects, which are numbered from 0. */
#define KLASS G_MAXINT16

static void deliver(virConnectPtr conn, struct event *event, event_callback callback, void *opaque)
{
    const wire_domain_qemu_monitor_event_msg *message = remote_event_message(event);
    virDomainPtr dom = wire_new_domain(conn, &message->dom);

    ((virConnectDomainQemuMonitorEventCallback)callback)(
        conn, dom, message->event, message->seconds, message->micros, message->details, opaque);
    object_unref(&dom->base);
}

static const void *key_of(int procedure, const void *message)
{
    (void)procedure;
    return ((const wire_domain_qemu_monitor_event_msg *)message)->dom.uuid;
}

static int id_of(const void *message)
{
    return ((const wire_domain_qemu_monitor_event_msg *)message)->callback_id;
}

static const struct remote_event_kind kind = {
    .procedure = WIRE_PROC_DOMAIN_QEMU_MONITOR_EVENT,
    .type = WIRE_DOMAIN_QEMU_MONITOR_EVENT_MSG,
    .deliver = deliver,
};

const struct remote_event_family remote_monitor_events = {
    .what = "monitor",
    .klass = KLASS,
    .key = EVENT_KEY_UUID,
    .n_kinds = 1,
    .kinds = &kind,
    .key_of = key_of,
    .id_of = id_of,
};

static int ask(virConnectPtr conn, const wire_connect_domain_qemu_monitor_event_register_args *args,
               wire_connect_domain_qemu_monitor_event_register_ret *ret)
{
    int status;

    reconnect_hurry(1);
    status = remote_call(conn, "virConnectDomainQemuMonitorEventRegister", WIRE_PROGRAM_QEMU,
                         WIRE_PROC_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER, args, ret);
    reconnect_hurry(-1);
    return status;
}

static int leave(virConnectPtr conn, int remote_id)
{
    wire_connect_domain_qemu_monitor_event_deregister_args args = {.callbackID = remote_id};
    int status;

    if (remote_id < 0) /* a daemon that came later did not want to tell */
        return 0;
    reconnect_hurry(1);
    status = remote_call(conn, "virConnectDomainQemuMonitorEventDeregister", WIRE_PROGRAM_QEMU,
                         WIRE_PROC_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_DEREGISTER, &args, NULL);
    reconnect_hurry(-1);
    return status;
}

/* The daemon's own number, for the last time. */
static int take_remote_id(struct remote *remote, int id)
{
    return remote->reconnect ? reconnect_take_monitor(remote->reconnect, id) : id;
}

int remote_connectDomainQemuMonitorEventRegister(virConnectPtr conn, virDomainPtr dom,
                                                 const char *event,
                                                 virConnectDomainQemuMonitorEventCallback cb,
                                                 void *opaque, virFreeCallback freecb,
                                                 unsigned int flags)
{
    wire_domain guest = dom ? wire_of_domain(dom) : (wire_domain){};
    wire_connect_domain_qemu_monitor_event_register_args args = {
        .dom = dom ? &guest : NULL, .event = event, .flags = flags};
    wire_connect_domain_qemu_monitor_event_register_ret ret;
    struct remote *remote = remote_of(conn);
    struct event_registration registration = {
        .klass = KLASS, .callback = (event_callback)cb, .opaque = opaque, .freecb = freecb};
    int id = -1;

    if (event_loop_require("registering for events") < 0 || remote_ready(conn) < 0 ||
        remote_take_turn(conn, "virConnectDomainQemuMonitorEventRegister") < 0)
        return -1;
    if (ask(conn, &args, &ret) == 0) {
        registration.id = remote->reconnect
                              ? reconnect_add_monitor(remote->reconnect, &args, ret.result)
                              : ret.result;
        id = event_queue_register(conn->events, &registration);
        if (id < 0)
            leave(conn, take_remote_id(remote, registration.id));
    }
    remote_end_turn(conn);
    return id;
}

int remote_connectDomainQemuMonitorEventDeregister(virConnectPtr conn, int callbackID)
{
    int id = event_queue_event_of(conn->events, KLASS, callbackID), status;

    if (remote_take_turn(conn, "virConnectDomainQemuMonitorEventDeregister") < 0)
        return -1;
    status = event_queue_deregister(conn->events, KLASS, callbackID);
    if (status == 0 && leave(conn, take_remote_id(remote_of(conn), id)) < 0)
        log_warning("the daemon goes on telling of its monitors: %s", error_last()->message);
    remote_end_turn(conn);
    return status;
}
