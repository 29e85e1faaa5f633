/* Bridges and bonds are made of interfaces; what concerns the whole stands with the whole. */
#include "core/conf/interface/hooks.h"
#include "conf/interface_doc.h"

#include <corral/corral.h>
#include <libxml/tree.h>

#define TYPE(name) (1u << INTERFACE_TYPE_##name)

static int check_type(enum interface_type type, unsigned types, const struct doc_call *call)
{
    if (types >> type & 1)
        return 0;
    doc_error(call, VIR_ERR_XML_ERROR, "interface has unsupported type '%s'",
              doc_word(&interface_type_words, type));
    return -1;
}

int interface_hook_bridge(void *part, const struct doc_call *call)
{
    struct interface_bridge *bridge = part;

    /* A bridge whose spanning tree is neither on nor off is read no further. */
    if (!bridge->stp && xmlHasProp(call->node, (const xmlChar *)"stp"))
        doc_clear(&interface_bridge_layout, bridge);
    for (size_t i = 0; i < bridge->n_interfaces; i++) {
        if (check_type(bridge->interfaces[i].type, TYPE(ETHERNET) | TYPE(BOND) | TYPE(VLAN), call) <
            0)
            return -1;
    }
    return 0;
}

int interface_hook_bond(void *part, const struct doc_call *call)
{
    struct interface_bond *bond = part;

    if (bond->miimon.freq)
        doc_clear(&interface_bond_arpmon_layout, &bond->arpmon);
    bond->miimon.downdelay = MAX(bond->miimon.downdelay, 0);
    bond->miimon.updelay = MAX(bond->miimon.updelay, 0);
    for (size_t i = 0; i < bond->n_interfaces; i++) {
        if (check_type(bond->interfaces[i].type, TYPE(ETHERNET), call) < 0)
            return -1;
    }
    return 0;
}
