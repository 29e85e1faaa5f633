#include "core/conf/domain/devices.h"
#include "core/conf/domain/machine.h"

#include <libxml/tree.h>

/* Far above what any emulator runs; lists of single processors grow with it. */
#define VCPUS_LISTED_MAX (1u << 20)

int domain_hook_vcpu(void *part, const struct doc_call *call)
{
    struct domain_vcpu *vcpu = part;

    /* The hook also runs for a guest that does not say how many. */
    if (!strcmp((const char *)call->node->name, "vcpu") && !call->node->children) {
        doc_error(call, VIR_ERR_XML_ERROR, "maximum vcpus count must be an integer");
        return -1;
    }
    if (vcpu->placement == DOMAIN_VCPU_PLACEMENT_AUTO)
        g_clear_pointer(&vcpu->cpuset, g_free);
    return 0;
}

static int complete_vcpu(struct domain_vcpus_vcpus *vcpu, const struct doc_call *call)
{
    if (!vcpu->hotpluggable)
        vcpu->hotpluggable = vcpu->enabled == TRISTATE_YES ? TRISTATE_NO : TRISTATE_YES;
    if (vcpu->enabled == TRISTATE_YES)
        return 0;
    if (vcpu->hotpluggable == TRISTATE_YES)
        return 0;
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "vcpu '%u' is both offline and not hotpluggable",
              vcpu->id);
    return -1;
}

int domain_hook_vcpus(void *part, const struct doc_call *call)
{
    struct domain_vcpus *vcpus = part;

    for (size_t i = 0; i < vcpus->n_vcpus; i++) {
        if (complete_vcpu(&vcpus->vcpus[i], call) < 0)
            return -1;
    }
    return 0;
}

/* Who is named at all is named with all others; they can be plugged in later. */
static int list_all(struct domain *def, const struct doc_call *call)
{
    const struct domain_vcpus *named = &def->vcpus;
    struct domain_vcpus_vcpus *all;

    if (def->vcpu.text > VCPUS_LISTED_MAX) {
        doc_error(call, VIR_ERR_XML_ERROR, "%u vcpus cannot be listed one by one, only %u can",
                  def->vcpu.text, VCPUS_LISTED_MAX);
        return -1;
    }
    for (size_t i = 0; i < named->n_vcpus; i++) {
        if (named->vcpus[i].id >= def->vcpu.text) {
            doc_error(call, VIR_ERR_XML_ERROR, "vcpu id '%u' is out of range of maximum vcpu count",
                      named->vcpus[i].id);
            return -1;
        }
    }
    all = g_new0(struct domain_vcpus_vcpus, def->vcpu.text);
    for (unsigned id = 0; id < def->vcpu.text; id++)
        all[id] = (struct domain_vcpus_vcpus){
            .id = id, .enabled = TRISTATE_NO, .hotpluggable = TRISTATE_YES};
    for (size_t i = 0; i < named->n_vcpus; i++)
        all[named->vcpus[i].id] = named->vcpus[i];
    g_free(def->vcpus.vcpus);
    def->vcpus.vcpus = all;
    def->vcpus.n_vcpus = def->vcpu.text;
    return 0;
}

static void count_enabled(struct domain *def)
{
    def->vcpu.current = 0;
    def->vcpu.has_current = true;
    for (size_t i = 0; i < def->vcpus.n_vcpus; i++)
        def->vcpu.current += def->vcpus.vcpus[i].enabled == TRISTATE_YES;
}

int domain_complete_vcpus(struct domain *def, const struct doc_call *call)
{
    struct domain_vcpu *vcpu = &def->vcpu;

    if (!def->vcpus.n_vcpus && vcpu->has_current && vcpu->current > vcpu->text) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "maximum vCPU count must not be less than current vCPU count (%u < %u)",
                  vcpu->text, vcpu->current);
        return -1;
    }
    if (def->vcpus.n_vcpus) {
        if (list_all(def, call) < 0)
            return -1;
        count_enabled(def);
    }
    if (vcpu->current == vcpu->text)
        vcpu->has_current = false;
    return 0;
}
