/* Hooks of the domainbackup documents. */
#pragma once

#include "core/conf/doc/doc.h"

int domainbackup_hook_backup_disk(void *part, const struct doc_call *call);
int domainbackup_hook_validate(void *part, const struct doc_call *call);
