#include "core/drivers/remote/reconnect_monitor.h"

#include <string.h>

#include "core/base/log.h"
#include "core/drivers/remote/call.h"
#include "core/drivers/remote/event_table.h"
#include "core/drivers/remote/reconnect_private.h"
#include "core/object/error.h"

/* One of them. */
struct monitor {
    int id;        /* here */
    int remote_id; /* there */
    char *event;
    unsigned int flags;
    gboolean of_one;
    char *name;
    unsigned char uuid[UUID_BYTES];
    int dom_id;
};

void reconnect_monitor_free(gpointer data)
{
    struct monitor *monitor = data;

    g_free(monitor->event);
    g_free(monitor->name);
    g_free(monitor);
}

int reconnect_add_monitor(struct reconnect *it,
                          const wire_connect_domain_qemu_monitor_event_register_args *args,
                          int remote_id)
{
    struct monitor *monitor = g_new0(struct monitor, 1);

    monitor->remote_id = remote_id;
    monitor->event = g_strdup(args->event);
    monitor->flags = args->flags;
    if (args->dom) {
        monitor->of_one = TRUE;
        monitor->name = g_strdup(args->dom->name);
        memcpy(monitor->uuid, args->dom->uuid, UUID_BYTES);
        monitor->dom_id = args->dom->id;
    }
    lock_guard(&it->hold_lock);
    monitor->id = it->next_monitor++;
    g_ptr_array_add(it->monitors, monitor);
    return monitor->id;
}

int reconnect_take_monitor(struct reconnect *it, int id)
{
    lock_guard(&it->hold_lock);
    for (guint i = 0; i < it->monitors->len; i++) {
        const struct monitor *monitor = it->monitors->pdata[i];
        int remote_id = monitor->remote_id;

        if (monitor->id == id) {
            g_ptr_array_remove_index(it->monitors, i);
            return remote_id;
        }
    }
    return -1;
}

void reconnect_set_monitor(struct reconnect *it, struct event *event)
{
    if (event->klass != remote_monitor_events.klass)
        return;
    for (guint i = 0; i < it->monitors->len; i++) {
        const struct monitor *monitor = it->monitors->pdata[i];

        if (monitor->remote_id == event->id) {
            event->id = monitor->id;
            return;
        }
    }
    event->id = -1; /* of one that is no more */
}

static int ask_monitor(virConnectPtr scratch, struct monitor *monitor)
{
    wire_domain guest = {monitor->name, monitor->uuid, monitor->dom_id};
    wire_connect_domain_qemu_monitor_event_register_args args = {
        .dom = monitor->of_one ? &guest : NULL, .event = monitor->event, .flags = monitor->flags};
    wire_connect_domain_qemu_monitor_event_register_ret ret;

    if (remote_call(scratch, "virConnectDomainQemuMonitorEventRegister", WIRE_PROGRAM_QEMU,
                    WIRE_PROC_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER, &args, &ret) < 0)
        return -1;
    return ret.result;
}

/* Events wait, and with them whoever would change the list waits for its turn. */
int reconnect_ask_monitors(struct reconnect *it, virConnectPtr scratch)
{
    for (guint i = 0; i < it->monitors->len; i++) {
        struct monitor *monitor = it->monitors->pdata[i];
        int id = ask_monitor(scratch, monitor);

        if (id < 0 && reconnect_hopeless(scratch))
            return -1;
        if (id < 0)
            log_warning("the daemon does not tell of its monitors any more: %s",
                        error_last()->message);
        lock_guard(&it->hold_lock);
        monitor->remote_id = id;
    }
    return 0;
}
