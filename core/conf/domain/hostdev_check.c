/* What devices of the host may not say, alone and beside each other. */
#include "core/conf/domain/devices.h"

#define TYPE(name) DOMAIN_HOSTDEV_TYPE_##name

static bool same_usb(const struct domain_hostdev_subsystem_source *a,
                     const struct domain_hostdev_subsystem_source *b)
{
    if (a->usb.bus && b->usb.bus)
        return a->usb.bus == b->usb.bus && a->usb.device == b->usb.device;
    if (a->usb.bus || b->usb.bus)
        return false;
    return a->vendor.id == b->vendor.id && a->product.id == b->product.id;
}

static bool same_scsi(const struct domain_hostdev_subsystem_source *a,
                      const struct domain_hostdev_subsystem_source *b)
{
    if (a->protocol != b->protocol)
        return false;
    if (a->protocol == DOMAIN_HOSTDEV_SUBSYSTEM_SOURCE_PROTOCOL_ISCSI)
        return a->n_hosts > 0 && b->n_hosts > 0 && g_strcmp0(a->name, b->name) == 0 &&
               g_strcmp0(a->hosts[0].name, b->hosts[0].name) == 0 &&
               a->hosts[0].port == b->hosts[0].port;
    return g_strcmp0(a->adapter.name, b->adapter.name) == 0 && a->scsi.bus == b->scsi.bus &&
           a->scsi.target == b->scsi.target && a->scsi.unit == b->scsi.unit;
}

static bool same_subsystem(const struct domain_hostdev *one, const struct domain_hostdev *other)
{
    const struct domain_hostdev_subsystem_source *a = &one->hostdev_subsystem.source;
    const struct domain_hostdev_subsystem_source *b = &other->hostdev_subsystem.source;

    switch (one->type) {
    case TYPE(USB):
        return same_usb(a, b);
    case TYPE(PCI):
        return doc_equal(&common_pci_address_layout, &a->pci, &b->pci);
    case TYPE(SCSI):
        return same_scsi(a, b);
    case TYPE(SCSI_HOST):
        return g_strcmp0(one->hostdev_subsystem.scsi_host.source.wwpn,
                         other->hostdev_subsystem.scsi_host.source.wwpn) == 0;
    case TYPE(MDEV):
        return g_strcmp0(a->address.uuid, b->address.uuid) == 0;
    default:
        return false;
    }
}

static bool same_device(const struct domain_hostdev *one, const struct domain_hostdev *other)
{
    if (one->mode != other->mode || one->type != other->type)
        return false;
    if (one->mode == DOMAIN_HOSTDEV_MODE_SUBSYSTEM)
        return same_subsystem(one, other);
    return g_strcmp0(one->source.block, other->source.block) == 0 &&
           g_strcmp0(one->source.character, other->source.character) == 0 &&
           g_strcmp0(one->source.interface, other->source.interface) == 0;
}

static int check_mdev_address(const struct domain_hostdev *hostdev, const struct doc_call *call)
{
    unsigned model = hostdev->mdev.model, type = hostdev->address.type;

    if ((model != DOMAIN_HOSTDEV_MDEV_MODEL_VFIO_PCI || type == DOMAIN_ADDRESS_TYPE_PCI) &&
        (model != DOMAIN_HOSTDEV_MDEV_MODEL_VFIO_CCW || type == DOMAIN_ADDRESS_TYPE_CCW))
        return 0;
    doc_error(call, VIR_ERR_XML_ERROR,
              "Unsupported address type '%s' with mediated device model '%s'",
              WORD(domain_address_type_words, type), WORD(domain_hostdev_mdev_model_words, model));
    return -1;
}

