/* Bytes from a peer, cut into frames: a length word and as many bytes as it says. Nothing is
 * allocated for what a peer only announces: the buffer grows with what has arrived. */
#pragma once

#include "core/rpc/message.h"
#include "core/rpc/socket.h"

struct rpc_inbox {
    guint8 *data;
    size_t size;
    size_t start; /* of what has not been handed out */
    size_t end;
};

void rpc_inbox_clear(struct rpc_inbox *inbox);

enum rpc_fill {
    RPC_FILL_SOME,
    RPC_FILL_NOTHING, /* nothing there just now */
    RPC_FILL_END,     /* the peer has closed */
    RPC_FILL_ERROR,   /* errno */
};

/* Reads what is there, once. Frames handed out before are invalid then. */
enum rpc_fill rpc_inbox_fill(struct rpc_inbox *inbox, struct rpc_socket *socket);

/* The next complete frame, header and payload without the length word; valid until the next fill.
 * One that brings descriptors is complete when the bytes that carry them are there, and `ret_fds`
 * is how many. 1, 0 when it is not all there, -1 (EMSGSIZE) for a length, or a number of
 * descriptors, that no message has; `ret_size` is that number then. */
int rpc_inbox_next(struct rpc_inbox *inbox, guint8 **ret_frame, size_t *ret_size, int *ret_fds);

/* Whether bytes wait that have not been handed out. */
static inline gboolean rpc_inbox_pending(const struct rpc_inbox *inbox)
{
    return inbox->end > inbox->start;
}
