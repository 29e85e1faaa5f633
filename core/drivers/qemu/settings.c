/* What no command line says, or no process list may show: told over the monitor while the guest
 * stands still. */
#include "core/drivers/qemu/settings.h"

#include "core/drivers/qemu/command/command.h"

static int tell(struct qemu_monitor *monitor, const char *command, json_t *arguments)
{
    return monitor_call(monitor, command, arguments, -1, 0, NULL);
}

static int set_password(struct qemu_monitor *monitor, const struct domain_graphics *graphics)
{
    const char *protocol = graphics->type == DOMAIN_GRAPHICS_TYPE_VNC ? "vnc" : "spice";
    const char *connected = doc_word(&domain_graphics_connected_words, graphics->connected);
    json_t *arguments;
    g_autoptr(GDateTime) until = NULL;
    g_autofree char *time = NULL;

    if (!graphics->passwd || (graphics->type != DOMAIN_GRAPHICS_TYPE_VNC &&
                              graphics->type != DOMAIN_GRAPHICS_TYPE_SPICE))
        return 0;
    arguments = json_pack("{s:s,s:s}", "protocol", protocol, "password", graphics->passwd);
    if (graphics->connected)
        json_object_set_new(arguments, "connected", json_string(connected));
    if (tell(monitor, "set_password", arguments) < 0)
        return -1;
    if (graphics->passwd_valid_to) {
        g_autoptr(GTimeZone) zone = g_time_zone_new_utc();

        until = g_date_time_new_from_iso8601(graphics->passwd_valid_to, zone);
        time = until ? g_strdup_printf("%" G_GINT64_FORMAT, g_date_time_to_unix(until)) : NULL;
    }
    return tell(monitor, "expire_password",
                json_pack("{s:s,s:s}", "protocol", protocol, "time", time ? time : "never"));
}

static int set_links(struct qemu_monitor *monitor, const struct domain_devices *devices)
{
    for (size_t i = 0; i < devices->n_interfaces; i++) {
        const struct domain_interface *interface = &devices->interfaces[i];

        if (interface->link.state == DOMAIN_INTERFACE_LINK_STATE_DOWN &&
            tell(monitor, "set_link",
                 json_pack("{s:s,s:b}", "name", interface->alias.name, "up", 0)) < 0)
            return -1;
    }
    return 0;
}

static int set_limits(struct qemu_monitor *monitor, const struct domain_devices *devices)
{
    for (size_t i = 0; i < devices->n_disks; i++) {
        json_t *limits = throttle_props(&devices->disks[i]);

        if (limits && tell(monitor, "block_set_io_throttle", limits) < 0)
            return -1;
    }
    return 0;
}

/* How much of its memory the guest is to have, and how often it tells of the rest. */
static int set_balloon(struct qemu_monitor *monitor, const struct domain *doc)
{
    const struct domain_memballoon *balloon = &doc->devices.memballoon;
    g_autofree char *path = NULL;

    if (!balloon->model || balloon->model == DOMAIN_MEMBALLOON_MODEL_NONE ||
        balloon->model == DOMAIN_MEMBALLOON_MODEL_XEN)
        return 0;
    if (doc->current_memory && doc->current_memory < doc->memory.text &&
        tell(monitor, "balloon",
             json_pack("{s:I}", "value", (json_int_t)doc->current_memory * 1024)) < 0)
        return -1;
    if (balloon->stats.period <= 0)
        return 0;
    path = g_strdup_printf("/machine/peripheral/%s", balloon->alias.name);
    return tell(monitor, "qom-set",
                json_pack("{s:s,s:s,s:i}", "path", path, "property", "guest-stats-polling-interval",
                          "value", balloon->stats.period));
}

int settings_apply(struct qemu_monitor *monitor, const struct domain *doc)
{
    const struct domain_devices *devices = &doc->devices;

    for (size_t i = 0; i < devices->n_graphics; i++)
        if (set_password(monitor, &devices->graphics[i]) < 0)
            return -1;
    if (set_links(monitor, devices) < 0 || set_limits(monitor, devices) < 0)
        return -1;
    return set_balloon(monitor, doc);
}
