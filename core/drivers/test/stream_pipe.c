/* Streams over pipes: bounded buffers in memory, with a reader and a writer that wait for each
 * other. */
#include "core/drivers/test/stream.h"

#include <errno.h>
#include <string.h>

#include "core/drivers/test/stream_watch.h"
#include "core/object/error.h"

struct pipe {
    gint refs;
    lock_t lock; /* guards the rest */
    cond_t changed;
    char *bytes; /* a ring */
    size_t size, head, n;
    gboolean finished;
    char *broken;       /* why */
    GPtrArray *streams; /* at its ends, to be told of changes; each takes itself out */
};

struct pipes {
    struct stream_watch watch;
    lock_t lock; /* guards ended */
    struct pipe *in, *out;
    gboolean ended;
};

static struct pipes *pipes_of(virStreamPtr stream)
{
    return stream->data;
}

struct pipe *pipe_new(size_t size)
{
    struct pipe *pipe = g_new0(struct pipe, 1);

    pipe->refs = 1;
    lock_init(&pipe->lock);
    cond_init(&pipe->changed);
    pipe->bytes = g_malloc(size);
    pipe->size = size;
    pipe->streams = g_ptr_array_new();
    return pipe;
}

struct pipe *pipe_ref(struct pipe *pipe)
{
    __atomic_add_fetch(&pipe->refs, 1, __ATOMIC_RELAXED);
    return pipe;
}

