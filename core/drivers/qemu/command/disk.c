/* Disks as devices: one driver a bus, in front of a node of the block graph. */
#include "core/drivers/qemu/command/blockdev.h"

#include <string.h>

#include "core/drivers/qemu/command/chardev.h"

static const struct prop device_table[] = {
    PROP("share-rw", PROP_BOOL, struct domain_disk, shareable),
    PROP("cyls", PROP_UINT, struct domain_disk, geometry.cyls),
    PROP("heads", PROP_UINT, struct domain_disk, geometry.heads),
    PROP("secs", PROP_UINT, struct domain_disk, geometry.secs),
    PROP_OF("bios-chs-trans", struct domain_disk, geometry.trans, domain_disk_geometry_trans_words),
    PROP("logical_block_size", PROP_UINT, struct domain_disk, blockio.logical_block_size),
    PROP("physical_block_size", PROP_UINT, struct domain_disk, blockio.physical_block_size),
    PROP("rotation_rate", PROP_UINT, struct domain_disk, target.rotation_rate),
    PROP("serial", PROP_STRING, struct domain_disk, serial),
    PROP("vendor", PROP_STRING, struct domain_disk, vendor),
    PROP("product", PROP_STRING, struct domain_disk, product),
    PROP("removable", PROP_BOOL, struct domain_disk, target.removable),
};

static const struct prop virtio_table[] = {
    PROP("ioeventfd", PROP_BOOL, struct domain_disk, driver.ioeventfd),
    PROP("event_idx", PROP_BOOL, struct domain_disk, driver.event_idx),
    PROP("num-queues", PROP_UINT, struct domain_disk, driver.queues),
    PROP("queue-size", PROP_UINT, struct domain_disk, driver.queue_size),
};

static void set_cache(json_t *props, const struct domain_disk *disk)
{
    if (!block_cache(disk))
        return;
    switch (block_cache(disk)) {
    case DOMAIN_DISK_DRIVER_CACHE_WRITETHROUGH:
    case DOMAIN_DISK_DRIVER_CACHE_DIRECTSYNC:
        prop_string(props, "write-cache", "off");
        break;
    default:
        prop_string(props, "write-cache", "on");
        break;
    }
}

/* What is to happen on a full disk says nothing about reading. */
static void set_errors(json_t *props, const struct domain_disk_driver *driver)
{
    unsigned read = driver->rerror_policy;
    const char *write = doc_word(&domain_disk_driver_error_policy_words, driver->error_policy);

    if (driver->error_policy == DOMAIN_DISK_DRIVER_ERROR_POLICY_ENOSPACE)
        write = "enospc";
    if (driver->error_policy)
        prop_string(props, "werror", write);
    if (read)
        prop_string(props, "rerror", doc_word(&domain_disk_driver_rerror_policy_words, read));
    else if (driver->error_policy &&
             driver->error_policy != DOMAIN_DISK_DRIVER_ERROR_POLICY_ENOSPACE)
        prop_string(props, "rerror", write);
}

static const struct domain_controller *scsi_of(const struct domain *doc,
                                               const struct domain_address_drive *drive)
{
    return controller_find(doc, DOMAIN_CONTROLLER_TYPE_SCSI, drive->controller);
}

static void place_scsi(const struct domain *doc, json_t *props, const struct domain_disk *disk)
{
    const struct domain_address_drive *drive = &disk->address.drive;
    const struct domain_controller *controller = scsi_of(doc, drive);
    bool old = controller && controller->model == DOMAIN_CONTROLLER_MODEL_LSILOGIC;

    prop_format(props, "bus", "%s.0",
                controller_alias(doc, DOMAIN_CONTROLLER_TYPE_SCSI, drive->controller));
    if (old) {
        prop_uint(props, "scsi-id", drive->unit);
    } else {
        prop_uint(props, "channel", drive->bus);
        prop_uint(props, "scsi-id", drive->target);
        prop_uint(props, "lun", drive->unit);
    }
    if (disk->device == DOMAIN_DISK_DEVICE_LUN)
        return;
    if (disk->serial)
        prop_string(props, "device_id", disk->serial);
    else
        prop_format(props, "device_id", "drive-%s", disk->alias.name);
}

static json_t *scsi(const struct domain *doc, const struct domain_disk *disk)
{
    const char *driver = "scsi-hd";
    json_t *props;

    if (disk->device == DOMAIN_DISK_DEVICE_CDROM)
        driver = "scsi-cd";
    else if (disk->device == DOMAIN_DISK_DEVICE_LUN)
        driver = "scsi-block";
    props = props_of("driver", driver);
    place_scsi(doc, props, disk);
    return props;
}

static json_t *ide(const struct domain_disk *disk)
{
    json_t *props =
        props_of("driver", disk->device == DOMAIN_DISK_DEVICE_CDROM ? "ide-cd" : "ide-hd");

    prop_format(props, "bus", "ide.%u", disk->address.drive.bus);
    prop_uint(props, "unit", disk->address.drive.unit);
    return props;
}

static json_t *sata(const struct domain *doc, const struct domain_disk *disk)
{
    const struct domain_address_drive *drive = &disk->address.drive;
    json_t *props =
        props_of("driver", disk->device == DOMAIN_DISK_DEVICE_CDROM ? "ide-cd" : "ide-hd");

    prop_format(props, "bus", "%s.%u",
                controller_alias(doc, DOMAIN_CONTROLLER_TYPE_SATA, drive->controller), drive->unit);
    return props;
}

