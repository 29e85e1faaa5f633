/* The host side of character devices. */
#include "core/conf/domain/devices.h"
#include "core/conf/domain/hooks.h"

#define TYPE(name) DOMAIN_CHARDEV_TYPE_##name

/* A socket without a path is chosen at start, and so is its direction. */
int domain_hook_unix_source(void *part, const struct doc_call *call)
{
    struct domain_chardev_source *source = part;

    if (source->mode == DOMAIN_CHARDEV_SOURCE_MODE_BIND && source->reconnect.enabled) {
        doc_error(call, VIR_ERR_INTERNAL_ERROR,
                  "chardev reconnect is possible only for connect mode");
        return -1;
    }
    if (!source->path)
        source->mode = 0;
    return 0;
}

/* A direction that is none keeps a source from being read at all. */
static int check_modes(const struct doc_call *call)
{
    static const char *const modes[] = {"bind", "connect", NULL};
    g_autofree char *mode = NULL;

    if (!domain_attribute_is(call, "type", "udp"))
        return 0;
    mode = domain_other_value(call, "source", "mode", modes);
    if (!mode)
        return 0;
    doc_error(
        call, VIR_ERR_XML_ERROR,
        "Invalid value for attribute 'mode' in element 'source': '%s'. Expected bind, connect",
        mode);
    return -1;
}

/* UDP has one address to send to and one to receive at; all others one source. */
int domain_hook_chardev(void *part, const struct doc_call *call)
{
    struct domain_chardev *chardev = part;
    size_t n = domain_count_children(call, "source");

    if (domain_count_children(call, "protocol") > 1) {
        doc_error(call, VIR_ERR_XML_ERROR,
                  "only one protocol element is allowed for character device");
        return -1;
    }
    if (check_modes(call) < 0)
        return -1;
    if (!chardev->log.file)
        chardev->log.append = TRISTATE_ABSENT;
    if (n <= 1 || (n == 2 && (chardev->bind.service || chardev->connect.service)))
        return 0;
    doc_error(call, VIR_ERR_XML_ERROR, "only %s allowed for character device",
              chardev->bind.service || chardev->connect.service ? "two source elements are"
                                                                : "one source element is");
    return -1;
}

/* Without a name of its own, the bus uses the one its clients know. */
int domain_hook_redirdev(void *part, const struct doc_call *call)
{
    struct domain_redirdev *redirdev = part;

    (void)call;
    if (redirdev->type == TYPE(DBUS) && !redirdev->source.channel)
        redirdev->source.channel = g_strdup("org.qemu.usbredir");
    return 0;
}

static int missing(const struct doc_call *call, int code, const char *name)
{
    doc_error(call, code, "Missing source %s attribute for char device", name);
    return -1;
}

static int check_reconnect(const struct domain_chardev *chardev, const struct doc_call *call)
{
    if (!chardev->source.reconnect.enabled ||
        chardev->source.mode != DOMAIN_CHARDEV_SOURCE_MODE_BIND)
        return 0;
    doc_error(call, VIR_ERR_INTERNAL_ERROR, "chardev reconnect is possible only for connect mode");
    return -1;
}

static int check_channel(const char *channel, const struct doc_call *call)
{
    if (!channel)
        return missing(call, VIR_ERR_CONFIG_UNSUPPORTED, "channel");
    if (channel[strspn(channel, G_CSET_A_2_Z G_CSET_a_2_z "0123456789_.-")]) {
        doc_error(call, VIR_ERR_INVALID_ARG,
                  "Invalid character in source channel for char device: '%s' (letters, digits, "
                  "'_', '.' and '-' are possible)",
                  channel);
        return -1;
    }
    return 0;
}

int domain_check_chardev(const struct domain_chardev *chardev, unsigned type, bool path_optional,
                         const struct doc_call *call)
{
    const struct domain_chardev_source *source = &chardev->source;

    switch (type) {
    case TYPE(DEV):
    case TYPE(FILE):
    case TYPE(PIPE):
        return source->path ? 0 : missing(call, VIR_ERR_INTERNAL_ERROR, "path");
    case TYPE(UNIX):
        if (!source->path && !path_optional)
            return missing(call, VIR_ERR_INTERNAL_ERROR, "path");
        return check_reconnect(chardev, call);
    case TYPE(TCP):
        if (!source->host)
            return missing(call, VIR_ERR_INTERNAL_ERROR, "host");
        if (!source->service)
            return missing(call, VIR_ERR_INTERNAL_ERROR, "service");
        return check_reconnect(chardev, call);
    case TYPE(UDP):
        return chardev->connect.service ? 0 : missing(call, VIR_ERR_INTERNAL_ERROR, "service");
    case TYPE(NMDM):
        if (!source->master == !source->slave)
            return 0;
        doc_error(call, VIR_ERR_INTERNAL_ERROR,
                  "Should define both master and slave path attributes for nmdm device");
        return -1;
    case TYPE(SPICEPORT):
    case TYPE(DBUS):
        return check_channel(source->channel, call);
    default:
        return 0;
    }
}

