/* Screens that read their certificates again. */
#include "core/drivers/test/domain.h"

int test_domainGraphicsReload(virDomainPtr domain, unsigned int type, unsigned int flags)
{
    const struct domain *doc;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    if (type >= VIR_DOMAIN_GRAPHICS_RELOAD_TYPE_LAST) {
        test_error(INVALID_ARG, "unknown graphics type %u: it is 0 to %d", type,
                   VIR_DOMAIN_GRAPHICS_RELOAD_TYPE_LAST - 1);
        return -1;
    }
    WITH_ACTIVE_GUEST(domain, -1);
    doc = guest_doc(guest);
    /* VNC is all that a hypervisor can reload so far, so ANY means it, too */
    for (size_t i = 0; i < doc->devices.n_graphics; i++)
        if (doc->devices.graphics[i].type == DOMAIN_GRAPHICS_TYPE_VNC)
            return 0;
    test_error(CONFIG_UNSUPPORTED, "domain '%s' has no VNC graphics to reload", guest->name);
    return -1;
}
