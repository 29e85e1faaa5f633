#include "core/conf/domainsnapshot/hooks.h"
#include "conf/domainsnapshot_doc.h"

#include <corral/corral.h>

typedef struct domainsnapshot_disks_disks disk_def;

/* A place for what is written from now on is said only where there is one. */
int domainsnapshot_hook_snapshot_disk(void *part, const struct doc_call *call)
{
    static const struct domainsnapshot_disks_disks_source nowhere;
    disk_def *disk = part;
    bool placed = !doc_equal(&domainsnapshot_disks_disks_source_layout, &disk->source, &nowhere);

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
    disk->type = 0;
    return 0;
}
