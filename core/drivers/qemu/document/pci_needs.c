/* What kind of slot each device wants. */
#include "core/drivers/qemu/document/pci.h"

#include <string.h>

#define MODEL(name) DOMAIN_CONTROLLER_MODEL_##name

struct kinds {
    unsigned conventional, express; /* the same on machines without PCI Express */
};

static unsigned virtio_needs(const struct kinds *kinds, unsigned model)
{
    return model == DOMAIN_VIRTIO_MODEL_VIRTIO_TRANSITIONAL ? kinds->conventional : kinds->express;
}

static unsigned scsi_needs(const struct kinds *kinds, unsigned model)
{
    switch (model) {
    case MODEL(VIRTIO_SCSI):
    case MODEL(VIRTIO_NON_TRANSITIONAL):
    case MODEL(VMPVSCSI):
        return kinds->express;
    case MODEL(IBMVSCSI):
    case MODEL(NCR53C90):
        return 0;
    default:
        return kinds->conventional;
    }
}

static unsigned controller_needs(const struct kinds *kinds,
                                 const struct domain_controller *controller)
{
    switch (controller->type) {
    case DOMAIN_CONTROLLER_TYPE_PCI:
        return pci_needs_of_model(controller->model);
    case DOMAIN_CONTROLLER_TYPE_IDE:
    case DOMAIN_CONTROLLER_TYPE_SATA:
        return kinds->conventional;
    case DOMAIN_CONTROLLER_TYPE_SCSI:
        return scsi_needs(kinds, controller->model);
    case DOMAIN_CONTROLLER_TYPE_VIRTIO_SERIAL:
        return controller->model == MODEL(VIRTIO_TRANSITIONAL) ? kinds->conventional
                                                               : kinds->express;
    case DOMAIN_CONTROLLER_TYPE_USB:
        return controller->model == MODEL(NEC_XHCI) || controller->model == MODEL(QEMU_XHCI)
                   ? kinds->express
                   : kinds->conventional;
    default:
        return 0;
    }
}

static unsigned interface_needs(const struct kinds *kinds, const struct domain_interface *interface)
{
    static const char *const express[] = {"e1000e", "vmxnet3", "virtio", "virtio-non-transitional",
                                          NULL};

    if (interface->type == DOMAIN_INTERFACE_TYPE_HOSTDEV)
        return kinds->express;
    if (!interface->model.type || !strcmp(interface->model.type, "usb-net"))
        return 0;
    return g_strv_contains(express, interface->model.type) ? kinds->express : kinds->conventional;
}

static unsigned sound_needs(const struct kinds *kinds, const struct domain_sound *sound)
{
    switch (sound->model) {
    case DOMAIN_SOUND_MODEL_ES1370:
    case DOMAIN_SOUND_MODEL_AC97:
    case DOMAIN_SOUND_MODEL_ICH6:
    case DOMAIN_SOUND_MODEL_ICH9:
        return kinds->conventional;
    default:
        return 0;
    }
}

static unsigned hostdev_needs(const struct kinds *kinds, const struct domain_hostdev *hostdev)
{
    if (hostdev->mode != DOMAIN_HOSTDEV_MODE_SUBSYSTEM)
        return 0;
    switch (hostdev->type) {
    case DOMAIN_HOSTDEV_TYPE_PCI:
        return kinds->express;
    case DOMAIN_HOSTDEV_TYPE_MDEV:
        return hostdev->mdev.model == DOMAIN_HOSTDEV_MDEV_MODEL_VFIO_PCI ? kinds->express : 0;
    case DOMAIN_HOSTDEV_TYPE_SCSI_HOST:
        return virtio_needs(kinds, hostdev->model);
    default:
        return 0;
    }
}

static unsigned video_needs(const struct kinds *kinds, const struct domain_video *video)
{
    switch (video->model.type) {
    case DOMAIN_VIDEO_MODEL_TYPE_VIRTIO:
    case DOMAIN_VIDEO_MODEL_TYPE_BOCHS:
        return kinds->express;
    case DOMAIN_VIDEO_MODEL_TYPE_VGA:
    case DOMAIN_VIDEO_MODEL_TYPE_CIRRUS:
    case DOMAIN_VIDEO_MODEL_TYPE_VMVGA:
    case DOMAIN_VIDEO_MODEL_TYPE_QXL:
        return kinds->conventional;
    default:
        return 0;
    }
}

