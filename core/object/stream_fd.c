#include "core/object/stream_fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/event/loop.h"
#include "core/object/error.h"

#define ALWAYS (VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP)
#define EVENTS (VIR_STREAM_EVENT_READABLE | VIR_STREAM_EVENT_WRITABLE | ALWAYS)

struct fd_stream {
    int fd;   /* stays open with the stream */
    int wake; /* eventfd, for those who wait when the stream is broken */
    void (*told)(virStreamPtr stream, void *opaque);
    void *opaque;
    lock_t lock; /* guards the rest, never across a wait */
    char *broken;
    gboolean ended;
    int watch; /* -1: no callback */
    gboolean adding;
};

static struct fd_stream *fd_of(virStreamPtr stream)
{
    return stream->data;
}

static int fail(const char *what)
{
    error_set(VIR_FROM_STREAMS, VIR_ERR_OPERATION_INVALID, "%s", what);
    return -1;
}

static int check(struct fd_stream *it)
{
    lock_guard(&it->lock);
    if (it->ended)
        return fail("the stream has ended");
    if (!it->broken)
        return 0;
    error_set(VIR_FROM_STREAMS, VIR_ERR_OPERATION_FAILED, "%s", it->broken);
    return -1;
}

/* Only those who wait: 0 to try again. */
static int wait_for(virStreamPtr stream, int events, const char *function)
{
    struct pollfd fds[] = {{.fd = fd_of(stream)->fd, .events = events},
                           {.fd = fd_of(stream)->wake, .events = POLLIN}};
    struct call call;
    int n;

    call_begin_as(&call, &stream->conn->calls, function);
    n = call_poll(&call, fds, G_N_ELEMENTS(fds));
    call_end(&call);
    return n < 0 ? -1 : 0;
}

/* A terminal whose other side is closed says EIO: the end. */
static int result_of(ssize_t n)
{
    if (n >= 0)
        return n;
    if (errno == EAGAIN || errno == EINTR)
        return -2;
    if (errno == EIO)
        return 0;
    error_set_system(VIR_FROM_STREAMS, errno, "the stream's descriptor");
    return -1;
}

static int fd_recv(virStreamPtr stream, char *data, size_t n)
{
    struct fd_stream *it = fd_of(stream);
    int got = check(it) < 0 ? -1 : result_of(read(it->fd, data, n));

    while (got == -2 && !(stream->flags & VIR_STREAM_NONBLOCK))
        got = wait_for(stream, POLLIN, "virStreamRecv") < 0 || check(it) < 0
                  ? -1
                  : result_of(read(it->fd, data, n));
    return got;
}

static int fd_send(virStreamPtr stream, const char *data, size_t n)
{
    struct fd_stream *it = fd_of(stream);
    int sent = check(it) < 0 ? -1 : result_of(write(it->fd, data, n));

    while (sent == -2 && !(stream->flags & VIR_STREAM_NONBLOCK))
        sent = wait_for(stream, POLLOUT, "virStreamSend") < 0 || check(it) < 0
                   ? -1
                   : result_of(write(it->fd, data, n));
    return sent;
}

static int fd_recv_flags(virStreamPtr stream, char *data, size_t n, unsigned int flags)
{
    if (!(flags & ~VIR_STREAM_RECV_STOP_AT_HOLE))
        return fd_recv(stream, data, n);
    error_set(VIR_FROM_STREAMS, VIR_ERR_INVALID_ARG,
              "unsupported flags (0x%x) in virStreamRecvFlags",
              flags & ~VIR_STREAM_RECV_STOP_AT_HOLE);
    return -1;
}

static int fd_recv_hole(virStreamPtr stream, long long *length, unsigned int flags)
{
    return fail("the stream was not opened for holes");
}

static int fd_send_hole(virStreamPtr stream, long long length, unsigned int flags)
{
    return fail("the stream was not opened for holes");
}

/* ---- callbacks: the descriptor is the loop's to watch */

struct registration {
    virStreamPtr stream;
    virStreamEventCallback cb;
    void *opaque;
    virFreeCallback ff;
};

static const struct {
    int stream, handle;
} pairs[] = {
    {VIR_STREAM_EVENT_READABLE, VIR_EVENT_HANDLE_READABLE},
    {VIR_STREAM_EVENT_WRITABLE, VIR_EVENT_HANDLE_WRITABLE},
    {VIR_STREAM_EVENT_ERROR, VIR_EVENT_HANDLE_ERROR},
    {VIR_STREAM_EVENT_HANGUP, VIR_EVENT_HANDLE_HANGUP},
};

static int to_handle(int events)
{
    int found = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
        found |= events & pairs[i].stream ? pairs[i].handle : 0;
    return found;
}

static int to_stream(int events)
{
    int found = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
        found |= events & pairs[i].handle ? pairs[i].stream : 0;
    return found;
}

static void handle_fired(int watch, int fd, int events, void *opaque)
{
    struct registration *it = opaque;
    struct fd_stream *data = fd_of(it->stream);
    gboolean mine, broken;

    lock_take(&data->lock);
    mine = data->watch == watch;
    broken = data->broken != NULL;
    lock_drop(&data->lock);
    if (mine)
        it->cb(it->stream, broken ? VIR_STREAM_EVENT_ERROR : to_stream(events), it->opaque);
}

