/* Devices of the host that a guest has to itself. */
#include "core/drivers/qemu/command/blockdev.h"

typedef const struct domain_hostdev_subsystem_source source;

static json_t *pci(const struct domain_hostdev *hostdev)
{
    const struct common_pci_address *at = &hostdev->hostdev_subsystem.source.pci;
    json_t *props = props_of("driver", "vfio-pci");

    prop_format(props, "host", "%04x:%02x:%02x.%x", at->domain, at->bus, at->slot, at->function);
    return props;
}

/* A start finds out where a device is that only its maker and model are known of. */
static json_t *usb(const struct domain_hostdev *hostdev)
{
    source *from = &hostdev->hostdev_subsystem.source;
    json_t *props = props_of("driver", "usb-host");

    if (hostdev->hostdev_subsystem.source.missing == TRISTATE_YES)
        return props;
    if (from->usb.has_bus || from->usb.bus) {
        prop_format(props, "hostdevice", "/dev/bus/usb/%03u/%03u", from->usb.bus, from->usb.device);
    } else {
        prop_uint(props, "vendorid", from->vendor.id);
        prop_uint(props, "productid", from->product.id);
    }
    switch (from->guest_reset) {
    case DOMAIN_HOSTDEV_SUBSYSTEM_SOURCE_GUEST_RESET_OFF:
        prop_bool(props, "guest-reset", false);
        break;
    case DOMAIN_HOSTDEV_SUBSYSTEM_SOURCE_GUEST_RESET_UNINITIALIZED:
        prop_bool(props, "guest-reset", true);
        break;
    case DOMAIN_HOSTDEV_SUBSYSTEM_SOURCE_GUEST_RESET_ON:
        prop_bool(props, "guest-reset", true);
        prop_bool(props, "guest-resets-all", true);
        break;
    default:
        break;
    }
    return props;
}

static json_t *mdev(const struct domain_hostdev *hostdev)
{
    bool ramfb = hostdev->mdev.ramfb == TRISTATE_ON;
    json_t *props = props_of("driver", ramfb ? "vfio-pci-nohotplug" : "vfio-pci");

    prop_format(props, "sysfsdev", "/sys/bus/mdev/devices/%s",
                hostdev->hostdev_subsystem.source.address.uuid);
    if (hostdev->mdev.display)
        prop_string(props, "display", hostdev->mdev.display == TRISTATE_ON ? "on" : "off");
    if (ramfb)
        prop_bool(props, "ramfb", true);
    return props;
}

static json_t *scsi_host(const struct domain_hostdev *hostdev)
{
    g_autofree char *driver = virtio_driver("vhost-scsi", hostdev->model, &hostdev->address);
    json_t *props = props_of("driver", driver);

    prop_string(props, "wwpn", hostdev->hostdev_subsystem.scsi_host.source.wwpn);
    return props;
}

static json_t *scsi(const struct domain *doc, const struct domain_hostdev *hostdev)
{
    const struct domain_address_drive *drive = &hostdev->address.drive;
    const struct domain_controller *controller =
        controller_find(doc, DOMAIN_CONTROLLER_TYPE_SCSI, drive->controller);
    json_t *props = props_of("driver", "scsi-generic");

    prop_format(props, "drive", "libvirt-%s-backend", hostdev->alias.name);
    prop_format(props, "bus", "%s.0",
                controller_alias(doc, DOMAIN_CONTROLLER_TYPE_SCSI, drive->controller));
    if (controller && controller->model == DOMAIN_CONTROLLER_MODEL_LSILOGIC) {
        prop_uint(props, "scsi-id", drive->unit);
    } else {
        prop_uint(props, "channel", drive->bus);
        prop_uint(props, "scsi-id", drive->target);
        prop_uint(props, "lun", drive->unit);
    }
    if (hostdev->shareable)
        prop_bool(props, "share-rw", true);
    return props;
}

