/* Hooks of the domainsnapshot documents, one file each. */
#pragma once

#include "core/conf/doc/doc.h"

int domainsnapshot_hook_snapshot_disk(void *part, const struct doc_call *call);
int domainsnapshot_hook_snapshot_memory(void *part, const struct doc_call *call);
