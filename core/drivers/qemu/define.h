/* Definitions, and where they are kept. */
#pragma once

#include "core/drivers/qemu/job.h"

/* Reads a definition as this driver takes it; NULL with an error. No lock needed. */
struct domain *guest_parse(struct qemu_host *host, const char *xml, unsigned doc_flags);
/* Writes what the next start will use; without the lock: -1 with an error. */
int definition_store(struct qemu_host *host, const struct domain *doc);
/* Within a job whose guest's config has been changed: the copy that `edit` made is put in place
 * when it is on disk. Takes `doc` over. */
int definition_replace(struct job *job, struct domain *doc);
/* A job with the guest that the document is to be started as, made when there is none: -1 with an
 * error, also when it runs already. One that was made for nothing is gone again afterwards. */
int guest_begin_for(struct job *job, virConnectPtr conn, const struct domain *doc,
                    const char *function);
void guest_drop_empty(struct job *job);
/* What is on disk, at the host's beginning. */
void definitions_load(struct qemu_host *host);
