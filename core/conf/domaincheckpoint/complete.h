/* A checkpoint's document says little; the guest and the time say the rest. */
#pragma once

#include "conf/domaincheckpoint_doc.h"

/* Fills in name, time, disks and the guest's definition. A new checkpoint gets no parent here:
 * that is the one its driver calls current. A redefined one keeps what the document says. -1 with
 * an error, and then `def` is only good for freeing. */
int checkpoint_complete(struct domaincheckpoint *def, const struct domain *guest, bool redefine,
                        long long now);
