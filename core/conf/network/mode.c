/* What each way of forwarding needs and forbids. */
#include "core/conf/network/hooks.h"
#include "conf/network_doc.h"

#include <corral/corral.h>

static int refuse(const struct network *def, const struct doc_call *call, const char *text)
{
    const char *mode = doc_word(&network_forward_mode_words, def->forward.mode);

    doc_error(call, VIR_ERR_XML_ERROR, "%s in %s mode (network '%s')", text,
              mode ? mode : "isolated", def->name);
    return -1;
}

/* What a network may use to reach others, interfaces or functions on a bus. */
static size_t count_ways(const struct network *def)
{
    return MAX(def->forward.n_interfaces, def->forward.n_addresses);
}

/* The host routes these networks itself, so it needs an address in them. */
static int check_routed(const struct network *def, const struct doc_call *call)
{
    if (def->n_ips == 0) {
        doc_error(call, VIR_ERR_XML_ERROR,
                  "%s forwarding requested, but no IP address provided for network '%s'",
                  doc_word(&network_forward_mode_words, def->forward.mode), def->name);
        return -1;
    }
    if (def->forward.mode == NETWORK_FORWARD_MODE_OPEN && count_ways(def) > 0)
        return refuse(def, call, "forward dev not allowed");
    if (count_ways(def) > 1)
        return refuse(def, call, "multiple forwarding interfaces specified, only one is supported");
    return 0;
}

/* Nothing of these networks is made by the host: no bridge of its own to set up. */
static int check_foreign(const struct network *def, const struct doc_call *call)
{
    const struct network_bridge *bridge = &def->bridge;

    if (bridge->stp || bridge->delay || bridge->zone)
        return refuse(def, call,
                      "bridge delay/stp/zone options only allowed in route, nat, and "
                      "isolated mode, not");
    if (def->mtu.size)
        return refuse(def, call,
                      "mtu size only allowed in open, route, nat, and isolated mode, "
                      "not");
    return 0;
}

static int check_bridge(const struct network *def, const struct doc_call *call)
{
    if (def->bridge.name && count_ways(def) + def->forward.n_pfs > 0)
        return refuse(def, call, "a bridge name or a forward dev can be specified, but not both,");
    return check_foreign(def, call);
}

static int check_passed_on(const struct network *def, const struct doc_call *call)
{
    if (def->bridge.name)
        return refuse(def, call, "bridge name not allowed");
    if (def->bridge.mac_table_manager)
        return refuse(def, call, "bridge macTableManager setting not allowed");
    return check_foreign(def, call);
}

int network_check_mode(const struct network *def, const struct doc_call *call)
{
    switch (def->forward.mode) {
    case NETWORK_FORWARD_MODE_NAT:
    case NETWORK_FORWARD_MODE_ROUTE:
    case NETWORK_FORWARD_MODE_OPEN:
        return check_routed(def, call);
    case NETWORK_FORWARD_MODE_BRIDGE:
        return check_bridge(def, call);
    case NETWORK_FORWARD_MODE_PRIVATE:
    case NETWORK_FORWARD_MODE_VEPA:
    case NETWORK_FORWARD_MODE_PASSTHROUGH:
    case NETWORK_FORWARD_MODE_HOSTDEV:
        return check_passed_on(def, call);
    default:
        return 0;
    }
}
