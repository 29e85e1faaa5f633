/* What the table of this kind cannot say. */
#include "core/conf/domainbackup/hooks.h"

#include "conf/domainbackup_doc.h"

const struct domainbackup_hooks domainbackup_hooks = {
    .backup_disk = domainbackup_hook_backup_disk,
    .validate = domainbackup_hook_validate,
};
