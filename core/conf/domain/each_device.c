/* Walks over what all devices have: a name, a place, an order to boot from. */
#include "core/conf/domain/devices.h"

#define EACH_OF(list, n, KIND, BOOT)                                                               \
    for (size_t i = 0; rc == 0 && i < (n); i++) {                                                  \
        struct domain_device_ref ref = {KIND, (struct domain_info *)&(list)[i].alias,              \
                                        (struct domain_placement *)&(list)[i].acpi, BOOT,          \
                                        &(list)[i]};                                               \
        rc = each(&ref, opaque);                                                                   \
    }
#define EACH(list, KIND) EACH_OF(devices->list, devices->n_##list, KIND, NULL)
#define EACH_BOOT(list, KIND)                                                                      \
    EACH_OF(devices->list, devices->n_##list, KIND, (struct domain_boot *)&devices->list[i].boot)
#define ONE(member, present, KIND) EACH_OF(member, (size_t)(present), KIND, NULL)

static int each_listed(struct domain_devices *devices, domain_device_fn *each, void *opaque)
{
    int rc = 0;

    EACH_BOOT(disks, "disk");
    EACH_BOOT(interfaces, "interface");
    EACH(sounds, "sound");
    EACH_BOOT(hostdevs, "hostdev");
    EACH(videos, "video");
    EACH(controllers, "controller");
    EACH(smartcards, "smartcard");
    EACH(serials, "serial");
    EACH(parallels, "parallel");
    EACH(channels, "channel");
    EACH(consoles, "console");
    EACH(inputs, "input");
    EACH_BOOT(filesystems, "filesystem");
    return rc;
}

static int each_rest(struct domain_devices *devices, domain_device_fn *each, void *opaque)
{
    int rc = 0;

    EACH(rngs, "rng");
    ONE(&devices->watchdog, devices->watchdog.model != 0, "watchdog");
    ONE(&devices->memballoon, devices->memballoon.model != 0, "memballoon");
    ONE(devices->nvram, devices->nvram != NULL, "nvram");
    EACH(hubs, "hub");
    EACH(shmems, "shmem");
    EACH(tpms, "tpm");
    EACH(panics, "panic");
    EACH_BOOT(redirdevs, "redirdev");
    EACH(memories, "memory");
    ONE(&devices->iommu, devices->iommu.model != 0, "iommu");
    ONE(devices->vsock, devices->vsock != NULL, "vsock");
    return rc;
}

int domain_each_device(struct domain *def, domain_device_fn *each, void *opaque)
{
    int rc = each_listed(&def->devices, each, opaque);

    return rc ? rc : each_rest(&def->devices, each, opaque);
}
