/* One call of a client, from its arguments to its answer. */
#pragma once

#include <corral/corral.h>

#include "core/object/error.h"
#include "core/object/object.h"
#include "core/object/stream.h"
#include "core/rpc/codec.h"
#include "core/rpc/message.h"
#include "core/rpc/socket.h"

struct access_rights;
struct daemon_client;
struct wire_procedure;

struct dispatch_call {
    struct daemon_client *client;
    virConnectPtr conn; /* what the client has opened; held */
    const struct wire_procedure *procedure;
    struct access_rights *rights; /* held; NULL for who may do everything */
    struct rpc_header header;
    gint64 began;        /* monotonic */
    virStreamPtr stream; /* of calls that open one */
    const int *fds;      /* that came along */
    int n_fds;
    int out_fds[RPC_FDS_MAX]; /* to go with the answer, which owns them */
    int n_out_fds;
    GPtrArray *kept;                           /* objects that the answer points into */
    gboolean later;                            /* somebody else answers */
    void (*after)(struct dispatch_call *call); /* once the answer is on its way; NULL: nothing */
};

/* Fills `answer`; -1 with an error. */
typedef int (*dispatch_function)(struct dispatch_call *call, const void *message, void *answer);

/* NULL for what the daemon does not have. */
dispatch_function dispatch_find(guint32 program, gint32 procedure);

/* The reference is the call's from now on, until the answer has been written. */
void dispatch_keep(struct dispatch_call *call, struct object *object);
/* The same for a list, array and all. With `filtered` those that the client may not know of leave
 * it. How many are left. */
int dispatch_keep_list(struct dispatch_call *call, struct object **objects, int n,
                       gboolean filtered);

/* -1 with an error when the client has room for more than a message takes, in all rows together, or
 * for less than nothing. */
int dispatch_check_room(const char *function, gint64 room, gint64 rows, gint64 max);

/* An array of structs becomes pointers to structs, as the wire has them. */
#define DISPATCH_GIVE_VALUES(to, count, from, n)                                                   \
    do {                                                                                           \
        (to) = g_malloc0_n(MAX((n), 1), sizeof(*(to)));                                            \
        for ((count) = 0; (count) < (unsigned int)(n); (count)++)                                  \
            (to)[count] = g_memdup2(&(from)[count], sizeof(*(from)));                              \
        g_free(from);                                                                              \
    } while (0)
