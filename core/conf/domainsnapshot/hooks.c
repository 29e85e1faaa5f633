/* What the table of this kind cannot say. */
#include "core/conf/domainsnapshot/hooks.h"

#include "conf/domainsnapshot_doc.h"

const struct domainsnapshot_hooks domainsnapshot_hooks = {
    .snapshot_disk = domainsnapshot_hook_snapshot_disk,
    .snapshot_memory = domainsnapshot_hook_snapshot_memory,
};
