#include "core/conf/secret/hooks.h"
#include "conf/secret_doc.h"

#include <corral/corral.h>
#include <libxml/tree.h>

/* "none" is a type, nothing is not. */
int secret_hook_usage(void *part, const struct doc_call *call)
{
    const struct secret_usage *usage = part;
    xmlChar *text = xmlGetNoNsProp(call->node, (const xmlChar *)"type");
    bool given = text && *text;

    xmlFree(text);
    if (usage->type || given)
        return 0;
    doc_error(call, VIR_ERR_XML_ERROR, "unknown secret usage type");
    return -1;
}
