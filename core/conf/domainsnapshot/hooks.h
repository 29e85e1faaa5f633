/* Hooks of the domainsnapshot documents, one file each. */
#pragma once

#include "core/conf/doc/doc.h"

/* As doc_context.opaque: the snapshot is yet to be taken, or it is the record of one. */
extern char domainsnapshot_to_be_taken[], domainsnapshot_redefined[];

int domainsnapshot_hook_snapshot_request(void *part, const struct doc_call *call);
int domainsnapshot_hook_snapshot_record(void *part, const struct doc_call *call);
int domainsnapshot_hook_snapshot_disks(void *part, const struct doc_call *call);
int domainsnapshot_hook_snapshot_disk(void *part, const struct doc_call *call);
int domainsnapshot_hook_snapshot_memory(void *part, const struct doc_call *call);
