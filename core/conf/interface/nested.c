/* Bridges and bonds are made of interfaces; what concerns the whole stands with the whole. */
#include "core/conf/interface/hooks.h"
#include "conf/interface_doc.h"

#include <corral/corral.h>
#include <libxml/tree.h>
#include <string.h>

#define TYPE(name) (1u << INTERFACE_TYPE_##name)

static void drop_own_settings(struct interface *nested)
{
    for (size_t i = 0; i < nested->n_protocols; i++)
        doc_clear(&interface_protocols_layout, &nested->protocols[i]);
    g_clear_pointer(&nested->protocols, g_free);
    nested->n_protocols = 0;
    memset(&nested->start, 0, sizeof(nested->start));
    memset(&nested->mtu, 0, sizeof(nested->mtu));
}

static int check_nested(struct interface *nested, size_t n, unsigned types,
                        const struct doc_call *call)
{
    for (size_t i = 0; i < n; i++) {
        if (!(types >> nested[i].type & 1)) {
            doc_error(call, VIR_ERR_XML_ERROR, "interface has unsupported type '%s'",
                      doc_word(&interface_type_words, nested[i].type));
            return -1;
        }
        drop_own_settings(&nested[i]);
    }
    return 0;
}

int interface_hook_bridge(void *part, const struct doc_call *call)
{
    struct interface_bridge *bridge = part;

    /* A bridge whose spanning tree is neither on nor off is read no further. */
    if (!bridge->stp && xmlHasProp(call->node, (const xmlChar *)"stp"))
        doc_clear(&interface_bridge_layout, bridge);
    return check_nested(bridge->interfaces, bridge->n_interfaces,
                        TYPE(ETHERNET) | TYPE(BOND) | TYPE(VLAN), call);
}

int interface_hook_bond(void *part, const struct doc_call *call)
{
    struct interface_bond *bond = part;

    if (bond->miimon.freq)
        doc_clear(&interface_bond_arpmon_layout, &bond->arpmon);
    bond->miimon.downdelay = MAX(bond->miimon.downdelay, 0);
    bond->miimon.updelay = MAX(bond->miimon.updelay, 0);
    return check_nested(bond->interfaces, bond->n_interfaces, TYPE(ETHERNET), call);
}
