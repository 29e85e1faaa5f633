/* The calling side of a connection: calls that wait for their answers, events, streams, keepalive.
 * Knows neither procedures nor domains.
 *
 * One thread reads at a time. A caller that finds nobody reading does it: it hands other callers
 * their answers and queues events until its own answer is there, then passes the reading on to a
 * caller that still waits, else to the event loop. The loop sees one descriptor of ours, registered
 * once. Without a loop everything but keepalive and events works. */
#pragma once

#include "core/object/call.h"
#include "core/rpc/message.h"
#include "core/rpc/socket.h"

struct rpc_client;

struct rpc_client_handler {
    /* A frame of type RPC_MESSAGE, which may be written to; gone afterwards. Must do no more than
     * queue: the client's lock is held. */
    void (*event)(void *data, const struct rpc_header *header, guint8 *payload, size_t size);
    /* The connection has ended, for a virConnectCloseReason other than CLIENT; from the loop, once,
     * without a lock, and never after rpc_client_close(), which waits for it. */
    void (*closed)(void *data, int reason);
};

/* Takes the socket over, whatever it contains. NULL with an error. */
struct rpc_client *rpc_client_new(struct rpc_socket *socket,
                                  const struct rpc_client_handler *handler, void *data);
/* Ends the connection, and with it all that waits; then drops the caller's reference. */
void rpc_client_close(struct rpc_client *client);

/* Lets the event loop read when nobody else does; nothing happens when it does already. -1 with an
 * error without a loop. */
int rpc_client_use_loop(struct rpc_client *client);

/* -1 with an error in a child of the process that opened it, which may not even wait for a lock. */
int rpc_client_check_process(const struct rpc_client *client);

gboolean rpc_client_is_alive(struct rpc_client *client);

/* How the socket is secured; the caller sees to it that nobody is calling meanwhile. */
struct rpc_socket *rpc_client_socket(struct rpc_client *client);

/* Pings when nothing has been heard for `interval` seconds; `count` of them unanswered end the
 * connection. 0 seconds: never. -1 with an error without a loop. */
int rpc_client_keep_alive(struct rpc_client *client, int interval, unsigned int count);

struct rpc_stream;

struct rpc_request {
    guint32 program;
    guint32 version;
    gint32 procedure;
    unsigned int args_type; /* as wire_encode() takes it */
    const void *args;
    const int *fds; /* sent along, and stay the caller's */
    int n_fds;
    struct rpc_stream *stream; /* opened by the call */
};

struct rpc_result {
    unsigned int type; /* as wire_decode() takes it */
    void *value;
    int fds[RPC_FDS_MAX]; /* the caller's; room for as many as it expects */
    int n_fds;
};

/* Sends the request and waits for its answer; -1 with the peer's error or our own. Descriptors of
 * the answer go into `result`. What the value has borrowed is there until this thread's next call.
 */
int rpc_client_call(struct rpc_client *client, struct call *call, const struct rpc_request *request,
                    struct rpc_result *result);
