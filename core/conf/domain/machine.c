#include "core/conf/domain/machine.h"

typedef int step(struct domain *def, const struct doc_call *call);

static int run(step *const *steps, unsigned n, struct domain *def, const struct doc_call *call)
{
    for (unsigned i = 0; i < n; i++) {
        if (steps[i](def, call) < 0)
            return -1;
    }
    return 0;
}

/* How parts of the machine share its processors and memory: before devices are read, so that these
 * mistakes are the ones that are told. What a step adds, later ones see. */
int domain_hook_machine_read(void *part, const struct doc_call *call)
{
    static step *const steps[] = {
        domain_complete_vcpus,   domain_complete_iothreads, domain_check_numa,
        domain_check_page_sizes, domain_complete_numatune,  domain_check_numatune,
        domain_complete_cputune, domain_complete_resctrl,   domain_complete_blkio,
    };

    return run(steps, G_N_ELEMENTS(steps), part, call);
}

int domain_post_parse_machine(struct domain *def, const struct doc_call *call)
{
    static step *const steps[] = {
        domain_complete_os,
        domain_complete_identity,
        domain_complete_memory,
        domain_complete_seclabels,
    };

    return run(steps, G_N_ELEMENTS(steps), def, call);
}

int domain_validate_machine(struct domain *def, const struct doc_call *call)
{
    static step *const steps[] = {
        domain_check_names,     domain_check_firmware, domain_check_hugepages,
        domain_check_iothreads, domain_check_sysinfos, domain_check_lifecycle,
    };

    return run(steps, G_N_ELEMENTS(steps), def, call);
}
