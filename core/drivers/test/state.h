/* A world of the test driver: all there is behind a test:/// connection, in memory. test:///default
 * is one world per process; each connection to a file has a world of its own. */
#pragma once

#include "core/base/lock.h"
#include "core/conf/objlist.h"
#include "core/object/connect.h"
#include "core/object/flags.h"

struct faults;
struct logins;

struct world {
    int refs;
    lock_t lock; /* guards everything below; held briefly, never across a wait or a callback */
    GPtrArray *connections; /* who gets the events; not references */
    virNodeInfo node;
    unsigned int cells; /* whose memory is known: all, or none in a description's world */
    unsigned long long *huge_pages; /* in reserve, by cell and size, cells.h; NULL: none ever */
    struct {
        unsigned int pages_to_scan, sleep, across;
    } merging; /* of equal pages, host_memory.c */
    int next_id;
    unsigned int serial;     /* tells worlds apart; never changes */
    char *path;              /* of its description; NULL: test:///default */
    cond_t changed;          /* jobs have; with `lock` */
    unsigned int job_serial; /* of the last job, jobs.h */
    struct alarm *alarm;     /* alarm.h; NULL: no job yet */
    GHashTable *arrivals;    /* definitions on their way here, migrate_in.c; NULL: none */
    struct objlist guests;   /* struct guest, domain.h */
    struct objlist networks; /* struct net, network.h */
    struct objlist pools;    /* struct pool, storage.h */
    struct objlist hostifs;  /* struct hostif, hostif.h */
    struct objlist devices;  /* struct host_device, nodedev.h */
    struct objlist secrets;  /* struct secret_item, secret.h */
    struct objlist filters;  /* struct filter, nwfilter.h */
    struct objlist bindings; /* struct binding, nwfilter.h */
    GPtrArray
        *hostifs_before; /* definitions to go back to, hostif_change.c; NULL: no change is on */
    struct faults
        *faults; /* what calls are to suffer, fault.h; stays as it is from the opening on */
    struct logins *logins; /* who may connect, login.h; the same */
    GPtrArray *pipes;      /* struct pipe, to be finished when the lock is let go of */
};

/* world_guard(world): the lock to the end of the scope, for calls that may end a guest's run. Who
 * reads from what has ended is told afterwards. */
struct pipe;
void world_end_pipe(struct world *world, struct pipe *pipe); /* takes the reference over */
void world_unlock(struct world *world);
typedef struct world *world_guard_t;
static inline void world_guard_drop(world_guard_t *guard)
{
    world_unlock(*guard);
}
#define world_guard(world)                                                                         \
    __attribute__((cleanup(world_guard_drop), unused)) world_guard_t G_PASTE(guard_, __LINE__) =   \
        (lock_take(&(world)->lock), (world))

static inline struct world *world_of(virConnectPtr conn)
{
    return conn->data.hypervisor;
}

/* test:///default: made on first use, gone with its last connection. */
struct world *world_default(void);
/* From a node description; NULL with an error. */
struct world *world_from_file(const char *path);
void world_unref(struct world *world);
/* The world behind a URI that this process has open, with a reference; NULL with an error. */
struct world *world_open_elsewhere(const char *uri);

/* From now on the connection gets the world's events, until world_leave(). */
void world_join(struct world *world, virConnectPtr conn);
void world_leave(struct world *world, virConnectPtr conn);

/* Hands an event to every connection of the world that listens; takes the reference over. Called
 * with the world's lock held, so that events come in the order of what happened; delivery is the
 * event loop's. */
void world_push(struct world *world, struct event *event);
/* Whether anybody listens, with the world's lock held: spares making an event. */
gboolean world_listens(struct world *world);

/* See flags_check_for(). */
static inline int flags_check(unsigned int flags, unsigned int supported, const char *function)
{
    return flags_check_for(VIR_FROM_TEST, flags, supported, function);
}
