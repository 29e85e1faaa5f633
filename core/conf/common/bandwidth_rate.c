#include "core/conf/common/hooks.h"
#include "conf/common_doc.h"

#include <corral/corral.h>
#include <libxml/tree.h>

static bool given(const struct doc_call *call, const char *name)
{
    return xmlHasProp(call->node, (const xmlChar *)name);
}

/* Zero is a rate that was given, so what counts is what the element says. */
int common_hook_bandwidth_rate(void *part, const struct doc_call *call)
{
    struct common_rate *rate = part;

    if (!given(call, "average") && !given(call, "floor")) {
        doc_error(call, VIR_ERR_XML_DETAIL, "Missing mandatory average or floor attributes");
        return -1;
    }
    if (!given(call, "average") && (given(call, "peak") || given(call, "burst"))) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "'peak' and 'burst' require 'average' attribute");
        return -1;
    }
    if (given(call, "floor") && xmlStrEqual(call->node->name, (const xmlChar *)"outbound")) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "'floor' attribute allowed only in <inbound> element");
        return -1;
    }
    /* Peak and burst mean nothing without a rate. */
    if (!rate->average)
        rate->peak = rate->burst = 0;
    return 0;
}
