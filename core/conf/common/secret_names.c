#include "core/conf/common/hooks.h"
#include "conf/common_doc.h"

#include <corral/corral.h>

/* A secret has two names; a reference uses one of them. */
int common_hook_secret_names(void *part, const struct doc_call *call)
{
    const struct common_secret_names *secret = part;

    if (!secret->uuid && !secret->usage) {
        doc_error(call, VIR_ERR_XML_ERROR, "missing secret uuid or usage attribute");
        return -1;
    }
    if (secret->uuid && secret->usage) {
        doc_error(call, VIR_ERR_XML_ERROR, "either secret uuid or usage expected, not both");
        return -1;
    }
    return 0;
}