static unsigned balloon_form(const struct domain_memballoon *balloon)
{
    return balloon->model == DOMAIN_MEMBALLOON_MODEL_VIRTIO_TRANSITIONAL
               ? DOMAIN_VIRTIO_MODEL_VIRTIO_TRANSITIONAL
               : DOMAIN_VIRTIO_MODEL_VIRTIO;
}

static unsigned small_needs(const struct kinds *kinds, const char *kind, const void *device)
{
    if (!strcmp(kind, "memballoon")) {
        const struct domain_memballoon *balloon = device;

        return balloon->model == DOMAIN_MEMBALLOON_MODEL_NONE ||
                       balloon->model == DOMAIN_MEMBALLOON_MODEL_XEN
                   ? 0
                   : virtio_needs(kinds, balloon_form(balloon));
    }
    if (!strcmp(kind, "watchdog"))
        return ((const struct domain_watchdog *)device)->model == DOMAIN_WATCHDOG_MODEL_I6300ESB
                   ? kinds->conventional
                   : 0;
    if (!strcmp(kind, "input"))
        return ((const struct domain_input *)device)->bus == DOMAIN_INPUT_BUS_VIRTIO
                   ? virtio_needs(kinds, ((const struct domain_input *)device)->model)
                   : 0;
    if (!strcmp(kind, "serial"))
        return ((const struct domain_serial *)device)->target.type ==
                       DOMAIN_SERIAL_TARGET_TYPE_PCI_SERIAL
                   ? kinds->conventional
                   : 0;
    if (!strcmp(kind, "memory")) {
        unsigned model = ((const struct domain_memory_device *)device)->model;

        return model == DOMAIN_MEMORY_DEVICE_MODEL_VIRTIO_MEM ||
                       model == DOMAIN_MEMORY_DEVICE_MODEL_VIRTIO_PMEM
                   ? kinds->express
                   : 0;
    }
    if (!strcmp(kind, "iommu"))
        return ((const struct domain_iommu *)device)->model == DOMAIN_IOMMU_MODEL_VIRTIO
                   ? kinds->express | PCI_INTEGRATED
                   : 0;
    return 0;
}

static unsigned disk_needs(const struct kinds *kinds, const struct domain_disk *disk)
{
    return disk->target.bus == DOMAIN_DISK_TARGET_BUS_VIRTIO ? virtio_needs(kinds, disk->model) : 0;
}

unsigned pci_needs_of_device(const struct completion *to, const struct domain_device_ref *device)
{
    struct kinds kinds = {PCI_CONVENTIONAL | PCI_HOTPLUG, PCI_EXPRESS | PCI_HOTPLUG};
    const char *kind = device->kind;
    const void *part = device->device;

    if (!is_pcie(to->doc))
        kinds.express = kinds.conventional;
    if (!strcmp(kind, "controller"))
        return controller_needs(&kinds, part);
    if (!strcmp(kind, "disk"))
        return disk_needs(&kinds, part);
    if (!strcmp(kind, "interface"))
        return interface_needs(&kinds, part);
    if (!strcmp(kind, "sound"))
        return sound_needs(&kinds, part);
    if (!strcmp(kind, "hostdev"))
        return hostdev_needs(&kinds, part);
    if (!strcmp(kind, "video"))
        return video_needs(&kinds, part);
    if (!strcmp(kind, "filesystem"))
        return virtio_needs(&kinds, ((const struct domain_filesystem *)part)->model);
    if (!strcmp(kind, "rng"))
        return virtio_needs(&kinds, ((const struct domain_rng *)part)->model);
    if (!strcmp(kind, "vsock"))
        return virtio_needs(&kinds, ((const struct domain_vsock *)part)->model);
    if (!strcmp(kind, "shmem"))
        return kinds.express;
    return small_needs(&kinds, kind, part);
}