static json_t *by_type(const struct domain *doc, const struct domain_hostdev *hostdev)
{
    if (hostdev->mode == DOMAIN_HOSTDEV_MODE_CAPABILITIES)
        return NULL;
    switch (hostdev->type) {
    case DOMAIN_HOSTDEV_TYPE_PCI:
        return pci(hostdev);
    case DOMAIN_HOSTDEV_TYPE_USB:
        return usb(hostdev);
    case DOMAIN_HOSTDEV_TYPE_MDEV:
        return mdev(hostdev);
    case DOMAIN_HOSTDEV_TYPE_SCSI_HOST:
        return scsi_host(hostdev);
    case DOMAIN_HOSTDEV_TYPE_SCSI:
        return scsi(doc, hostdev);
    default:
        return NULL;
    }
}

json_t *device_props_hostdev(const struct domain *doc, const struct domain_hostdev *hostdev,
                             const struct launch *launch)
{
    unsigned boot = boot_index_hostdev(doc, hostdev);
    json_t *props = by_type(doc, hostdev);

    if (!props) {
        refuse("host devices of type '%s' are not supported by QEMU",
               doc_word(&domain_hostdev_type_words, hostdev->type));
        return NULL;
    }
    if (hostdev->type == DOMAIN_HOSTDEV_TYPE_PCI)
        rom_props(props, &hostdev->rom);
    if (hostdev->teaming.type == DOMAIN_HOSTDEV_TEAMING_TYPE_TRANSIENT)
        prop_string(props, "failover_pair_id", hostdev->teaming.persistent);
    if (boot)
        prop_uint(props, "bootindex", boot);
    return device_finish(doc, launch, props, (const struct domain_info *)&hostdev->alias,
                         hostdev->type == DOMAIN_HOSTDEV_TYPE_SCSI ? NULL : &hostdev->address);
}

/* ---- SCSI: a node of the block graph in front of the host's unit */

static json_t *generic(const struct domain_hostdev *hostdev)
{
    source *from = &hostdev->hostdev_subsystem.source;
    json_t *node = props_of("driver", "host_device");

    /* sgN is the kernel's affair: a start writes it into the adapter's name. */
    prop_format(node, "filename", "/dev/%s", from->name ? from->name : "sg0");
    return node;
}

static json_t *iscsi(const struct domain_hostdev *hostdev)
{
    source *from = &hostdev->hostdev_subsystem.source;
    struct domain_source_content_hosts host = {0};
    struct domain_source_content content = {.protocol = DOMAIN_SOURCE_CONTENT_PROTOCOL_ISCSI,
                                            .name = from->name,
                                            .hosts = &host,
                                            .n_hosts = 1,
                                            .initiator = from->initiator};
    struct block_image image = {.source = &content,
                                .auth = &from->auth,
                                .type = DOMAIN_DISK_TYPE_NETWORK,
                                .name = hostdev->alias.name};

    if (from->n_hosts) {
        host.name = from->hosts[0].name;
        host.port = from->hosts[0].port;
    }
    return block_protocol(&image);
}

json_t *blockdev_hostdev(const struct domain_hostdev *hostdev)
{
    bool net = hostdev->hostdev_subsystem.source.protocol ==
               DOMAIN_HOSTDEV_SUBSYSTEM_SOURCE_PROTOCOL_ISCSI;
    json_t *node = net ? iscsi(hostdev) : generic(hostdev);

    if (!node)
        return NULL;
    prop_format(node, "node-name", "libvirt-%s-backend", hostdev->alias.name);
    prop_bool(node, "read-only", hostdev->readonly);
    return node;
}

int build_hostdevs(struct builder *build)
{
    const struct domain_devices *devices = &build->doc->devices;

    for (size_t i = 0; i < devices->n_hostdevs; i++) {
        const struct domain_hostdev *hostdev = &devices->hostdevs[i];

        if (hostdev->type == DOMAIN_HOSTDEV_TYPE_SCSI &&
            add_json(build, "-blockdev", blockdev_hostdev(hostdev)) < 0)
            return -1;
        if (add_device(build, device_props_hostdev(build->doc, hostdev, build->launch)) < 0)
            return -1;
    }
    return 0;
}
