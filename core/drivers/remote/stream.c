/* Streams that a daemon carries. */
#include "core/drivers/remote/remote.h"

static struct rpc_stream *wire_of(virStreamPtr stream)
{
    return stream->data;
}

static int check_process(virStreamPtr stream)
{
    return rpc_client_check_process(rpc_stream_client(wire_of(stream)));
}

static gboolean nonblock(virStreamPtr stream)
{
    return (stream->flags & VIR_STREAM_NONBLOCK) != 0;
}

static void release(virStreamPtr stream)
{
    rpc_stream_free(wire_of(stream));
    stream->data = NULL;
}

struct rpc_stream *remote_stream_attach(virStreamPtr stream)
{
    struct rpc_client *client;
    struct rpc_stream *wire;

    client = remote_hold_client(stream->conn, NULL);
    if (!client || rpc_client_check_process(client) < 0)
        return NULL;
    wire = rpc_stream_new(client);
    remote_drop_client(stream->conn, client);
    if (stream_attach(stream, &remote_stream_driver, wire, release) == 0)
        return wire;
    rpc_stream_free(wire);
    return NULL;
}

void remote_stream_detach(virStreamPtr stream)
{
    stream_detach(stream);
}

/* What each of them waits for is bounded by the connection's deadline and ends with a cancel. */
#define WITH_CALL(stream, expression)                                                              \
    __extension__({                                                                                \
        struct call call;                                                                          \
        ssize_t result_ = -1;                                                                      \
        if (check_process(stream) == 0) {                                                          \
            call_begin(&call, &(stream)->conn->calls);                                             \
            result_ = (expression);                                                                \
            call_end(&call);                                                                       \
        }                                                                                          \
        result_;                                                                                   \
    })

int remote_streamSend(virStreamPtr stream, const char *data, size_t nbytes)
{
    return WITH_CALL(stream,
                     rpc_stream_send(wire_of(stream), &call, data, nbytes, nonblock(stream)));
}

int remote_streamRecvFlags(virStreamPtr stream, char *data, size_t nbytes, unsigned int flags)
{
    return WITH_CALL(stream, rpc_stream_recv(wire_of(stream), &call, data, nbytes, nonblock(stream),
                                             (flags & VIR_STREAM_RECV_STOP_AT_HOLE) != 0));
}

int remote_streamRecv(virStreamPtr stream, char *data, size_t nbytes)
{
    return remote_streamRecvFlags(stream, data, nbytes, 0);
}

int remote_streamSendHole(virStreamPtr stream, long long length, unsigned int flags)
{
    return WITH_CALL(stream, rpc_stream_send_hole(wire_of(stream), &call, length, flags));
}

int remote_streamRecvHole(virStreamPtr stream, long long *length, unsigned int flags)
{
    gint64 hole;
    int result = WITH_CALL(stream, rpc_stream_recv_hole(wire_of(stream), &call, &hole));

    if (result == 0)
        *length = hole;
    return result;
}

int remote_streamFinish(virStreamPtr stream)
{
    return WITH_CALL(stream, rpc_stream_finish(wire_of(stream), &call));
}

int remote_streamAbort(virStreamPtr stream)
{
    return WITH_CALL(stream, rpc_stream_abort(wire_of(stream), &call));
}

/* --- callbacks
 * ------------------------------------------------------------------------------------ */

struct watcher {
    virStreamPtr stream;
    virStreamEventCallback callback;
    void *opaque;
    virFreeCallback free;
};

static void run_watcher(void *opaque, int events)
{
    struct watcher *watcher = opaque;

    watcher->callback(watcher->stream, events, watcher->opaque);
}

static void free_watcher(void *opaque)
{
    struct watcher *watcher = opaque;

    if (watcher->free)
        watcher->free(watcher->opaque);
    virStreamFree(watcher->stream);
    g_free(watcher);
}

int remote_streamEventAddCallback(virStreamPtr stream, int events, virStreamEventCallback cb,
                                  void *opaque, virFreeCallback ff)
{
    struct watcher *watcher = g_new(struct watcher, 1);
    struct rpc_stream_callback callback = {events, run_watcher, watcher, free_watcher};

    *watcher = (struct watcher){object_ref(&stream->base), cb, opaque, ff};
    if (rpc_stream_set_callback(wire_of(stream), &callback) == 0)
        return 0;
    watcher->free = NULL; /* a refused callback is not freed */
    free_watcher(watcher);
    return -1;
}

int remote_streamEventUpdateCallback(virStreamPtr stream, int events)
{
    if (check_process(stream) < 0)
        return -1;
    return rpc_stream_update_callback(wire_of(stream), events);
}

int remote_streamEventRemoveCallback(virStreamPtr stream)
{
    if (check_process(stream) < 0)
        return -1;
    return rpc_stream_remove_callback(wire_of(stream));
}
