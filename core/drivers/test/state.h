/* A world of the test driver: all there is behind a test:/// connection, in memory. test:///default is one
 * world per process; each connection to a file has a world of its own. */
#pragma once

#include "core/base/lock.h"
#include "core/conf/objlist.h"
#include "core/object/connect.h"

struct world {
    int refs;
    lock_t lock;            /* guards everything below; held briefly, never across a wait or a callback */
    GPtrArray *connections; /* who gets the events; not references */
    virNodeInfo node;
    int next_id;
    struct objlist guests;   /* struct guest, domain.h */
    struct objlist networks; /* struct net, network.h */
    struct objlist pools;    /* struct pool, storage.h */
};

static inline struct world *world_of(virConnectPtr conn)
{
    return conn->data.hypervisor;
}

/* test:///default: made on first use, gone with its last connection. */
struct world *world_default(void);
/* From a node description; NULL with an error. */
struct world *world_from_file(const char *path);
void world_unref(struct world *world);

/* Hands an event to every connection of the world that listens; takes the reference over. Needs no lock
 * held, and works with the world's lock held too: delivery is the event loop's. */
void world_push(struct world *world, struct event *event);

/* -1 with VIR_ERR_INVALID_ARG naming the flags and the function when there are others than `supported`. */
int flags_check(unsigned int flags, unsigned int supported, const char *function);
