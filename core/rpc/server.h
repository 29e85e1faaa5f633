/* The serving side of connections: listening sockets, clients, one thread that does all reading and
 * answers what takes no time, and workers for the rest. Knows neither procedures nor domains: what
 * a frame means is its handler's business.
 *
 * A client that asks for more than it may is not read from until it has caught up; it is never cut
 * off for that, and its silence meanwhile is ours. */
#pragma once

#include "core/base/export.h"
#include "core/base/lock.h"
#include "core/rpc/inbox.h"
#include "core/rpc/outbox.h"
#include "core/rpc/socket.h"
#include "core/rpc/workers.h"

struct server;
struct server_client;

struct server_limits {
    int clients;         /* beyond it, connections wait to be accepted */
    int anonymous;       /* of them, those that have not said who they are */
    int client_requests; /* of one client at once, with the workers */
    int workers_min;
    int workers_max;
};

/* A listening socket, and what its clients have in common. Stays the caller's, who keeps it until
 * the server has gone. */
struct server_service {
    const char *name;
    int fd;
    gboolean readonly;
    void *data; /* the handler's: how clients prove who they are */
};

/* All of it runs in the server's thread, without a lock held. */
struct server_handler {
    /* -1 to turn the client away. */
    int (*connected)(struct server_client *client);
    /* Header and payload, which may be written to; gone afterwards. The descriptors that came with
     * it are the handler's. FALSE: the client is to be closed. */
    gboolean (*frame)(struct server_client *client, guint8 *frame, size_t size, const int *fds,
                      int n_fds);
    /* After server_client_full() said so: there is room again. */
    void (*drained)(struct server_client *client);
    /* About once a second, for clients that server_client_set_ticking() was called for. */
    void (*tick)(struct server_client *client, gint64 now);
    /* Nothing is read or sent any more. References may still be held. */
    void (*closed)(struct server_client *client);
    /* With the last reference, in whatever thread. */
    void (*freed)(struct server_client *client);
};

struct server_client {
    /* for handlers to read */
    struct server *server;
    const struct server_service *service;
    guint64 id;   /* counted from 1 */
    void *data;   /* the handler's own */
    gint64 since; /* wall clock, seconds */
    struct rpc_socket socket;

    /* the server's thread only */
    struct rpc_inbox inbox;
    guint32 watched;  /* epoll's events */
    gboolean reading; /* it is not held back */
    gboolean ticking;
    gboolean anonymous;
    gint64 heard;       /* monotonic: when bytes came last, or reading began again */
    const char *reason; /* why it is closed, where that is not the client's doing; a constant */
    GList link;         /* in server->clients */

    lock_t lock; /* guards the rest */
    int refs;
    struct rpc_outbox outbox;
    gboolean collecting; /* the server's thread flushes when it has done all frames at hand */
    gboolean blocked;    /* the socket takes no more for now */
    gboolean closing;    /* once everything is sent */
    gboolean closed;
    gboolean queued; /* in server->woken */
    gboolean want_drained;
    int requests; /* with the workers */
};

/* NULL with an error. */
CORRAL_PRIVATE struct server *server_new(const struct server_limits *limits,
                                         const struct server_handler *handler, void *data);
CORRAL_PRIVATE void *server_data(struct server *server);
CORRAL_PRIVATE int server_add_service(struct server *server, struct server_service *service);
/* Begins to accept. -1 with an error when there is no thread for it. */
CORRAL_PRIVATE int server_start(struct server *server);
/* Accepts nobody any more; clients go on. */
CORRAL_PRIVATE void server_stop_accepting(struct server *server);
/* Waits for the jobs, closes all clients, ends the thread. NULL is fine. */
CORRAL_PRIVATE void server_free(struct server *server);

CORRAL_PRIVATE void server_set_limits(struct server *server, const struct server_limits *limits);
struct workers *server_workers(struct server *server);
/* Calls `each` for every client, in the server's thread or a caller's; they are held meanwhile. */
CORRAL_PRIVATE void server_each_client(struct server *server,
                                       void (*each)(struct server_client *, void *), void *data);

struct server_state {
    int clients;
    int anonymous;
    guint64 accepted; /* since the start */
    struct workers_state workers;
};
CORRAL_PRIVATE struct server_state server_state(struct server *server);
/* Whether the client has calls that run, or answers that wait to be sent. */
CORRAL_PRIVATE gboolean server_client_busy(struct server_client *client);

CORRAL_PRIVATE struct server_client *server_client_ref(struct server_client *client);
CORRAL_PRIVATE void server_client_unref(struct server_client *client);

/* From any thread. server_client_send() gives the buffer to append one frame to, with the client's
 * lock held until server_client_sent(), which takes the length from before; NULL when the client is
 * closed: there is nobody to tell. `fds` are copied. */
CORRAL_PRIVATE GByteArray *server_client_send(struct server_client *client);
CORRAL_PRIVATE void server_client_sent(struct server_client *client, size_t before, const int *fds,
                                       int n_fds);
/* Instead of server_client_sent(): nothing is to be sent after all. */
CORRAL_PRIVATE void server_client_unsend(struct server_client *client, size_t before);
/* Whether so much waits to be sent that a stream should pause; the handler's drained() is called
 * when that is over. */
CORRAL_PRIVATE gboolean server_client_full(struct server_client *client);

/* A job of the client for the workers, counted against its limit until `job` returns. The client is
 * held meanwhile. */
CORRAL_PRIVATE void server_client_run(struct server_client *client, worker_job job, void *data);
/* The same with threads of its own, for a job that waits for somebody outside: however many of those
 * are stuck, other clients' jobs go on. */
CORRAL_PRIVATE void server_client_run_apart(struct server_client *client, worker_job job,
                                            void *data);

/* Holds the client back as one of its requests would, and lets it go again: a stream of its has not
 * got rid of what it sent. */
CORRAL_PRIVATE void server_client_hold(struct server_client *client);
CORRAL_PRIVATE void server_client_let_go(struct server_client *client);

/* Closes the client as soon as what waits is sent, or at once. From any thread. */
CORRAL_PRIVATE void server_client_finish(struct server_client *client);
CORRAL_PRIVATE void server_client_close(struct server_client *client);

/* The server's thread only. */
CORRAL_PRIVATE void server_client_set_ticking(struct server_client *client, gboolean yes);
CORRAL_PRIVATE void server_client_identified(struct server_client *client);
