/* Streams of a connection, as the caller sees them: what virStream's slots are made of. */
#pragma once

#include "core/rpc/client.h"

/* One call opens it: give it as `stream` of the request. Counted, since callbacks may be at work.
 */
struct rpc_stream *rpc_stream_new(struct rpc_client *client);
/* The one that it was made for; there as long as the stream is. */
struct rpc_client *rpc_stream_client(const struct rpc_stream *stream);
/* Nobody may wait for it any more; what comes for it later is dropped. */
void rpc_stream_free(struct rpc_stream *stream);

/* Of the two, `nonblock` ones return -2 instead of waiting. -1 with an error. */
ssize_t rpc_stream_send(struct rpc_stream *stream, struct call *call, const void *bytes,
                        size_t size, gboolean nonblock);
/* 0 at the end. A hole reads as zeros, or with `stop_at_hole` is reported as -3. */
ssize_t rpc_stream_recv(struct rpc_stream *stream, struct call *call, void *buffer, size_t size,
                        gboolean nonblock, gboolean stop_at_hole);

int rpc_stream_send_hole(struct rpc_stream *stream, struct call *call, gint64 length,
                         unsigned int flags);
/* How long the hole is that comes next, 0 where data does; it is passed over. */
int rpc_stream_recv_hole(struct rpc_stream *stream, struct call *call, gint64 *ret_length);

/* All is said; waits for the peer to say so as well. */
int rpc_stream_finish(struct rpc_stream *stream, struct call *call);
int rpc_stream_abort(struct rpc_stream *stream, struct call *call);

/* One callback, for virStreamEventType's events; from the loop, without a lock. */
struct rpc_stream_callback {
    int events; /* 0 for a callback that rests */
    void (*run)(void *opaque, int events);
    void *opaque;
    void (*free)(void *opaque);
};
int rpc_stream_set_callback(struct rpc_stream *stream, const struct rpc_stream_callback *callback);
int rpc_stream_update_callback(struct rpc_stream *stream, int events);
int rpc_stream_remove_callback(struct rpc_stream *stream);
