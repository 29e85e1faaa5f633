#include "core/conf/storagevol/hooks.h"
#include "conf/storagevol_doc.h"

#include <corral/corral.h>
#include <libxml/tree.h>

/* A feature that nobody knows cannot be ignored: the image would lack it. */
int storagevol_hook_features(void *part, const struct doc_call *call)
{
    (void)part;
    for (const xmlNode *node = call->node->children; node; node = node->next) {
        const char *name = (const char *)node->name;

        if (node->type != XML_ELEMENT_NODE || !strcmp(name, "lazy_refcounts") ||
            !strcmp(name, "extended_l2"))
            continue;
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "unsupported feature %s", name);
        return -1;
    }
    return 0;
}
