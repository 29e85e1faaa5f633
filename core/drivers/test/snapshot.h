/* Snapshots of guests. */
#pragma once

#include "conf/domainsnapshot_doc.h"
#include "core/drivers/test/moment.h"

extern const struct moment_kind snapshot_kind;

static inline struct domainsnapshot *snapshot_doc(const struct moment *moment)
{
    return moment->doc;
}

/* The snapshot that the object stands for; NULL with an error. With the world's lock held. */
struct moment *snapshot_find(struct guest *guest, virDomainSnapshotPtr snapshot);
/* Of a node description; makes it the current one when the document says so. */
int snapshot_load(struct guest *guest, const char *xml);

/* The world and the snapshot of a call, with the lock held to the end of the scope. */
#define WITH_SNAPSHOT(snapshot, failure)                                                           \
    WITH_GUEST((snapshot)->parent, failure);                                                       \
    struct moment *moment = snapshot_find(guest, (snapshot));                                      \
    if (!moment)                                                                                   \
    return failure
