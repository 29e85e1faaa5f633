#include "core/conf/domain/boot.h"
#include "core/conf/domain/devices.h"

static int boots(const struct domain_device_ref *device, void *opaque)
{
    (void)opaque;
    return device->boot && device->boot->boot.order;
}

/* A guest with its own firmware starts from its disk, unless the document says how it starts. */
void domain_set_boot(struct domain *def)
{
    if (!domain_is_hvm(def) || def->bootloader || def->os.n_boots > 0 ||
        domain_each_device(def, boots, NULL))
        return;
    def->os.boots = g_new0(struct domain_os_boots, 1);
    def->os.boots[0].dev = DOMAIN_OS_BOOTS_DEV_HD;
    def->os.n_boots = 1;
}