static int check_address(const struct domain_hostdev *hostdev, const struct doc_call *call)
{
    unsigned type = hostdev->address.type;

    if (hostdev->mode != DOMAIN_HOSTDEV_MODE_SUBSYSTEM || !type)
        return 0;
    if (hostdev->type == TYPE(PCI) && type != DOMAIN_ADDRESS_TYPE_PCI &&
        type != DOMAIN_ADDRESS_TYPE_UNASSIGNED) {
        doc_error(call, VIR_ERR_INTERNAL_ERROR,
                  "PCI host devices must use 'pci' or 'unassigned' address type");
        return -1;
    }
    if (hostdev->type == TYPE(SCSI) && type != DOMAIN_ADDRESS_TYPE_DRIVE) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "SCSI host device must use 'drive' address type");
        return -1;
    }
    if (hostdev->type == TYPE(USB) && type != DOMAIN_ADDRESS_TYPE_USB) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "USB host device must use 'usb' address type");
        return -1;
    }
    if (hostdev->type == TYPE(SCSI_HOST) && type != DOMAIN_ADDRESS_TYPE_PCI &&
        type != DOMAIN_ADDRESS_TYPE_CCW) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "SCSI_host host device must use 'pci' or 'ccw' address type");
        return -1;
    }
    return hostdev->type == TYPE(MDEV) ? check_mdev_address(hostdev, call) : 0;
}

static int unsupported(const struct doc_call *call, const char *text)
{
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "%s", text);
    return -1;
}

static int check_hostdev(const struct domain_hostdev *hostdev, const struct doc_call *call)
{
    if (hostdev->sgio == DOMAIN_HOSTDEV_SGIO_UNFILTERED)
        return unsupported(call, "unfiltered sgio is no longer supported");
    if (hostdev->teaming.type && hostdev->teaming.type != DOMAIN_HOSTDEV_TEAMING_TYPE_TRANSIENT)
        return unsupported(call, "teaming hostdev devices must have type='transient'");
    if (domain_check_rom(&hostdev->rom, call) < 0)
        return -1;
    return check_address(hostdev, call);
}

/* One device at most draws the first screen. */
static int check_ramfb(const struct domain_devices *devices, const struct doc_call *call)
{
    unsigned n = 0;

    for (size_t i = 0; i < devices->n_hostdevs; i++)
        n += devices->hostdevs[i].type == TYPE(MDEV) &&
             devices->hostdevs[i].mdev.ramfb == TRISTATE_ON;
    return n > 1 ? unsupported(call, "Only one vgpu device can have 'ramfb' enabled") : 0;
}

int domain_check_each_hostdev(struct domain *def, const struct doc_call *call)
{
    for (size_t i = 0; i < def->devices.n_hostdevs; i++) {
        if (check_hostdev(&def->devices.hostdevs[i], call) < 0)
            return -1;
    }
    return 0;
}

static int exists_already(const struct doc_call *call)
{
    doc_error(call, VIR_ERR_XML_ERROR, "Hostdev already exists in the domain configuration");
    return -1;
}

/* The function of the host that is the guest's network card; NULL for cards that are none. */
static const struct common_pci_address *card_address(const struct domain_interface *interface)
{
    const struct domain_interface_source_hostdev_address *address =
        &interface->source.hostdev.address;

    return interface->type == DOMAIN_INTERFACE_TYPE_HOSTDEV &&
                   address->type == DOMAIN_INTERFACE_SOURCE_HOSTDEV_ADDRESS_TYPE_PCI
               ? &address->pci_address
               : NULL;
}

/* Is a card's function given to the guest once more, as another card or as it is? */
static bool card_is_taken(const struct domain_devices *devices, size_t at)
{
    const struct common_pci_address *address = card_address(&devices->interfaces[at]), *other;

    for (size_t i = 0; address && i < at; i++) {
        other = card_address(&devices->interfaces[i]);
        if (other && doc_equal(&common_pci_address_layout, address, other))
            return true;
    }
    for (size_t i = 0; address && i < devices->n_hostdevs; i++) {
        const struct domain_hostdev *hostdev = &devices->hostdevs[i];

        if (hostdev->mode == DOMAIN_HOSTDEV_MODE_SUBSYSTEM && hostdev->type == TYPE(PCI) &&
            doc_equal(&common_pci_address_layout, address, &hostdev->hostdev_subsystem.source.pci))
            return true;
    }
    return false;
}

int domain_check_hostdevs_together(struct domain *def, const struct doc_call *call)
{
    const struct domain_devices *devices = &def->devices;

    for (size_t i = 0; i < devices->n_hostdevs; i++) {
        for (size_t k = 0; k < i; k++) {
            if (same_device(&devices->hostdevs[i], &devices->hostdevs[k]))
                return exists_already(call);
        }
    }
    for (size_t i = 0; i < devices->n_interfaces; i++) {
        if (card_is_taken(devices, i))
            return exists_already(call);
    }
    return check_ramfb(devices, call);
}
