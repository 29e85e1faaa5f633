/* Sockets of one run of a guest, in folders of its own. */
#include "core/drivers/qemu/document/document.h"

static char *channel_path(const char *folder, const struct domain_channel *channel)
{
    const struct domain_address_virtio_serial *at = &channel->address.virtio_serial;
    g_autofree char *name =
        channel->target.name
            ? g_strdup(channel->target.name)
            : g_strdup_printf("vioser-%02u-%02u-%02u.sock", at->controller, at->bus, at->port);

    return g_build_filename(folder, name, NULL);
}

static void assign_channel(const char *folder, struct domain_channel *channel)
{
    if (channel->type != DOMAIN_CHARDEV_TYPE_UNIX || channel->source.path)
        return;
    channel->source.path = channel_path(folder, channel);
    channel->source.mode = DOMAIN_CHARDEV_SOURCE_MODE_BIND;
}

/* A socket that is wanted but not named, as `file` in the guest's folder. */
static void assign_graphics(struct domain_graphics *graphics, const char *folder)
{
    const char *file = graphics->type == DOMAIN_GRAPHICS_TYPE_SPICE ? "spice.sock" : "vnc.sock";

    for (size_t i = 0; i < graphics->n_listens; i++) {
        struct domain_graphics_listens *listen = &graphics->listens[i];

        if (listen->type == DOMAIN_GRAPHICS_LISTENS_TYPE_SOCKET && !listen->socket)
            listen->socket = g_build_filename(folder, file, NULL);
    }
}

int document_assign_paths(const struct document_facts *facts G_GNUC_UNUSED, struct domain *doc,
                          const char *folder)
{
    struct domain_devices *devices = &doc->devices;

    for (size_t i = 0; i < devices->n_channels; i++)
        assign_channel(folder, &devices->channels[i]);
    for (size_t i = 0; i < devices->n_graphics; i++)
        assign_graphics(&devices->graphics[i], folder);
    return 0;
}
