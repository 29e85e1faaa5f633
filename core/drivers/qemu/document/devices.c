/* What disks, cards and ports get when they do not say it. */
#include "core/drivers/qemu/document/complete.h"

#include <string.h>

static void complete_encryption(struct common_encryption *encryption)
{
    if (encryption && !encryption->engine)
        encryption->engine = COMMON_ENCRYPTION_ENGINE_QEMU;
}

static void complete_chain(struct domain_backing_store *store)
{
    for (; store && store->type; store = store->backing_store) {
        if (!store->format.type)
            store->format.type = COMMON_IMAGE_FORMAT_RAW;
        if (store->source)
            complete_encryption(store->source->encryption);
    }
}

static void complete_disk(struct domain_disk *disk)
{
    if (!disk->driver.name)
        disk->driver.name = g_strdup("qemu");
    if (!disk->driver.type && disk->type != DOMAIN_DISK_TYPE_VHOSTUSER &&
        disk->type != DOMAIN_DISK_TYPE_VOLUME)
        disk->driver.type = COMMON_IMAGE_FORMAT_RAW;
    complete_chain(disk->backing_store);
    complete_encryption(disk->encryption);
    complete_encryption(disk->source.encryption);
}

int complete_disks(const struct completion *to)
{
    struct domain_devices *devices = &to->doc->devices;

    for (size_t i = 0; i < devices->n_disks; i++)
        complete_disk(&devices->disks[i]);
    return 0;
}

/* What most systems have had a driver for since they were made. */
static const char *default_card(const struct completion *to)
{
    static const char *const preferred[] = {"rtl8139", "e1000", NULL};

    for (unsigned i = 0; is_x86(to->doc) && preferred[i]; i++)
        if (caps_has_device(to->caps, preferred[i]))
            return preferred[i];
    return "virtio";
}

int complete_interfaces(const struct completion *to)
{
    struct domain_devices *devices = &to->doc->devices;

    for (size_t i = 0; i < devices->n_interfaces; i++) {
        struct domain_interface *interface = &devices->interfaces[i];

        if (interface->model.type || interface->type == DOMAIN_INTERFACE_TYPE_HOSTDEV)
            continue;
        interface->model.type =
            g_strdup(interface->type == DOMAIN_INTERFACE_TYPE_VDPA ? "virtio" : default_card(to));
    }
    return 0;
}

static const struct {
    unsigned type, model;
} serial_models[] = {
    {DOMAIN_SERIAL_TARGET_TYPE_ISA_SERIAL, DOMAIN_SERIAL_TARGET_MODEL_NAME_ISA_SERIAL},
    {DOMAIN_SERIAL_TARGET_TYPE_USB_SERIAL, DOMAIN_SERIAL_TARGET_MODEL_NAME_USB_SERIAL},
    {DOMAIN_SERIAL_TARGET_TYPE_PCI_SERIAL, DOMAIN_SERIAL_TARGET_MODEL_NAME_PCI_SERIAL},
    {DOMAIN_SERIAL_TARGET_TYPE_ISA_DEBUG, DOMAIN_SERIAL_TARGET_MODEL_NAME_ISA_DEBUGCON},
    {DOMAIN_SERIAL_TARGET_TYPE_SPAPR_VIO_SERIAL, DOMAIN_SERIAL_TARGET_MODEL_NAME_SPAPR_VTY},
    {DOMAIN_SERIAL_TARGET_TYPE_SYSTEM_SERIAL, DOMAIN_SERIAL_TARGET_MODEL_NAME_PL011},
    {DOMAIN_SERIAL_TARGET_TYPE_SCLP_SERIAL, DOMAIN_SERIAL_TARGET_MODEL_NAME_SCLPCONSOLE},
};

/* An address says what kind of port it is. */
static unsigned serial_type(const struct completion *to, const struct domain_serial *serial)
{
    switch (serial->address.type) {
    case DOMAIN_ADDRESS_TYPE_PCI:
        return DOMAIN_SERIAL_TARGET_TYPE_PCI_SERIAL;
    case DOMAIN_ADDRESS_TYPE_USB:
        return DOMAIN_SERIAL_TARGET_TYPE_USB_SERIAL;
    case DOMAIN_ADDRESS_TYPE_SPAPR_VIO:
        return DOMAIN_SERIAL_TARGET_TYPE_SPAPR_VIO_SERIAL;
    default:
        return is_x86(to->doc) ? DOMAIN_SERIAL_TARGET_TYPE_ISA_SERIAL : 0;
    }
}

/* Paths that an earlier run was given say nothing about the next one. */
static int forget_generated_path(const struct completion *to, struct domain_channel *channel)
{
    static GRegex *pattern;
    g_autofree char *end = NULL;

    if (g_once_init_enter(&pattern))
        g_once_init_leave(&pattern, g_regex_new("/(channel/(target/)?)?domain-[^/]+/[^/]+$",
                                                G_REGEX_OPTIMIZE, 0, NULL));
    if (channel->type != DOMAIN_CHARDEV_TYPE_UNIX || !channel->source.path ||
        channel->target.type != DOMAIN_CHANNEL_TARGET_TYPE_VIRTIO || !channel->target.name)
        return 0;
    end = g_strdup_printf("/%s", channel->target.name);
    if (!g_str_has_suffix(channel->source.path, end) ||
        !g_regex_match(pattern, channel->source.path, 0, NULL))
        return 0;
    g_clear_pointer(&channel->source.path, g_free);
    channel->source.mode = 0;
    if (channel->source.reconnect.enabled)
        return refuse_internal(to, "chardev reconnect is possible only for connect mode");
    return 0;
}

int complete_chardevs(const struct completion *to)
{
    struct domain_devices *devices = &to->doc->devices;

    for (size_t i = 0; i < devices->n_channels; i++)
        if (forget_generated_path(to, &devices->channels[i]) < 0)
            return -1;

    for (size_t i = 0; i < devices->n_serials; i++) {
        struct domain_serial *serial = &devices->serials[i];

        if (!serial->target.type)
            serial->target.type = serial_type(to, serial);
        for (size_t j = 0; !serial->target.model.name && j < G_N_ELEMENTS(serial_models); j++)
            if (serial_models[j].type == serial->target.type)
                serial->target.model.name = serial_models[j].model;
    }
    return 0;
}

/* QXL's memory that its guest's plain driver sees. */
static void complete_video(struct domain_video *video)
{
    if (video->model.type == DOMAIN_VIDEO_MODEL_TYPE_QXL && !video->model.vgamem)
        video->model.vgamem = 16 * 1024;
}

int complete_videos(const struct completion *to)
{
    struct domain_devices *devices = &to->doc->devices;

    for (size_t i = 0; i < devices->n_videos; i++)
        complete_video(&devices->videos[i]);
    return 0;
}
