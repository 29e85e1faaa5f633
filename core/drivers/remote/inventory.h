/* What a daemon has, as far as its events tell how that changes. */
#pragma once

#include <corral/corral.h>
#include <glib.h>

#include "core/base/uuid.h"

struct inventory;

struct inventory_item {
    int object; /* corralGapObject */
    char *name;
    gboolean has_uuid;
    unsigned char uuid[UUID_BYTES];
    int state; /* virDomainState, or whether it is active */
    gboolean persistent;
};

/* An item's name or UUID, whichever does not change. */
struct inventory_key {
    int object;
    const char *name;
    const unsigned char *uuid; /* NULL: the name is it */
};

/* What a daemon has; NULL with an error when the connection broke meanwhile. */
struct inventory *inventory_ask(virConnectPtr conn);
void inventory_free(struct inventory *inventory); /* NULL is fine */

/* An event of the object's own kind of lifecycle has come. */
void inventory_event(struct inventory *inventory, const struct inventory_key *key, int event);

/* What differs in those kinds (a bit for each corralGapObject), as an array of corralGapChange: it
 * borrows from both, and from `texts`, which gets the strings made for it. */
GArray *inventory_compare(const struct inventory *before, const struct inventory *after,
                          unsigned int kinds, GStringChunk *texts);
