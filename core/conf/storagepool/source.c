/* What stands in a source must be right even in a pool of a type that has no use for it: the same
 * source may come from a template for several types. */
#include "core/conf/storagepool/hooks.h"

#include <corral/corral.h>
#include <libxml/tree.h>
#include <string.h>

static const struct {
    const char *element, *attribute;
} needed[] = {
    {"device", "path"},
    {"host", "name"},
};

static int check_child(xmlNode *node, const struct doc_call *call)
{
    struct doc_call here = {call->ctx, call->flags, node};

    for (unsigned i = 0; i < G_N_ELEMENTS(needed); i++) {
        if (strcmp((const char *)node->name, needed[i].element) != 0 ||
            xmlHasProp(node, (const xmlChar *)needed[i].attribute))
            continue;
        doc_error(&here, VIR_ERR_XML_ERROR, "missing storage pool source %s %s", needed[i].element,
                  needed[i].attribute);
        return -1;
    }
    return 0;
}

int storagepool_hook_source(void *part, const struct doc_call *call)
{
    (void)part;
    if (strcmp((const char *)call->node->name, "source") != 0)
        return 0;
    for (xmlNode *node = call->node->children; node; node = node->next) {
        if (node->type == XML_ELEMENT_NODE && check_child(node, call) < 0)
            return -1;
    }
    return 0;
}