static json_t *virtio(const struct domain_disk *disk)
{
    bool outside = disk->type == DOMAIN_DISK_TYPE_VHOSTUSER;
    g_autofree char *driver =
        virtio_driver(outside ? "vhost-user-blk" : "virtio-blk", disk->model, &disk->address);
    json_t *props = props_of("driver", driver);

    if (disk->driver.iothread)
        prop_format(props, "iothread", "iothread%u", disk->driver.iothread);
    PROPS_ADD(props, disk, virtio_table);
    virtio_props(props, &disk->driver.virtio_options);
    return props;
}

static json_t *by_bus(const struct domain *doc, const struct domain_disk *disk)
{
    json_t *props;

    switch (disk->target.bus) {
    case DOMAIN_DISK_TARGET_BUS_IDE:
        return ide(disk);
    case DOMAIN_DISK_TARGET_BUS_SCSI:
        return scsi(doc, disk);
    case DOMAIN_DISK_TARGET_BUS_SATA:
        return sata(doc, disk);
    case DOMAIN_DISK_TARGET_BUS_VIRTIO:
        return virtio(disk);
    case DOMAIN_DISK_TARGET_BUS_USB:
        return props_of("driver", "usb-storage");
    case DOMAIN_DISK_TARGET_BUS_FDC:
        props = props_of("driver", "floppy");
        prop_uint(props, "unit", disk->address.drive.unit);
        return props;
    default:
        refuse("disk '%s' cannot be on bus '%s'", disk->target.dev,
               doc_word(&domain_disk_target_bus_words, disk->target.bus));
        return NULL;
    }
}

static void set_backend(json_t *props, const struct domain_disk *disk)
{
    g_autofree char *node = blockdev_top(disk);

    if (disk->type == DOMAIN_DISK_TYPE_VHOSTUSER)
        prop_format(props, "chardev", "chr-vu-%s", disk->alias.name);
    else
        prop_string(props, "drive", node);
}

json_t *device_props_disk(const struct domain *doc, const struct domain_disk *disk,
                          const struct launch *launch)
{
    json_t *props = by_bus(doc, disk);
    unsigned boot = boot_index_disk(doc, disk);

    if (!props)
        return NULL;
    set_backend(props, disk);
    PROPS_ADD(props, disk, device_table);
    if (disk->wwn)
        prop_uint(props, "wwn", g_ascii_strtoull(disk->wwn, NULL, 16));
    /* A floppy's controller boots, not the drive. */
    if (boot && disk->target.bus != DOMAIN_DISK_TARGET_BUS_FDC)
        prop_uint(props, "bootindex", boot);
    if (disk->target.bus == DOMAIN_DISK_TARGET_BUS_USB && !disk->target.removable)
        prop_bool(props, "removable", false);
    if (disk->type != DOMAIN_DISK_TYPE_VHOSTUSER && disk->device != DOMAIN_DISK_DEVICE_LUN)
        set_cache(props, disk);
    set_errors(props, &disk->driver);
    return device_finish(doc, launch, props, (const struct domain_info *)&disk->alias,
                         disk->target.bus == DOMAIN_DISK_TARGET_BUS_VIRTIO ||
                                 disk->target.bus == DOMAIN_DISK_TARGET_BUS_USB
                             ? &disk->address
                             : NULL);
}

static void build_vhostuser(struct builder *build, const struct domain_disk *disk)
{
    const struct domain_source_content_vhostuser *source = &disk->source.vhostuser;
    g_autofree char *id = g_strdup_printf("chr-vu-%s", disk->alias.name);

    add_socket_chardev(build, id, source->path, &source->reconnect, false);
}

/* Boot order of floppies, where their controller is part of the board. */
static void build_floppy_order(struct builder *build, const struct domain_disk *disk)
{
    unsigned boot = boot_index_disk(build->doc, disk);

    if (disk->target.bus == DOMAIN_DISK_TARGET_BUS_FDC && boot && machine_is_pc(build->doc))
        add_optionf(build, "-global", "isa-fdc.bootindex%c=%u",
                    disk->address.drive.unit ? 'B' : 'A', boot);
}

/* A program beside QEMU would have to make them. */
static bool asks_for_reservations(const struct domain_disk *disk)
{
    return disk->source.reservations.enabled == TRISTATE_YES ||
           disk->source.reservations.managed || disk->source.reservations.source.path;
}

int build_disks(struct builder *build)
{
    const struct domain_devices *devices = &build->doc->devices;

    for (size_t i = 0; i < devices->n_disks; i++) {
        const struct domain_disk *disk = &devices->disks[i];

        if (!build->launch->for_show && asks_for_reservations(disk))
            return refuse("disk '%s': no helper for <reservations/> can be started here",
                          disk->target.dev);
        if (add_jsons(build, "-object", blockdev_secrets(disk, build->launch)) < 0)
            return -1;
        if (disk->type == DOMAIN_DISK_TYPE_VHOSTUSER)
            build_vhostuser(build, disk);
        else if (add_jsons(build, "-blockdev", blockdev_chain(disk, build->launch)) < 0)
            return -1;
        if (add_device(build, device_props_disk(build->doc, disk, build->launch)) < 0)
            return -1;
        build_floppy_order(build, disk);
    }
    return 0;
}
