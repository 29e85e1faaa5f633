#include "core/conf/domain/devices.h"
#include "core/conf/domain/machine.h"

static int refuse(const struct doc_call *call, int code, const char *text)
{
    doc_error(call, code, "%s", text);
    return -1;
}

/* Does the element say anything? Without attributes it is as good as not there. */
static bool says_anything(const struct domain_numatune_memory *memory)
{
    return memory->mode || memory->nodeset || memory->placement;
}

int domain_hook_numatune(void *part, const struct doc_call *call)
{
    struct domain_numatune *tune = part;

    for (size_t i = 1; i < tune->n_memnodes; i++) {
        if (tune->memnodes[i].cellid == tune->memnodes[i - 1].cellid) {
            doc_error(call, VIR_ERR_XML_ERROR, "Multiple memnode elements with cellid %u",
                      tune->memnodes[i].cellid);
            return -1;
        }
    }
    return 0;
}

/* Who lets the host place its processors has its memory placed as well, and the other way round. */
static void place_together(struct domain *def)
{
    struct domain_numatune_memory *memory = &def->numatune.memory;
    struct domain_vcpu *vcpu = &def->vcpu;
    const struct domain_cputune *tune = &def->cputune;
    bool pinned =
        vcpu->cpuset || tune->n_vcpupins || tune->emulatorpin.cpuset || tune->n_iothreadpins;

    if (memory->placement == DOMAIN_NUMATUNE_MEMORY_PLACEMENT_AUTO && !pinned)
        vcpu->placement = DOMAIN_VCPU_PLACEMENT_AUTO;
    if (!vcpu->placement)
        vcpu->placement = DOMAIN_VCPU_PLACEMENT_STATIC;
}

int domain_complete_numatune(struct domain *def, const struct doc_call *call)
{
    struct domain_numatune_memory *memory = &def->numatune.memory;
    bool automatic = def->vcpu.placement == DOMAIN_VCPU_PLACEMENT_AUTO;

    if (automatic && !says_anything(memory))
        memory->placement = DOMAIN_NUMATUNE_MEMORY_PLACEMENT_AUTO;
    if (!says_anything(memory)) {
        place_together(def);
        return 0;
    }
    if (!memory->mode)
        memory->mode = DOMAIN_NUMATUNE_MEMORY_MODE_STRICT;
    if (!memory->placement && !memory->nodeset && automatic)
        memory->placement = DOMAIN_NUMATUNE_MEMORY_PLACEMENT_AUTO;
    if (memory->placement == DOMAIN_NUMATUNE_MEMORY_PLACEMENT_AUTO)
        g_clear_pointer(&memory->nodeset, g_free);
    else if (!memory->nodeset)
        return refuse(call, VIR_ERR_CONFIG_UNSUPPORTED,
                      "nodeset for NUMA memory tuning must be set if 'placement' is 'static'");
    else
        memory->placement = 0; /* the nodes say so */
    place_together(def);
    return 0;
}

static int check_memnode(const struct domain *def, const struct domain_numatune_memnodes *node,
                         const struct doc_call *call)
{
    const struct domain_numatune_memory *memory = &def->numatune.memory;

    if (!def->cpu.numa.n_cells)
        return refuse(call, VIR_ERR_XML_ERROR,
                      "Element 'memnode' is invalid without any guest NUMA cells");
    if (node->cellid >= def->cpu.numa.n_cells)
        return refuse(call, VIR_ERR_XML_ERROR,
                      "Argument 'cellid' in memnode element must correspond to existing guest's "
                      "NUMA cell");
    if (memory->placement == DOMAIN_NUMATUNE_MEMORY_PLACEMENT_AUTO)
        return refuse(call, VIR_ERR_CONFIG_UNSUPPORTED,
                      "Per-node binding is not compatible with automatic NUMA placement.");
    if (memory->mode == DOMAIN_NUMATUNE_MEMORY_MODE_RESTRICTIVE &&
        node->mode != DOMAIN_NUMATUNE_MEMNODES_MODE_RESTRICTIVE)
        return refuse(call, VIR_ERR_XML_ERROR,
                      "'restrictive' mode is required in memnode element when mode is "
                      "'restrictive' in memory element");
    return 0;
}

int domain_check_numatune(struct domain *def, const struct doc_call *call)
{
    for (size_t i = 0; i < def->numatune.n_memnodes; i++) {
        if (check_memnode(def, &def->numatune.memnodes[i], call) < 0)
            return -1;
    }
    return 0;
}
