/* Names and places that follow from each other. */
#include "core/conf/storagepool/hooks.h"
#include "conf/storagepool_doc.h"

#include <corral/corral.h>

/* Types whose volumes lie in something that has a name of its own. */
static bool names_its_source(enum storagepool_type type)
{
    return type == STORAGEPOOL_TYPE_LOGICAL || type == STORAGEPOOL_TYPE_ZFS ||
           type == STORAGEPOOL_TYPE_VSTORAGE || type == STORAGEPOOL_TYPE_GLUSTER ||
           type == STORAGEPOOL_TYPE_SHEEPDOG;
}

static int set_names(struct storagepool *def, const struct doc_call *call)
{
    if (!def->name)
        def->name = g_strdup(def->source.name);
    if (!def->name) {
        doc_error(call, VIR_ERR_XML_ERROR, "missing pool source name element");
        return -1;
    }
    /* The name becomes a file name. */
    if (strchr(def->name, '/')) {
        doc_error(call, VIR_ERR_XML_ERROR, "name %s cannot contain '/'", def->name);
        return -1;
    }
    if (names_its_source(def->type) && !def->source.name)
        def->source.name = g_strdup(def->name);
    return 0;
}

/* Some types have a place of their own, whatever the document says. */
static void set_path(struct storagepool *def)
{
    const char *folder = def->type == STORAGEPOOL_TYPE_LOGICAL ? "/dev"
                         : def->type == STORAGEPOOL_TYPE_ZFS   ? "/dev/zvol"
                                                               : NULL;

    if (def->type == STORAGEPOOL_TYPE_GLUSTER && !def->source.dir.path)
        def->source.dir.path = g_strdup("/");
    if (!folder)
        return;
    g_free(def->target.path);
    def->target.path = g_strdup_printf("%s/%s", folder, def->source.name);
}

int storagepool_hook_pool(void *part, const struct doc_call *call)
{
    struct storagepool *def = part;

    if (set_names(def, call) < 0)
        return -1;
    set_path(def);
    return 0;
}
