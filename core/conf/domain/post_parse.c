#include "core/conf/domain/boot.h"
#include "core/conf/domain/hooks.h"
#include "conf/domain_doc.h"

#include <corral/corral.h>

/* Total and current memory default to each other; a balloon cannot exceed the total. */
static void set_memory(struct domain *def)
{
    if (!def->memory.has_text && def->has_current_memory) {
        def->memory.text = def->current_memory;
        def->memory.has_text = true;
    }
    if (!def->has_current_memory || !def->current_memory ||
        def->current_memory > def->memory.text) {
        def->current_memory = def->memory.text;
        def->has_current_memory = def->memory.has_text;
    }
}

static int set_vcpus(struct domain *def, const struct doc_call *call)
{
    struct domain_vcpu *vcpu = &def->vcpu;

    if (!vcpu->placement)
        vcpu->placement = DOMAIN_VCPU_PLACEMENT_STATIC;
    if (vcpu->has_current && vcpu->current > vcpu->text) {
        doc_error(call, VIR_ERR_INTERNAL_ERROR,
                  "maxvcpus must not be less than current vcpus (%u < %u)", vcpu->text,
                  vcpu->current);
        return -1;
    }
    if (vcpu->current == vcpu->text)
        vcpu->has_current = false;
    return 0;
}

int domain_hook_post_parse(void *part, const struct doc_call *call)
{
    struct domain *def = part;

    set_memory(def);
    domain_set_boot(def);
    return set_vcpus(def, call);
}
