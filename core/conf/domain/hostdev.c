/* Devices of the host that a guest gets. */
#include "core/conf/domain/devices.h"
#include "core/conf/domain/hooks.h"

#define TYPE(name) DOMAIN_HOSTDEV_TYPE_##name

/* A controller of SCSI devices on a narrow bus holds this many. */
enum { UNITS = 7 };

static bool is_subsystem(const struct domain_hostdev *hostdev, unsigned type)
{
    return hostdev->mode == DOMAIN_HOSTDEV_MODE_SUBSYSTEM && hostdev->type == type;
}

bool domain_hostdev_is_scsi(const struct domain_hostdev *hostdev)
{
    return is_subsystem(hostdev, TYPE(SCSI));
}

bool domain_hostdev_at_drive(const struct domain *def, const struct domain_address_drive *drive)
{
    for (size_t i = 0; i < def->devices.n_hostdevs; i++) {
        const struct domain_hostdev *hostdev = &def->devices.hostdevs[i];

        if (domain_hostdev_is_scsi(hostdev) && hostdev->address.type == DOMAIN_ADDRESS_TYPE_DRIVE &&
            domain_drive_equal(&hostdev->address.drive, drive))
            return true;
    }
    return false;
}

bool domain_disk_at_drive(const struct domain *def, unsigned bus,
                          const struct domain_address_drive *drive)
{
    for (size_t i = 0; i < def->devices.n_disks; i++) {
        const struct domain_disk *disk = &def->devices.disks[i];

        if (disk->target.bus == bus && disk->address.type == DOMAIN_ADDRESS_TYPE_DRIVE &&
            domain_drive_equal(&disk->address.drive, drive))
            return true;
    }
    return false;
}

/* The first unit that neither a disk nor another host device has. */
static void set_address(const struct domain *def, struct domain_hostdev *hostdev)
{
    struct domain_address_drive drive = {0};

    while (domain_disk_at_drive(def, DOMAIN_DISK_TARGET_BUS_SCSI, &drive) ||
           domain_hostdev_at_drive(def, &drive)) {
        drive.unit++;
        if (drive.unit == UNITS) {
            drive.unit = 0;
            drive.controller++;
        }
    }
    hostdev->address.type = DOMAIN_ADDRESS_TYPE_DRIVE;
    hostdev->address.drive = drive;
}

/* ---- reading one */

int domain_hook_usb_host_address(void *part, const struct doc_call *call)
{
    struct domain_hostdev_subsystem_source_usb *address = part;

    (void)call;
    if (!address->bus && !address->device)
        *address = (struct domain_hostdev_subsystem_source_usb){0};
    return 0;
}

/* The bus address of a device without one is printed as zeroes. */
static void read_pci(struct domain_hostdev_subsystem_source *source)
{
    source->pci.has_domain = source->pci.has_bus = true;
    source->pci.has_slot = source->pci.has_function = true;
}

static int missing(const struct doc_call *call, const char *text)
{
    doc_error(call, VIR_ERR_XML_ERROR, "%s", text);
    return -1;
}

static int check_login(const struct common_auth *auth, const struct doc_call *call)
{
    const char *type = auth->secret.type;

    if (!auth->username || g_strcmp0(type, "iscsi") == 0)
        return 0;
    if (g_strcmp0(type, "ceph") == 0)
        doc_error(call, VIR_ERR_INTERNAL_ERROR,
                  "hostdev invalid secret type 'ceph': 'iscsi' is expected");
    else
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "invalid secret type '%s': 'iscsi' is expected",
                  type ? type : "");
    return -1;
}

static int read_scsi(struct domain_hostdev_subsystem_source *source, const struct doc_call *call)
{
    if (source->protocol == DOMAIN_HOSTDEV_SUBSYSTEM_SOURCE_PROTOCOL_ISCSI) {
        if (source->n_hosts == 0)
            return missing(call, "missing the host address for the iSCSI hostdev");
        if (source->n_hosts > 1)
            return missing(call, "only one source host address may be specified for the iSCSI "
                                 "hostdev");
        if (check_login(&source->auth, call) < 0)
            return -1;
        domain_complete_iscsi_name(&source->name);
        return 0;
    }
    if (!source->scsi.has_bus)
        return missing(call, "'address' must be specified for scsi hostdev source");
    if (!source->adapter.name)
        return missing(call, "'adapter' name must be specified for scsi hostdev source");
    return 0;
}

