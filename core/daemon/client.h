/* A client of the daemon: what it has opened, who it is, what it has asked for. */
#pragma once

#include <corral/corral.h>

#include "core/daemon/access.h"
#include "core/rpc/server.h"

struct daemon;
struct daemon_service;
struct daemon_stream;
struct polkit_asked;
struct rpc_header;

struct daemon_client {
    struct server_client *peer; /* which holds this one */
    struct daemon *daemon;
    const struct daemon_service *service;
    gboolean readonly;
    gboolean local;

    /* the server's thread only */
    gint64 connected; /* monotonic */
    gint64 pinged;    /* the last time */
    int pings;        /* since it was heard */
    gboolean proving; /* we wait for it to prove who it is */

    gboolean trusted; /* with __atomic: it has proved who it is */

    lock_t lock; /* guards the rest */
    struct access_identity identity;
    gboolean delegated;           /* the identity is one that a privileged client has named */
    struct access_rights *rights; /* NULL until it is trusted */
    virConnectPtr conn;           /* NULL before it opens one, and after it closes it */
    GPtrArray *callbacks;
    struct daemon_stream *streams;
    void *auth; /* of a login that is under way; freed by auth_free */
    void (*auth_free)(void *auth);
    struct polkit_asked *asked; /* whether it may come in; NULL: polkit is not asked */
    GQueue heard;               /* events of which polkit is asked, in their order (hearing.c) */
};

extern const struct server_handler daemon_handler;

/* It is who `identity` says: what it may do follows. From any thread. Those who check certificates
 * and passwords fill client->identity.x509 or .sasl first, under the client's lock. */
void daemon_client_trust(struct daemon_client *client);
gboolean daemon_client_is_trusted(struct daemon_client *client);
/* The rights where they are not all of them, held; NULL for who may do everything. */
struct access_rights *daemon_client_rights(struct daemon_client *client);
/* The rules have changed. */
void daemon_client_judge_anew(struct daemon_client *client);
/* Who it is, for logs. */
char *daemon_client_name(struct daemon_client *client);
/* Closes it, with a reason for the log: a constant. */
void daemon_client_drop(struct daemon_client *client, const char *reason);

/* Hands the connection the client's identity. */
void daemon_client_identify(struct daemon_client *client, virConnectPtr conn);

/* What it has opened, held; NULL with an error. */
virConnectPtr daemon_client_connection(struct daemon_client *client);

/* A whole frame; -1 with an error. */
int daemon_client_write(GByteArray *bytes, const struct rpc_header *header, unsigned int type,
                        const void *message, int n_fds);
/* Sends a frame: header, then a message of that wire type. Nothing happens when the client has
 * gone; what cannot be written becomes an error where it is an answer. */
void daemon_client_send(struct daemon_client *client, const struct rpc_header *header,
                        unsigned int type, const void *message, const int *fds, int n_fds);
/* The thread's last error as the answer. */
void daemon_client_send_error(struct daemon_client *client, const struct rpc_header *header);

/* Ends what it has opened, and everything of it. */
void daemon_client_disconnect(struct daemon_client *client);
