#include "core/conf/storagevol/hooks.h"
#include "conf/storagevol_doc.h"

#include <corral/corral.h>

/* A driver with real images can ask the one behind the volume, or the one to be copied, for its
 * capacity. */
int storagevol_hook_capacity(void *part, const struct doc_call *call)
{
    const struct storagevol *def = part;

    if (def->has_capacity || g_strcmp0(call->ctx->driver, "storage") == 0)
        return 0;
    doc_error(call, VIR_ERR_XML_ERROR, "missing capacity element");
    return -1;
}
