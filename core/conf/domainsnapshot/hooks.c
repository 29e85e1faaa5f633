/* What the table of this kind cannot say. */
#include "core/conf/domainsnapshot/hooks.h"

#include "conf/domainsnapshot_doc.h"

const struct domainsnapshot_hooks domainsnapshot_hooks = {
    .snapshot_request = domainsnapshot_hook_snapshot_request,
    .snapshot_record = domainsnapshot_hook_snapshot_record,
    .snapshot_disks = domainsnapshot_hook_snapshot_disks,
    .snapshot_disk = domainsnapshot_hook_snapshot_disk,
    .snapshot_memory = domainsnapshot_hook_snapshot_memory,
};
