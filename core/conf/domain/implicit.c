/* Controllers that a guest needs because of its devices. */
#include "core/conf/domain/devices.h"

#define TYPE(name) DOMAIN_CONTROLLER_TYPE_##name

/* Indexes beyond this are mistakes: nobody wants a list of millions. */
enum { MAX_IMPLICIT = 4096 };

static void add_up_to(struct domain *def, unsigned type, unsigned last, unsigned model)
{
    struct domain_devices *devices = &def->devices;
    unsigned n = MIN(last, MAX_IMPLICIT) + 1, missing = n;
    g_autofree bool *taken = g_new0(bool, n);

    for (size_t i = 0; i < devices->n_controllers; i++) {
        const struct domain_controller *controller = &devices->controllers[i];

        if (controller->type != type || !controller->has_index || controller->index >= n)
            continue;
        missing -= !taken[controller->index];
        taken[controller->index] = true;
    }
    if (!missing)
        return;
    devices->controllers =
        g_renew(struct domain_controller, devices->controllers, devices->n_controllers + missing);
    for (unsigned i = 0; i < n; i++) {
        if (!taken[i])
            devices->controllers[devices->n_controllers++] = (struct domain_controller){
                .type = type, .has_index = true, .index = i, .model = model};
    }
}

static void add_for_disks(struct domain *def, unsigned type, unsigned bus)
{
    int last = -1;

    for (size_t i = 0; i < def->devices.n_disks; i++) {
        const struct domain_disk *disk = &def->devices.disks[i];

        if (disk->target.bus == bus && disk->address.type == DOMAIN_ADDRESS_TYPE_DRIVE)
            last = MAX(last, (int)disk->address.drive.controller);
    }
    if (last >= 0)
        add_up_to(def, type, (unsigned)last, 0);
}

static void add_for_serial(struct domain *def, const struct domain_address *address)
{
    unsigned index =
        address->type == DOMAIN_ADDRESS_TYPE_VIRTIO_SERIAL ? address->virtio_serial.controller : 0;

    domain_add_controller(def, TYPE(VIRTIO_SERIAL), index, 0);
}

static void add_for_channels(struct domain *def)
{
    for (size_t i = 0; i < def->devices.n_channels; i++) {
        if (def->devices.channels[i].target.type == DOMAIN_CHANNEL_TARGET_TYPE_VIRTIO)
            add_for_serial(def, &def->devices.channels[i].address);
    }
    for (size_t i = 0; i < def->devices.n_consoles; i++) {
        if (def->devices.consoles[i].target.type == DOMAIN_CONSOLE_TARGET_TYPE_VIRTIO)
            add_for_serial(def, &def->devices.consoles[i].address);
    }
}

static void add_for_smartcards(struct domain *def)
{
    struct domain_smartcard *cards = def->devices.smartcards;

    for (size_t i = 0; i < def->devices.n_smartcards; i++) {
        if (cards[i].address.type != DOMAIN_ADDRESS_TYPE_CCID)
            continue;
        domain_add_controller(def, TYPE(CCID), cards[i].address.ccid.controller, 0);
    }
}

/* New controllers are of the model of one that such a device is on already. They take their
 * indexes before controllers without one are numbered. */
void domain_add_hostdev_controllers(struct domain *def)
{
    const struct domain_controller *controller;
    unsigned model = 0;
    int last = -1;

    for (size_t i = 0; i < def->devices.n_hostdevs; i++) {
        const struct domain_hostdev *hostdev = &def->devices.hostdevs[i];

        if (!domain_hostdev_is_scsi(hostdev) || hostdev->address.type != DOMAIN_ADDRESS_TYPE_DRIVE)
            continue;
        last = MAX(last, (int)hostdev->address.drive.controller);
        controller = domain_find_controller(def, TYPE(SCSI), hostdev->address.drive.controller);
        if (controller)
            model = controller->model;
    }
    if (last >= 0)
        add_up_to(def, TYPE(SCSI), (unsigned)last, model);
}

void domain_add_controllers(struct domain *def)
{
    add_for_disks(def, TYPE(SCSI), DOMAIN_DISK_TARGET_BUS_SCSI);
    add_for_disks(def, TYPE(FDC), DOMAIN_DISK_TARGET_BUS_FDC);
    add_for_disks(def, TYPE(IDE), DOMAIN_DISK_TARGET_BUS_IDE);
    add_for_disks(def, TYPE(SATA), DOMAIN_DISK_TARGET_BUS_SATA);
    add_for_channels(def);
    add_for_smartcards(def);
}
