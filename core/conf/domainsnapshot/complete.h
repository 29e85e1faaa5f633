/* A snapshot's document says little; the guest, the time and the caller's flags say the rest. */
#pragma once

#include "conf/domainsnapshot_doc.h"

enum snapshot_flags {
    SNAPSHOT_REDEFINE = 1 << 0,  /* the document describes one that was there before */
    SNAPSHOT_DISK_ONLY = 1 << 1, /* no memory, and the disks in files of their own */
};

/* Fills in name, time, state, memory, disks and the guest's definition. A new snapshot gets no
 * parent here: that is the one its driver calls current. -1 with an error, and then `def` is only
 * good for freeing. */
int snapshot_complete(struct domainsnapshot *def, const struct domain *guest,
                      enum domainsnapshot_state state, unsigned flags, long long now);

/* disks.c: one entry for every disk of `guest`, in its order. `strict` refuses other modes. */
int snapshot_align_disks(struct domainsnapshot *def, const struct domain *guest,
                         enum domainsnapshot_disks_disks_snapshot mode, bool strict);