void pipe_unref(struct pipe *pipe)
{
    if (!pipe || __atomic_sub_fetch(&pipe->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    g_ptr_array_free(pipe->streams, TRUE);
    g_free(pipe->broken);
    g_free(pipe->bytes);
    cond_clear(&pipe->changed);
    lock_clear(&pipe->lock);
    g_free(pipe);
}

static void join(struct pipe *pipe, virStreamPtr stream)
{
    lock_guard(&pipe->lock);
    g_ptr_array_add(pipe->streams, stream);
}

static void leave(struct pipe *pipe, virStreamPtr stream)
{
    lock_guard(&pipe->lock);
    g_ptr_array_remove(pipe->streams, stream);
}

/* A stream that is on its way out is not to be brought back. */
static gboolean ref_living(virStreamPtr stream)
{
    int refs = object_refs(&stream->base);

    while (refs > 0 && !__atomic_compare_exchange_n(&stream->base.refs, &refs, refs + 1, FALSE,
                                                    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        continue;
    return refs > 0;
}

/* Wakes those that wait, and tells the callbacks; without the lock. */
static void changed(struct pipe *pipe)
{
    virStreamPtr living[2] = {NULL, NULL};

    lock_take(&pipe->lock);
    cond_broadcast(&pipe->changed);
    for (guint i = 0; i < MIN(pipe->streams->len, G_N_ELEMENTS(living)); i++) {
        if (ref_living(pipe->streams->pdata[i]))
            living[i] = pipe->streams->pdata[i];
    }
    lock_drop(&pipe->lock);
    for (guint i = 0; i < G_N_ELEMENTS(living); i++) {
        if (!living[i])
            continue;
        stream_watch_refresh(&pipes_of(living[i])->watch, living[i]);
        object_unref(&living[i]->base);
    }
}

static int fail(const char *what)
{
    error_set(VIR_FROM_STREAMS, VIR_ERR_OPERATION_INVALID, "%s", what);
    return -1;
}

static int fail_broken(const struct pipe *pipe)
{
    error_set(VIR_FROM_STREAMS, VIR_ERR_OPERATION_FAILED, "%s", pipe->broken);
    return -1;
}

/* With the lock held. */
static ssize_t try_get(struct pipe *pipe, char *data, size_t n)
{
    size_t first;

    if (pipe->broken)
        return fail_broken(pipe);
    if (!pipe->n)
        return pipe->finished || !n ? 0 : -2;
    n = MIN(n, pipe->n);
    first = MIN(n, pipe->size - pipe->head);
    memcpy(data, pipe->bytes + pipe->head, first);
    memcpy(data + first, pipe->bytes, n - first);
    pipe->head = (pipe->head + n) % pipe->size;
    pipe->n -= n;
    return n;
}

/* With the lock held. */
static ssize_t try_put(struct pipe *pipe, char *data, size_t n)
{
    size_t tail = (pipe->head + pipe->n) % pipe->size, first;

    if (pipe->broken)
        return fail_broken(pipe);
    if (pipe->finished)
        return fail("the pipe has been closed");
    if (pipe->n == pipe->size)
        return n ? -2 : 0;
    n = MIN(n, pipe->size - pipe->n);
    first = MIN(n, pipe->size - tail);
    memcpy(pipe->bytes + tail, data, first);
    memcpy(pipe->bytes, data + first, n - first);
    pipe->n += n;
    return n;
}

typedef ssize_t (*try_fn)(struct pipe *pipe, char *data, size_t n);

/* Waits for as long as `conn`'s calls may; without one it does not wait. */
static ssize_t move(struct pipe *pipe, try_fn fn, char *data, size_t n, virConnectPtr conn,
                    const char *name)
{
    struct call call;
    ssize_t moved;

    lock_take(&pipe->lock);
    moved = fn(pipe, data, n);
    if (moved == -2 && conn) {
        call_begin_as(&call, &conn->calls, name);
        while (moved == -2) {
            if (call_cond_wait(&call, &pipe->changed, &pipe->lock) < 0)
                moved = -1;
            else
                moved = fn(pipe, data, n);
        }
        call_end(&call);
    }
    lock_drop(&pipe->lock);
    if (moved > 0)
        changed(pipe);
    return moved;
}

ssize_t pipe_put(struct pipe *pipe, const char *data, size_t n)
{
    return move(pipe, try_put, (char *)data, n, NULL, NULL);
}

ssize_t pipe_get(struct pipe *pipe, char *data, size_t n)
{
    return move(pipe, try_get, data, n, NULL, NULL);
}

void pipe_finish(struct pipe *pipe)
{
    lock_take(&pipe->lock);
    pipe->finished = TRUE;
    lock_drop(&pipe->lock);
    changed(pipe);
}

void pipe_break(struct pipe *pipe, const char *why)
{
    lock_take(&pipe->lock);
    if (!pipe->broken)
        pipe->broken = g_strdup(why);
    lock_drop(&pipe->lock);
    changed(pipe);
}

gboolean pipe_in_use(struct pipe *pipe)
{
    lock_guard(&pipe->lock);
    return pipe->streams->len > 0 && !pipe->finished && !pipe->broken;
}

static int require(struct pipes *pipes, const struct pipe *pipe, const char *otherwise)
{
    lock_guard(&pipes->lock);
    if (pipes->ended)
        return fail("the stream has ended");
    return pipe ? 0 : fail(otherwise);
}

static virConnectPtr patience(virStreamPtr stream)
{
    return stream->flags & VIR_STREAM_NONBLOCK ? NULL : stream->conn;
}

static int pipes_send(virStreamPtr stream, const char *data, size_t n)
{
    struct pipes *pipes = pipes_of(stream);

    if (require(pipes, pipes->out, "the stream is for reading only") < 0)
        return -1;
    return move(pipes->out, try_put, (char *)data, n, patience(stream), "virStreamSend");
}

static int pipes_recv(virStreamPtr stream, char *data, size_t n)
{
    struct pipes *pipes = pipes_of(stream);

    if (require(pipes, pipes->in, "the stream is for writing only") < 0)
        return -1;
    return move(pipes->in, try_get, data, n, patience(stream), "virStreamRecv");
}

/* A pipe has no holes to stop at. */
static int pipes_recv_flags(virStreamPtr stream, char *data, size_t n, unsigned int flags)
{
    if (!(flags & ~VIR_STREAM_RECV_STOP_AT_HOLE))
        return pipes_recv(stream, data, n);
    error_set(VIR_FROM_STREAMS, VIR_ERR_INVALID_ARG,
              "unsupported flags (0x%x) in virStreamRecvFlags",
              flags & ~VIR_STREAM_RECV_STOP_AT_HOLE);
    return -1;
}

static int pipes_recv_hole(virStreamPtr stream, long long *length, unsigned int flags)
{
    return fail("the stream was not opened for holes");
}

static int pipes_send_hole(virStreamPtr stream, long long length, unsigned int flags)
{
    return fail("the stream was not opened for holes");
}

static gboolean end(struct pipes *pipes)
{
    lock_guard(&pipes->lock);
    if (pipes->ended)
        return FALSE;
    pipes->ended = TRUE;
    return TRUE;
}

/* The other side's failure; NULL without one. */
static char *failure_of(struct pipe *pipe)
{
    if (!pipe)
        return NULL;
    lock_guard(&pipe->lock);
    return g_strdup(pipe->broken);
}

static int pipes_finish(virStreamPtr stream)
{
    struct pipes *pipes = pipes_of(stream);
    g_autofree char *failure = NULL;

    if (!end(pipes))
        return fail("the stream has ended before");
    stream_watch_drop(&pipes->watch);
    failure = failure_of(pipes->out);
    if (pipes->out)
        pipe_finish(pipes->out);
    /* Who writes what nobody reads any more has to learn of it. */
    if (pipes->in && pipes->in != pipes->out)
        pipe_break(pipes->in, "the other end has finished");
    if (!failure)
        return 0;
    error_set(VIR_FROM_STREAMS, VIR_ERR_OPERATION_FAILED, "%s", failure);
    return -1;
}

static void break_both(struct pipes *pipes)
{
    if (pipes->in)
        pipe_break(pipes->in, "the other end has aborted");
    if (pipes->out && pipes->out != pipes->in)
        pipe_break(pipes->out, "the other end has aborted");
}

static int pipes_abort(virStreamPtr stream)
{
    struct pipes *pipes = pipes_of(stream);

    if (!end(pipes))
        return fail("the stream has ended before");
    stream_watch_drop(&pipes->watch);
    break_both(pipes);
    return 0;
}

static void pipes_release(virStreamPtr stream)
{
    struct pipes *pipes = pipes_of(stream);

    if (pipes->in)
        leave(pipes->in, stream);
    if (pipes->out && pipes->out != pipes->in)
        leave(pipes->out, stream);
    if (end(pipes))
        break_both(pipes);
    stream_watch_clear(&pipes->watch);
    lock_clear(&pipes->lock);
    pipe_unref(pipes->in);
    pipe_unref(pipes->out);
    g_free(pipes);
}

static int readable(struct pipe *pipe)
{
    lock_guard(&pipe->lock);
    return (pipe->n || pipe->finished ? VIR_STREAM_EVENT_READABLE : 0) |
           (pipe->finished ? VIR_STREAM_EVENT_HANGUP : 0) |
           (pipe->broken ? VIR_STREAM_EVENT_ERROR : 0);
}

static int writable(struct pipe *pipe)
{
    lock_guard(&pipe->lock);
    return (pipe->n < pipe->size && !pipe->finished ? VIR_STREAM_EVENT_WRITABLE : 0) |
           (pipe->broken ? VIR_STREAM_EVENT_ERROR : 0);
}

static int pipes_ready(virStreamPtr stream)
{
    struct pipes *pipes = pipes_of(stream);

    return (pipes->in ? readable(pipes->in) : 0) | (pipes->out ? writable(pipes->out) : 0);
}

static int pipes_add_callback(virStreamPtr stream, int events, virStreamEventCallback cb,
                              void *opaque, virFreeCallback ff)
{
    struct pipes *pipes = pipes_of(stream);

    lock_take(&pipes->lock);
    if (pipes->ended) {
        lock_drop(&pipes->lock);
        return fail("the stream has ended");
    }
    lock_drop(&pipes->lock);
    return stream_watch_add(&pipes->watch, stream, events, cb, opaque, ff);
}

static int pipes_update_callback(virStreamPtr stream, int events)
{
    return stream_watch_update(&pipes_of(stream)->watch, stream, events);
}

static int pipes_remove_callback(virStreamPtr stream)
{
    return stream_watch_remove(&pipes_of(stream)->watch);
}

static const struct stream_driver pipes_driver = {
    .name = "Test",
    .streamAbort = pipes_abort,
    .streamEventAddCallback = pipes_add_callback,
    .streamEventRemoveCallback = pipes_remove_callback,
    .streamEventUpdateCallback = pipes_update_callback,
    .streamFinish = pipes_finish,
    .streamRecv = pipes_recv,
    .streamRecvFlags = pipes_recv_flags,
    .streamRecvHole = pipes_recv_hole,
    .streamSend = pipes_send,
    .streamSendHole = pipes_send_hole,
};

int stream_open_pipes(virStreamPtr stream, struct pipe *in, struct pipe *out)
{
    struct pipes *pipes = g_new0(struct pipes, 1);

    if (stream_attach(stream, &pipes_driver, pipes, pipes_release) < 0) {
        g_free(pipes);
        return -1;
    }
    lock_init(&pipes->lock);
    stream_watch_init(&pipes->watch, pipes_ready);
    pipes->in = in ? pipe_ref(in) : NULL;
    pipes->out = out ? pipe_ref(out) : NULL;
    if (in)
        join(in, stream);
    if (out && out != in)
        join(out, stream);
    return 0;
}