static void handle_freed(void *opaque)
{
    struct registration *it = opaque;

    if (it->ff)
        it->ff(it->opaque);
    object_unref(&it->stream->base);
    g_free(it);
}

static int check_events(int events)
{
    if (!(events & ~EVENTS))
        return 0;
    error_set(VIR_FROM_STREAMS, VIR_ERR_INVALID_ARG, "events 0x%x of a stream: 0x%x are known",
              events, EVENTS);
    return -1;
}

static int begin_add(struct fd_stream *it)
{
    lock_guard(&it->lock);
    if (it->ended)
        return fail("the stream has ended");
    if (it->watch >= 0 || it->adding)
        return fail("the stream has a callback already");
    it->adding = TRUE;
    return 0;
}

static int fd_add_callback(virStreamPtr stream, int events, virStreamEventCallback cb, void *opaque,
                           virFreeCallback ff)
{
    struct fd_stream *data = fd_of(stream);
    struct registration *it;
    int watch;

    if (check_events(events) < 0 || event_loop_require("a stream's callback") < 0 ||
        begin_add(data) < 0)
        return -1;
    it = g_new(struct registration, 1);
    *it = (struct registration){object_ref(&stream->base), cb, opaque, ff};
    watch = event_add_handle(data->fd, to_handle(events), handle_fired, it, handle_freed);
    lock_take(&data->lock);
    data->watch = watch;
    data->adding = FALSE;
    lock_drop(&data->lock);
    if (watch >= 0)
        return 0;
    object_unref(&stream->base);
    g_free(it);
    return -1;
}

static int take_watch(struct fd_stream *it)
{
    lock_guard(&it->lock);
    int watch = it->watch;

    it->watch = -1;
    return watch;
}

static int fd_update_callback(virStreamPtr stream, int events)
{
    struct fd_stream *it = fd_of(stream);
    int watch;

    if (check_events(events) < 0)
        return -1;
    lock_take(&it->lock);
    watch = it->watch;
    lock_drop(&it->lock);
    if (watch < 0)
        return fail("the stream has no callback");
    event_update_handle(watch, to_handle(events));
    return 0;
}

static int fd_remove_callback(virStreamPtr stream)
{
    int watch = take_watch(fd_of(stream));

    return watch < 0 ? fail("the stream has no callback") : event_remove_handle(watch);
}

/* ---- the end */

static gboolean end_once(struct fd_stream *it)
{
    lock_guard(&it->lock);
    gboolean first = !it->ended;

    it->ended = TRUE;
    return first;
}

static int end(virStreamPtr stream)
{
    struct fd_stream *it = fd_of(stream);
    int watch = take_watch(it);

    if (watch >= 0)
        event_remove_handle(watch);
    if (!end_once(it))
        return fail("the stream has ended before");
    if (it->told)
        it->told(stream, it->opaque);
    return 0;
}

static void fd_release(virStreamPtr stream)
{
    struct fd_stream *it = fd_of(stream);

    if (end_once(it) && it->told)
        it->told(stream, it->opaque);
    close(it->fd);
    if (it->wake >= 0)
        close(it->wake);
    lock_clear(&it->lock);
    g_free(it->broken);
    g_free(it);
}

static const struct stream_driver fd_driver = {
    .name = "fd",
    .streamAbort = end,
    .streamEventAddCallback = fd_add_callback,
    .streamEventRemoveCallback = fd_remove_callback,
    .streamEventUpdateCallback = fd_update_callback,
    .streamFinish = end,
    .streamRecv = fd_recv,
    .streamRecvFlags = fd_recv_flags,
    .streamRecvHole = fd_recv_hole,
    .streamSend = fd_send,
    .streamSendHole = fd_send_hole,
};

int stream_open_fd(virStreamPtr stream, int fd, void (*ended)(virStreamPtr stream, void *opaque),
                   void *opaque)
{
    struct fd_stream *it = g_new0(struct fd_stream, 1);

    *it = (struct fd_stream){.fd = fd, .watch = -1, .told = ended, .opaque = opaque};
    it->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    lock_init(&it->lock);
    if (it->wake >= 0 && fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == 0 &&
        stream_attach(stream, &fd_driver, it, fd_release) == 0)
        return 0;
    if (!error_code())
        error_set_system(VIR_FROM_STREAMS, errno, "the stream's descriptor");
    close(fd);
    if (it->wake >= 0)
        close(it->wake);
    lock_clear(&it->lock);
    g_free(it);
    return -1;
}

void stream_break_fd(virStreamPtr stream, const char *why)
{
    struct fd_stream *it = fd_of(stream);
    int watch;

    lock_take(&it->lock);
    if (!it->broken)
        it->broken = g_strdup(why);
    watch = it->watch;
    lock_drop(&it->lock);
    eventfd_write(it->wake, 1);
    /* it can be written to, so the callback comes at once, and says what has happened */
    if (watch >= 0)
        event_update_handle(watch, VIR_EVENT_HANDLE_WRITABLE);
}
