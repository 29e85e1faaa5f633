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
/* What is on disk, at the host's beginning. */
void definitions_load(struct qemu_host *host);
