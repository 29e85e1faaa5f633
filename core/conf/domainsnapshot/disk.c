#include "core/conf/domainsnapshot/hooks.h"
#include "conf/domainsnapshot_doc.h"

#include <corral/corral.h>
#include <libxml/tree.h>

typedef struct domainsnapshot_disks_disks disk_def;

#define TYPE(name) (1u << DOMAINSNAPSHOT_DISKS_DISKS_TYPE_##name)

static int check_place(const disk_def *disk, const struct doc_call *call)
{
    const char *path = disk->source.file ? disk->source.file : disk->source.dev;

    if (TYPE(VOLUME) >> disk->type & 1) {
        doc_error(call, VIR_ERR_XML_ERROR, "unsupported disk snapshot type '%s'",
                  doc_word(&domainsnapshot_disks_disks_type_words, disk->type));
        return -1;
    }
    if (path && *path != '/') {
        doc_error(call, VIR_ERR_XML_ERROR, "disk snapshot image path '%s' must be absolute", path);
        return -1;
    }
    return 0;
}

/* Whatever is listed is a disk, and needs a name. */
int domainsnapshot_hook_snapshot_disks(void *part, const struct doc_call *call)
{
    (void)part;
    for (xmlNode *node = call->node->children; node; node = node->next) {
        struct doc_call here = {call->ctx, call->flags, node};

        if (node->type != XML_ELEMENT_NODE || xmlHasProp(node, (const xmlChar *)"name"))
            continue;
        doc_error(&here, VIR_ERR_INTERNAL_ERROR, "missing name from disk snapshot element '%s'",
                  (const char *)node->name);
        return -1;
    }
    return 0;
}

/* A place for what is written from now on is said only where there is one. */
int domainsnapshot_hook_snapshot_disk(void *part, const struct doc_call *call)
{
    static const struct domainsnapshot_disks_disks_source nowhere;
    disk_def *disk = part;
    bool placed = !doc_equal(&domainsnapshot_disks_disks_source_layout, &disk->source, &nowhere);

    if (check_place(disk, call) < 0)
        return -1;
    if (!disk->snapshot && (placed || disk->driver.type))
        disk->snapshot = DOMAINSNAPSHOT_DISKS_DISKS_SNAPSHOT_EXTERNAL;
    if (disk->snapshot == DOMAINSNAPSHOT_DISKS_DISKS_SNAPSHOT_EXTERNAL)
        return 0;
    if (placed) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "file '%s' for disk '%s' requires use of external snapshot mode",
                  disk->source.file ? disk->source.file : "", disk->name);
        return -1;
    }
    if (!disk->driver.type)
        disk->type = 0;
    return 0;
}
