/* Frames on their way to a peer, in order, with the descriptors that follow some of them. One
 * buffer takes small frames together, so answers to several calls leave in one write. */
#pragma once

#include "core/rpc/socket.h"

struct rpc_packet;

struct rpc_outbox {
    GQueue packets;    /* struct rpc_packet; the first is the one being written */
    GByteArray *spare; /* a buffer for the next packet */
    size_t bytes;      /* that wait */
};

void rpc_outbox_init(struct rpc_outbox *outbox);
void rpc_outbox_clear(struct rpc_outbox *outbox);

/* Where the next frame is to be appended: the buffer may hold others, a frame begins at its present
 * end. rpc_outbox_finish() or rpc_outbox_drop() ends it, with the length from before. */
GByteArray *rpc_outbox_begin(struct rpc_outbox *outbox);
/* The frame is complete; `fds` go behind it: copies are made, the caller keeps its own. -1 (errno)
 * when they cannot be copied, and then the frame is not sent. */
int rpc_outbox_finish(struct rpc_outbox *outbox, size_t before, const int *fds, int n_fds);
void rpc_outbox_drop(struct rpc_outbox *outbox, size_t before);

/* The same in pieces, for who writes without the lock that guards the outbox: the first packet is
 * taken out, written, and given back, whether it is finished or not. NULL when nothing waits. */
struct rpc_packet *rpc_outbox_take(struct rpc_outbox *outbox);
int rpc_packet_write(struct rpc_packet *packet, struct rpc_socket *socket);
void rpc_outbox_give_back(struct rpc_outbox *outbox, struct rpc_packet *packet);

/* Writes what the socket takes: 1 when all has gone, 0 when some waits, -1 with errno. */
int rpc_outbox_flush(struct rpc_outbox *outbox, struct rpc_socket *socket);

static inline gboolean rpc_outbox_empty(const struct rpc_outbox *outbox)
{
    return outbox->bytes == 0;
}
