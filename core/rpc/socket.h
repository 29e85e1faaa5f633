/* A connected descriptor that carries messages: as it is, or under a layer (TLS, SASL). Knows
 * neither messages nor calls.
 *
 * The descriptor is never waited on here: read and write do what is possible at once. Descriptors
 * that travel with the bytes of a Unix socket are collected in the order they come. */
#pragma once

#include <glib.h>
#include <sys/types.h>

#include "core/base/export.h"

/* How many descriptors one message may bring along. */
#define RPC_FDS_MAX 32

/* What stands between the descriptor and the messages. read and write are as the system's, EAGAIN
 * included, on the descriptor that the layer was made with. */
struct rpc_layer {
    const struct rpc_layer_class *klass;
};

struct rpc_layer_class {
    ssize_t (*read)(struct rpc_layer *layer, void *buffer, size_t size);
    ssize_t (*write)(struct rpc_layer *layer, const void *bytes, size_t size);
    /* Bytes that are in the layer already: the descriptor will not become readable for them. */
    gboolean (*pending)(struct rpc_layer *layer);
    void (*free)(struct rpc_layer *layer);
    /* What made reading or writing fail, where errno does not tell; may be NULL, and answer so. */
    const char *(*problem)(struct rpc_layer *layer);
};

struct rpc_socket {
    int fd;                  /* owned; -1 once closed */
    gboolean local;          /* a Unix socket: descriptors may be passed, credentials asked for */
    struct rpc_layer *layer; /* NULL: plain */
    int fds[RPC_FDS_MAX];    /* received and not taken yet, oldest first */
    int n_fds;
};

/* Takes the descriptor over and makes it non-blocking and close-on-exec. */
void rpc_socket_init(struct rpc_socket *socket, int fd);
/* Closes everything; fine to do twice. */
void rpc_socket_close(struct rpc_socket *socket);

/* From now on everything goes through `layer`, which the socket owns then. A second one is put on
 * top of the first by whoever makes it: the layer below is handed to it. */
CORRAL_PRIVATE void rpc_socket_set_layer(struct rpc_socket *socket, struct rpc_layer *layer);

/* As read(2) and write(2): 0 from reading is the end, -1 with errno. Descriptors beyond
 * RPC_FDS_MAX make reading fail with EMSGSIZE. */
ssize_t rpc_socket_read(struct rpc_socket *socket, void *buffer, size_t size);
ssize_t rpc_socket_write(struct rpc_socket *socket, const void *bytes, size_t size);
gboolean rpc_socket_pending(struct rpc_socket *socket);
/* Why the last of them failed with `error`; the socket's. */
const char *rpc_socket_problem(struct rpc_socket *socket, int error);
/* What the layer knows of an end; NULL for nothing. */
const char *rpc_socket_excuse(struct rpc_socket *socket);

/* Sends one descriptor with the single byte that carries it in the field's protocol; 0 or -1. */
int rpc_socket_send_fd(struct rpc_socket *socket, int fd);
/* The oldest descriptors received, which are the caller's then; FALSE when there are not `n`. */
gboolean rpc_socket_take_fds(struct rpc_socket *socket, int *fds, int n);

/* Who is at the other end of a Unix socket; FALSE for others. */
struct rpc_peer {
    pid_t pid;
    uid_t uid;
    gid_t gid;
};
CORRAL_PRIVATE gboolean rpc_socket_peer(const struct rpc_socket *socket, struct rpc_peer *ret_peer);
