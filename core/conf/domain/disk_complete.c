/* What disks get when all devices are known: a bus, an address, the limits of their group. */
#include "core/conf/domain/devices.h"

static const struct {
    const char *prefix;
    unsigned bus;
} buses[] = {
    {"hd", DOMAIN_DISK_TARGET_BUS_IDE},    {"sd", DOMAIN_DISK_TARGET_BUS_SCSI},
    {"vd", DOMAIN_DISK_TARGET_BUS_VIRTIO}, {"xvd", DOMAIN_DISK_TARGET_BUS_XEN},
    {"ubd", DOMAIN_DISK_TARGET_BUS_UML},
};

/* The bus that a disk's name speaks of; IDE if it speaks of none. */
static unsigned bus_of_name(const char *name)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(buses); i++) {
        if (g_str_has_prefix(name, buses[i].prefix))
            return buses[i].bus;
    }
    return DOMAIN_DISK_TARGET_BUS_IDE;
}

static void set_bus(struct domain_disk *disk)
{
    if (disk->target.dev && !disk->target.bus)
        disk->target.bus = disk->device == DOMAIN_DISK_DEVICE_FLOPPY
                               ? DOMAIN_DISK_TARGET_BUS_FDC
                               : bus_of_name(disk->target.dev);
}

/* The units of a controller, and of each of its buses. */
static const struct {
    unsigned units, per_bus;
} shapes[] = {
    [DOMAIN_DISK_TARGET_BUS_SCSI] = {7, 7},
    [DOMAIN_DISK_TARGET_BUS_IDE] = {4, 2},
    [DOMAIN_DISK_TARGET_BUS_SATA] = {6, 6},
    [DOMAIN_DISK_TARGET_BUS_FDC] = {2, 2},
};

static bool stands_on_drive_bus(const struct domain_disk *disk)
{
    return disk->target.bus < G_N_ELEMENTS(shapes) && shapes[disk->target.bus].units;
}

static int set_address(struct domain *def, struct domain_disk *disk, const struct doc_call *call)
{
    unsigned index = (unsigned)domain_disk_name_index(disk->target.dev);
    unsigned units, per_bus;
    struct domain_address_drive drive = {0};

    if (disk->address.type || !disk->target.dev)
        return 0;
    if (domain_disk_name_index(disk->target.dev) < 0) {
        doc_error(call, VIR_ERR_XML_ERROR, "Unknown disk name '%s' and no address specified",
                  disk->target.dev);
        return -1;
    }
    if (!stands_on_drive_bus(disk))
        return 0;
    units = shapes[disk->target.bus].units;
    per_bus = shapes[disk->target.bus].per_bus;
    drive.controller = index / units;
    drive.bus = index % units / per_bus;
    drive.unit = index % per_bus;
    if (disk->target.bus == DOMAIN_DISK_TARGET_BUS_SCSI && domain_hostdev_at_drive(def, &drive)) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "using disk target name '%s' conflicts with SCSI host device address "
                  "controller='%u' bus='%u' target='%u' unit='%u'",
                  disk->target.dev, drive.controller, drive.bus, drive.target, drive.unit);
        return -1;
    }
    disk->address.type = DOMAIN_ADDRESS_TYPE_DRIVE;
    disk->address.drive = drive;
    return 0;
}

/* iSCSI counts units; a name without one means the first. */
void domain_complete_iscsi_name(char **name)
{
    char *old = *name;

    if (!old || strchr(old, '/'))
        return;
    *name = g_strconcat(old, "/0", NULL);
    g_free(old);
}

static bool any_limit(const struct domain_disk_iotune *tune)
{
    struct domain_disk_iotune copy = *tune;
    static const struct domain_disk_iotune none;

    copy.group_name = NULL;
    return memcmp(&copy, &none, sizeof(copy)) != 0;
}

/* Members of a group share their limits: one that says none gets those of the first that does. */
static void share_limits(struct domain *def, size_t at)
{
    struct domain_disk_iotune *tune = &def->devices.disks[at].iotune;

    if (!tune->group_name || any_limit(tune))
        return;
    for (size_t i = 0; i < def->devices.n_disks; i++) {
        const struct domain_disk_iotune *other = &def->devices.disks[i].iotune;
        char *name = tune->group_name;

        if (i == at || g_strcmp0(other->group_name, name) != 0 || !any_limit(other))
            continue;
        *tune = *other;
        tune->group_name = name;
        return;
    }
}

int domain_complete_disks(struct domain *def, const struct doc_call *call)
{
    struct domain_disk *disks = def->devices.disks;

    for (size_t i = 0; i < def->devices.n_disks; i++) {
        share_limits(def, i);
        set_bus(&disks[i]);
        if (set_address(def, &disks[i], call) < 0)
            return -1;
        if (disks[i].type == DOMAIN_DISK_TYPE_NETWORK &&
            disks[i].source.protocol == DOMAIN_SOURCE_CONTENT_PROTOCOL_ISCSI)
            domain_complete_iscsi_name(&disks[i].source.name);
    }
    return 0;
}
