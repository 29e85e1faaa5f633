/* Listeners of the monitor: they hear what QEMU would announce, by its names. */
#include "core/drivers/test/happening.h"

#include <string.h>

/* The family of these events, in the connections' queues. */
#define FAMILY VIR_FROM_QEMU

/* Rides along as the registration's opaque value. */
struct listener {
    GRegex *pattern; /* NULL: `name` is compared as it is */
    char *name;      /* NULL: all */
    void *opaque;
    virFreeCallback freecb;
};

static void listener_free(void *data)
{
    struct listener *listener = data;

    if (listener->freecb)
        listener->freecb(listener->opaque);
    g_clear_pointer(&listener->pattern, g_regex_unref);
    g_free(listener->name);
    g_free(listener);
}

static bool listener_wants(const struct listener *listener, const char *name)
{
    if (listener->pattern)
        return g_regex_match(listener->pattern, name, 0, NULL);
    return !listener->name || !strcmp(listener->name, name);
}

struct announcement {
    struct event event;
    char *guest;
    int guest_id;
    char *name, *details;
    gint64 time; /* microseconds since 1970 */
};

static void announcement_free(struct event *event)
{
    struct announcement *it = (struct announcement *)event;

    g_free(it->guest);
    g_free(it->name);
    g_free(it->details);
    g_free(it);
}

static void announcement_deliver(virConnectPtr conn, struct event *event, event_callback callback,
                                 void *opaque)
{
    struct announcement *it = (struct announcement *)event;
    const struct listener *listener = opaque;
    virDomainPtr domain;

    if (!listener_wants(listener, it->name))
        return;
    domain = new_domain(conn, it->guest, event->key.uuid, it->guest_id);
    ((virConnectDomainQemuMonitorEventCallback)callback)(
        conn, domain, it->name, it->time / G_USEC_PER_SEC, it->time % G_USEC_PER_SEC, it->details,
        listener->opaque);
    object_unref(&domain->base);
}

void monitor_announce(struct world *world, const struct guest *guest, const char *name,
                      const char *details)
{
    struct announcement *it;

    if (!world_listens(world))
        return;
    it = g_new0(struct announcement, 1);
    it->event = (struct event){
        .klass = FAMILY,
        .key = {.kind = EVENT_KEY_UUID},
        .deliver = announcement_deliver,
        .free = announcement_free,
        .refs = 1,
    };
    memcpy(it->event.key.uuid, guest->item.uuid, UUID_BYTES);
    it->guest = g_strdup(guest->name);
    it->guest_id = guest->item.id;
    it->name = g_strdup(name);
    it->details = g_strdup(details);
    it->time = g_get_real_time();
    world_push(world, &it->event);
}

/* What is compared: a pattern of the caller's, or the name with capitals left aside. */
static int compile(struct listener *listener, const char *event, unsigned int flags)
{
    g_autofree char *pattern = NULL;
    g_autoptr(GError) error = NULL;

    if (!event || !flags)
        return 0;
    if (flags & VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_REGEX) {
        pattern = g_strdup(event);
    } else {
        g_autofree char *plain = g_regex_escape_string(event, -1);

        pattern = g_strdup_printf("^%s$", plain);
    }
    listener->pattern = g_regex_new(
        pattern,
        flags & VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_NOCASE ? G_REGEX_CASELESS : 0, 0,
        &error);
    if (listener->pattern)
        return 0;
    test_error(INVALID_ARG, "failed to compile regex '%s': %s", event, error->message);
    return -1;
}

int test_connectDomainQemuMonitorEventRegister(virConnectPtr conn, virDomainPtr dom,
                                               const char *event,
                                               virConnectDomainQemuMonitorEventCallback cb,
                                               void *opaque, virFreeCallback freecb,
                                               unsigned int flags)
{
    struct listener *listener;
    struct event_registration registration = {
        .klass = FAMILY,
        .key = {.kind = dom ? EVENT_KEY_UUID : EVENT_KEY_NONE},
        .callback = (event_callback)cb,
        .freecb = listener_free,
    };
    int id;

    if (flags_check(flags,
                    VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_REGEX |
                        VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_NOCASE,
                    __func__) < 0)
        return -1;
    listener = g_new0(struct listener, 1);
    listener->name = g_strdup(event);
    listener->opaque = opaque;
    listener->freecb = freecb;
    if (dom)
        memcpy(registration.key.uuid, dom->uuid, UUID_BYTES);
    registration.opaque = listener;
    id = compile(listener, event, flags) < 0 ? -1
                                             : event_queue_register(conn->events, &registration);
    if (id < 0) {
        listener->freecb = NULL;
        listener_free(listener);
    }
    return id;
}

int test_connectDomainQemuMonitorEventDeregister(virConnectPtr conn, int callbackID)
{
    return event_queue_deregister(conn->events, FAMILY, callbackID) < 0 ? -1 : 0;
}
