/* What devices get when all of them are read, and what they may not say together. */
#include "core/conf/domain/devices.h"

typedef int step(struct domain *def, const struct doc_call *call);

static int add_controllers(struct domain *def, const struct doc_call *call)
{
    (void)call;
    domain_add_controllers(def);
    return 0;
}

static int run(step *const *steps, unsigned n, struct domain *def, const struct doc_call *call)
{
    for (unsigned i = 0; i < n; i++) {
        if (steps[i](def, call) < 0)
            return -1;
    }
    return 0;
}

/* In this order: what a step adds, later ones see. */
int domain_post_parse_devices(struct domain *def, const struct doc_call *call)
{
    static step *const steps[] = {
        domain_number_ports,
        domain_complete_disks,
        domain_complete_hostdevs,
        domain_number_controllers,
        domain_check_controllers_together,
        domain_check_boot_orders,
        domain_complete_inputs,
        domain_complete_small_devices,
        domain_pair_console,
        add_controllers,
        domain_complete_videos,
    };

    return run(steps, G_N_ELEMENTS(steps), def, call);
}

/* First each device by itself, then all beside each other. */
int domain_validate_devices(struct domain *def, const struct doc_call *call)
{
    static step *const steps[] = {
        domain_check_each_disk,   domain_check_interfaces,      domain_check_each_hostdev,
        domain_check_videos,      domain_check_each_controller, domain_check_chardevs,
        domain_check_filesystems, domain_check_small_devices,   domain_check_usb,
        domain_check_addresses,   domain_check_disks_together,  domain_check_hostdevs_together,
        domain_check_panics,      domain_check_audios,
    };

    return run(steps, G_N_ELEMENTS(steps), def, call);
}
