/* A client of the daemon: what it has opened, who it is, what it has asked for. */
#pragma once

#include <corral/corral.h>

#include "core/rpc/server.h"

struct daemon;
struct daemon_stream;

struct daemon_client {
    struct server_client *peer; /* which holds this one */
    gboolean readonly;
    struct rpc_peer identity; /* of a Unix socket's other end */
    gboolean local;

    lock_t lock;        /* guards the rest */
    gboolean trusted;   /* it has said who it is */
    virConnectPtr conn; /* NULL before it opens one, and after it closes it */
    GPtrArray *callbacks;
    struct daemon_stream *streams;
};

extern const struct server_handler daemon_handler;

/* What it has opened, held; NULL with an error. */
virConnectPtr daemon_client_connection(struct daemon_client *client);

/* Sends a frame: header, then a message of that wire type. Nothing happens when the client has
 * gone; what cannot be written becomes an error where it is an answer. */
struct rpc_header;
void daemon_client_send(struct daemon_client *client, const struct rpc_header *header,
                        unsigned int type, const void *message, const int *fds, int n_fds);
/* The thread's last error as the answer. */
void daemon_client_send_error(struct daemon_client *client, const struct rpc_header *header);

/* Ends what it has opened, and everything of it. */
void daemon_client_disconnect(struct daemon_client *client);
