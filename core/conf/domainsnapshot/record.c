/* A snapshot that is to be taken says less than the record of one: the moment and the guest are
 * not its own to choose, so what the document has of them is not even looked at. */
#include "core/conf/domainsnapshot/hooks.h"
#include "conf/domainsnapshot_doc.h"

#include <corral/corral.h>
#include <libxml/tree.h>

char domainsnapshot_to_be_taken[] = "new snapshot";
char domainsnapshot_redefined[] = "redefined snapshot";

static xmlNode *find_child(const xmlNode *node, const char *name)
{
    xmlNode *child = node->children;

    while (child &&
           (child->type != XML_ELEMENT_NODE || !xmlStrEqual(child->name, (const xmlChar *)name)))
        child = child->next;
    return child;
}

int domainsnapshot_hook_snapshot_request(void *part, const struct doc_call *call)
{
    static const char *const of_records[] = {"state",  "parent",         "creationTime",
                                             "domain", "inactiveDomain", NULL};

    (void)part;
    if (call->ctx->opaque != domainsnapshot_to_be_taken)
        return 0;
    for (const char *const *name = of_records; *name; name++) {
        for (xmlNode *child; (child = find_child(call->node, *name));) {
            xmlUnlinkNode(child);
            xmlFreeNode(child);
        }
    }
    return 0;
}

static int refuse(const struct doc_call *call, int code, const char *text)
{
    doc_error(call, code, "%s", text);
    return -1;
}

/* Everything before the disks, since a record without these says nothing about any disk. */
int domainsnapshot_hook_snapshot_record(void *part, const struct doc_call *call)
{
    const struct domainsnapshot *def = part;
    const xmlNode *state = find_child(call->node, "state");

    if (call->ctx->opaque != domainsnapshot_redefined)
        return 0;
    if (!def->name)
        return refuse(call, VIR_ERR_XML_ERROR, "a redefined snapshot must have a name");
    if (!def->creation_time)
        return refuse(call, VIR_ERR_INTERNAL_ERROR, "missing creationTime from existing snapshot");
    if (!state || !state->children)
        return refuse(call, VIR_ERR_XML_ERROR, "missing state from existing snapshot");
    if (!def->state)
        return refuse(call, VIR_ERR_CONFIG_UNSUPPORTED, "Invalid state in domain snapshot XML");
    return 0;
}