static int check_no_spicevmc(unsigned type, const struct doc_call *call)
{
    if (type != TYPE(SPICEVMC))
        return 0;
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "spicevmc device type only supports virtio");
    return -1;
}

static int check_guestfwd(const struct domain_channel *channel, const struct doc_call *call)
{
    if (channel->target.type != DOMAIN_CHANNEL_TARGET_TYPE_GUESTFWD)
        return 0;
    if (channel->target.address && strchr(channel->target.address, ':')) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "guestfwd channel only supports IPv4 addresses, not '%s'",
                  channel->target.address);
        return -1;
    }
    return 0;
}

static int check_channels(const struct domain_devices *devices, const struct doc_call *call)
{
    for (size_t i = 0; i < devices->n_channels; i++) {
        const struct domain_channel *channel = &devices->channels[i];
        bool virtio = channel->target.type == DOMAIN_CHANNEL_TARGET_TYPE_VIRTIO;
        /* Paths of channels with names are chosen at start. */
        bool named = virtio || channel->target.type == DOMAIN_CHANNEL_TARGET_TYPE_XEN;

        if (check_guestfwd(channel, call) < 0 ||
            (!virtio && check_no_spicevmc(channel->type, call) < 0) ||
            domain_check_chardev(&channel->chardev, channel->type, named, call) < 0)
            return -1;
    }
    return 0;
}

static int check_smartcards(const struct domain_devices *devices, const struct doc_call *call)
{
    for (size_t i = 0; i < devices->n_smartcards; i++) {
        const struct domain_smartcard *card = &devices->smartcards[i];

        if (card->mode == DOMAIN_SMARTCARD_MODE_PASSTHROUGH &&
            domain_check_chardev(&card->chardev, card->type, false, call) < 0)
            return -1;
        if (card->address.type && card->address.type != DOMAIN_ADDRESS_TYPE_CCID) {
            doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                      "Controllers must use the 'ccid' address type");
            return -1;
        }
    }
    return 0;
}

static int check_other_chardevs(const struct domain_devices *devices, const struct doc_call *call)
{
    for (size_t i = 0; i < devices->n_redirdevs; i++) {
        if (domain_check_chardev(&devices->redirdevs[i].chardev, devices->redirdevs[i].type, false,
                                 call) < 0)
            return -1;
    }
    for (size_t i = 0; i < devices->n_rngs; i++) {
        if (devices->rngs[i].backend.model == DOMAIN_RNG_BACKEND_MODEL_EGD &&
            domain_check_chardev(&devices->rngs[i].backend.chardev, devices->rngs[i].backend.type,
                                 false, call) < 0)
            return -1;
    }
    return 0;
}

static int check_serial(const struct domain *def, const struct domain_serial *serial,
                        const struct doc_call *call)
{
    const char *arch = def->os.type.arch;

    if (serial->target.type == DOMAIN_SERIAL_TARGET_TYPE_USB_SERIAL && serial->address.type &&
        serial->address.type != DOMAIN_ADDRESS_TYPE_USB) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "usb-serial requires address of usb type");
        return -1;
    }
    if (serial->target.type == DOMAIN_SERIAL_TARGET_TYPE_ISA_DEBUG && arch &&
        strcmp(arch, "x86_64") != 0 && strcmp(arch, "i686") != 0) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "isa-debug serial type only valid on x86 architecture");
        return -1;
    }
    return 0;
}

int domain_check_chardevs(struct domain *def, const struct doc_call *call)
{
    const struct domain_devices *devices = &def->devices;

    for (size_t i = 0; i < devices->n_serials; i++) {
        if (check_serial(def, &devices->serials[i], call) < 0 ||
            check_no_spicevmc(devices->serials[i].type, call) < 0 ||
            domain_check_chardev(&devices->serials[i].chardev, devices->serials[i].type, false,
                                 call) < 0)
            return -1;
    }
    for (size_t i = 0; i < devices->n_parallels; i++) {
        if (check_no_spicevmc(devices->parallels[i].type, call) < 0 ||
            domain_check_chardev(&devices->parallels[i].chardev, devices->parallels[i].type, false,
                                 call) < 0)
            return -1;
    }
    for (size_t i = 0; i < devices->n_consoles; i++) {
        if (check_no_spicevmc(devices->consoles[i].type, call) < 0 ||
            domain_check_chardev(&devices->consoles[i].chardev, devices->consoles[i].type, false,
                                 call) < 0)
            return -1;
    }
    if (check_channels(devices, call) < 0 || check_smartcards(devices, call) < 0)
        return -1;
    return check_other_chardevs(devices, call);
}
