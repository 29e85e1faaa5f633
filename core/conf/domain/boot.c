#include "core/conf/domain/boot.h"

static bool any_device_boots(const struct domain_devices *devices)
{
    for (size_t i = 0; i < devices->n_disks; i++) {
        if (devices->disks[i].boot.order)
            return true;
    }
    for (size_t i = 0; i < devices->n_interfaces; i++) {
        if (devices->interfaces[i].boot.order)
            return true;
    }
    for (size_t i = 0; i < devices->n_hostdevs; i++) {
        if (devices->hostdevs[i].boot.order)
            return true;
    }
    for (size_t i = 0; i < devices->n_redirdevs; i++) {
        if (devices->redirdevs[i].boot.order)
            return true;
    }
    return false;
}

/* A guest with its own firmware starts from its disk, unless the document says how it starts. */
void domain_set_boot(struct domain *def)
{
    if (def->os.type.text != DOMAIN_OS_TYPE_TEXT_HVM || def->os.n_boots > 0 ||
        any_device_boots(&def->devices))
        return;
    def->os.boots = g_new0(struct domain_os_boots, 1);
    def->os.boots[0].dev = DOMAIN_OS_BOOTS_DEV_HD;
    def->os.n_boots = 1;
}
