/* Serial and parallel ports, consoles, channels. */
#include "core/drivers/qemu/command/chardev.h"

static const char *serial_driver(const struct domain_serial *serial)
{
    switch (serial->target.model.name) {
    case DOMAIN_SERIAL_TARGET_MODEL_NAME_USB_SERIAL:
        return "usb-serial";
    case DOMAIN_SERIAL_TARGET_MODEL_NAME_PCI_SERIAL:
        return "pci-serial";
    case DOMAIN_SERIAL_TARGET_MODEL_NAME_ISA_DEBUGCON:
        return "isa-debugcon";
    case DOMAIN_SERIAL_TARGET_MODEL_NAME_SPAPR_VTY:
        return "spapr-vty";
    case DOMAIN_SERIAL_TARGET_MODEL_NAME_SCLPCONSOLE:
        return "sclpconsole";
    case DOMAIN_SERIAL_TARGET_MODEL_NAME_SCLPLMCONSOLE:
        return "sclplmconsole";
    default:
        return "isa-serial";
    }
}

static json_t *with_chardev(const char *driver, const char *alias)
{
    json_t *props = props_of("driver", driver);

    prop_format(props, "chardev", "char%s", alias);
    return props;
}

json_t *device_props_serial(const struct domain *doc, const struct domain_serial *serial,
                            const struct launch *launch)
{
    const char *driver = serial_driver(serial);
    json_t *props = with_chardev(driver, serial->alias.name);

    if (!g_strcmp0(driver, "isa-serial"))
        prop_uint(props, "index", (unsigned)serial->target.port);
    return device_finish(doc, launch, props, (const struct domain_info *)&serial->alias,
                         &serial->address);
}

int build_serials(struct builder *build)
{
    const struct domain_devices *devices = &build->doc->devices;

    for (size_t i = 0; i < devices->n_serials; i++) {
        const struct domain_serial *serial = &devices->serials[i];

        if (add_chardev(build, serial->alias.name, serial->type, &serial->chardev) < 0)
            return -1;
        /* Ports of boards that have theirs built in. */
        if (serial->target.model.name == DOMAIN_SERIAL_TARGET_MODEL_NAME_PL011 ||
            serial->target.model.name == DOMAIN_SERIAL_TARGET_MODEL_NAME_16550A)
            add_optionf(build, "-serial", "chardev:char%s", serial->alias.name);
        else if (add_device(build, device_props_serial(build->doc, serial, build->launch)) < 0)
            return -1;
    }
    return 0;
}

int build_parallels(struct builder *build)
{
    const struct domain_devices *devices = &build->doc->devices;

    for (size_t i = 0; i < devices->n_parallels; i++) {
        const struct domain_parallel *parallel = &devices->parallels[i];
        json_t *props = with_chardev("isa-parallel", parallel->alias.name);

        props = device_finish(build->doc, build->launch, props,
                              (const struct domain_info *)&parallel->alias, NULL);
        if (!props ||
            add_chardev(build, parallel->alias.name, parallel->type, &parallel->chardev) < 0) {
            json_decref(props);
            return -1;
        }
        add_device(build, props);
    }
    return 0;
}

json_t *device_props_channel(const struct domain *doc, const struct domain_channel *channel,
                             const struct launch *launch)
{
    json_t *props = with_chardev("virtserialport", channel->alias.name);

    if (channel->type == DOMAIN_CHARDEV_TYPE_SPICEVMC && !channel->target.name)
        prop_string(props, "name", "com.redhat.spice.0");
    else
        prop_string(props, "name", channel->target.name);
    return device_finish(doc, launch, props, (const struct domain_info *)&channel->alias,
                         &channel->address);
}

/* A network of its own, in which one port leads to the character device. */
static json_t *guestfwd(const struct domain_channel *channel)
{
    json_t *props = props_of("type", "user"), *list = json_array(), *one = json_object();

    prop_format(one, "str", "tcp:%s:%u-chardev:char%s", channel->target.address,
                channel->target.port, channel->alias.name);
    json_array_append_new(list, one);
    json_object_set_new(props, "guestfwd", list);
    prop_string(props, "id", channel->alias.name);
    return props;
}

int build_channels(struct builder *build)
{
    const struct domain_devices *devices = &build->doc->devices;

    for (size_t i = 0; i < devices->n_channels; i++) {
        const struct domain_channel *channel = &devices->channels[i];
        int rc;

        if (channel->target.type == DOMAIN_CHANNEL_TARGET_TYPE_XEN)
            continue;
        if (add_chardev(build, channel->alias.name, channel->type, &channel->chardev) < 0)
            return -1;
        if (channel->target.type == DOMAIN_CHANNEL_TARGET_TYPE_GUESTFWD)
            rc = add_json(build, "-netdev", guestfwd(channel));
        else
            rc = add_device(build, device_props_channel(build->doc, channel, build->launch));
        if (rc < 0)
            return -1;
    }
    return 0;
}

json_t *device_props_console(const struct domain *doc, const struct domain_console *console,
                             const struct launch *launch)
{
    json_t *props = with_chardev("virtconsole", console->alias.name);

    return device_finish(doc, launch, props, (const struct domain_info *)&console->alias,
                         &console->address);
}

/* The first console of most guests is their first serial port by another name. */
int build_consoles(struct builder *build)
{
    const struct domain_devices *devices = &build->doc->devices;

    for (size_t i = 0; i < devices->n_consoles; i++) {
        const struct domain_console *console = &devices->consoles[i];

        if (console->target.type != DOMAIN_CONSOLE_TARGET_TYPE_VIRTIO)
            continue;
        if (add_chardev(build, console->alias.name, console->type, &console->chardev) < 0 ||
            add_device(build, device_props_console(build->doc, console, build->launch)) < 0)
            return -1;
    }
    return 0;
}