static int read_usb(const struct domain_hostdev_subsystem_source *source,
                    const struct doc_call *call)
{
    if (!source->vendor.id == !source->product.has_id)
        return 0;
    doc_error(call, VIR_ERR_INTERNAL_ERROR, "missing %s", source->vendor.id ? "product" : "vendor");
    return -1;
}

static bool valid_wwpn(const char *wwpn)
{
    return g_str_has_prefix(wwpn, "naa.") && strlen(wwpn) == 20 &&
           strspn(wwpn + 4, "0123456789abcdefABCDEF") == 16;
}

static int read_scsi_host(const struct domain_hostdev *hostdev, const struct doc_call *call)
{
    const char *wwpn = hostdev->hostdev_subsystem.scsi_host.source.wwpn;

    if (!wwpn)
        return missing(call, "missing vhost-scsi hostdev source wwpn");
    if (!valid_wwpn(wwpn))
        return missing(call, "malformed 'wwpn' value: 'naa.' and 16 hexadecimal digits expected");
    return 0;
}

static int read_subsystem(struct domain_hostdev *hostdev, const struct doc_call *call)
{
    struct domain_hostdev_subsystem_source *source = &hostdev->hostdev_subsystem.source;

    switch (hostdev->type) {
    case TYPE(USB):
        return read_usb(source, call);
    case TYPE(PCI):
        read_pci(source);
        return 0;
    case TYPE(SCSI):
        return read_scsi(source, call);
    case TYPE(MDEV):
        if (source->address.uuid)
            return 0;
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "Missing <address> element");
        return -1;
    case TYPE(SCSI_HOST):
        return read_scsi_host(hostdev, call);
    default:
        return 0;
    }
}

static int read_capabilities(const struct domain_hostdev *hostdev, const struct doc_call *call)
{
    const struct domain_hostdev_source *source = &hostdev->source;

    if (hostdev->type == TYPE(STORAGE) && !source->block)
        return missing(call, "Missing <block> element in hostdev storage device");
    if (hostdev->type == TYPE(MISC) && !source->character)
        return missing(call, "Missing <char> element in hostdev character device");
    if (hostdev->type == TYPE(NET) && !source->interface)
        return missing(call, "Missing <interface> element in hostdev net device");
    return 0;
}

/* What is for one type of device is a mistake on others, whatever it says. */
static int check_foreign(const struct domain_hostdev *hostdev, const struct doc_call *call)
{
    const char *type = WORD(domain_hostdev_type_words, hostdev->type);

    if (hostdev->type != TYPE(USB) && domain_child_has_attribute(call, "source", "startupPolicy")) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "Setting startupPolicy is only allowed for USB devices");
        return -1;
    }
    if (hostdev->type != TYPE(SCSI) &&
        (domain_has_attribute(call, "sgio") || domain_has_attribute(call, "rawio"))) {
        doc_error(call, VIR_ERR_XML_ERROR, "%s is only supported for scsi host device",
                  domain_has_attribute(call, "sgio") ? "sgio" : "rawio");
        return -1;
    }
    if (hostdev->type != TYPE(SCSI_HOST) && hostdev->type != TYPE(MDEV) &&
        domain_has_attribute(call, "model")) {
        doc_error(call, VIR_ERR_XML_ERROR,
                  "'model' attribute in <hostdev> is only supported when type='scsi_host' or "
                  "'mdev', not '%s'",
                  type);
        return -1;
    }
    return 0;
}

int domain_hook_hostdev(void *part, const struct doc_call *call)
{
    struct domain_hostdev *hostdev = part;

    if (!domain_has_child(call, "source"))
        return missing(call, "Missing <source> element in hostdev device");
    if (hostdev->mode == DOMAIN_HOSTDEV_MODE_SUBSYSTEM && check_foreign(hostdev, call) < 0)
        return -1;
    if (!domain_hostdev_is_scsi(hostdev))
        hostdev->readonly = hostdev->shareable = false;
    return hostdev->mode == DOMAIN_HOSTDEV_MODE_SUBSYSTEM ? read_subsystem(hostdev, call)
                                                          : read_capabilities(hostdev, call);
}

int domain_complete_hostdevs(struct domain *def, const struct doc_call *call)
{
    (void)call;
    for (size_t i = 0; i < def->devices.n_hostdevs; i++) {
        struct domain_hostdev *hostdev = &def->devices.hostdevs[i];

        if (domain_hostdev_is_scsi(hostdev) && !hostdev->address.type)
            set_address(def, hostdev);
    }
    domain_add_hostdev_controllers(def);
    return 0;
}
