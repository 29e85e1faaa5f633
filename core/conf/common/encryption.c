#include "core/conf/common/hooks.h"
#include "conf/common_doc.h"

#include <corral/corral.h>

static int refuse(const struct doc_call *call, const char *text)
{
    doc_error(call, VIR_ERR_XML_ERROR, "%s", text);
    return -1;
}

/* Words that are unknown and words that are missing have errors of different kinds. */
int common_hook_encryption(void *part, const struct doc_call *call)
{
    const struct common_encryption *encryption = part;

    if (!encryption->format)
        return refuse(call, "unknown volume encryption format");
    for (size_t i = 0; i < encryption->n_secrets; i++) {
        if (!encryption->secrets[i].type)
            return refuse(call, "unknown volume encryption secret type");
    }
    if (encryption->ivgen.name && !encryption->cipher.name)
        return refuse(call, "ivgen element found, but cipher is missing");
    return 0;
}
