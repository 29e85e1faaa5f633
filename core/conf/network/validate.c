#include "core/conf/network/hooks.h"
#include "conf/network_doc.h"

#include <corral/corral.h>

/* Guaranteed traffic is a matter of single interfaces. */
static int check_bandwidth(const struct common_bandwidth *bandwidth, const struct doc_call *call)
{
    if (!bandwidth || !bandwidth->inbound.floor)
        return 0;
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
              "floor attribute is not supported for this config, only for guests' interfaces");
    return -1;
}

static int check_names(const struct network *def, const struct doc_call *call)
{
    /* The name becomes a file name. */
    if (strchr(def->name, '/')) {
        doc_error(call, VIR_ERR_XML_DETAIL, "name %s cannot contain '/'", def->name);
        return -1;
    }
    if (def->mac.address && strchr("13579bdf", def->mac.address[1])) {
        doc_error(call, VIR_ERR_XML_ERROR, "Invalid multicast bridge mac address '%s'",
                  def->mac.address);
        return -1;
    }
    return 0;
}

int network_hook_virtualport(void *part, const struct doc_call *call)
{
    const struct network_virtualport *port = part;

    if (port->type)
        return 0;
    doc_error(call, VIR_ERR_XML_ERROR, "missing required virtualport type");
    return -1;
}

int network_hook_validate(void *part, const struct doc_call *call)
{
    const struct network *def = part;

    if (check_names(def, call) < 0 || check_bandwidth(def->bandwidth, call) < 0)
        return -1;
    for (size_t i = 0; i < def->n_portgroups; i++) {
        if (check_bandwidth(def->portgroups[i].bandwidth, call) < 0)
            return -1;
    }
    if (network_check_addresses(def, call) < 0 || network_check_routes(def, call) < 0)
        return -1;
    return network_check_mode(def, call);
}
