/* Streams that read or write a part of a volume's contents. */
#include "core/drivers/test/stream.h"

#include <errno.h>
#include <string.h>

#include "core/drivers/test/stream_watch.h"
#include "core/object/error.h"

/* One call moves no more: callers get to cancel in between. */
#define PIECE (1024 * 1024)

struct part {
    struct stream_watch watch;
    lock_t lock; /* guards the rest; held while the file is read or written */
    struct stream_part p;
    unsigned long long at;
    unsigned long long data_end; /* of the data that `at` is in, when it was last looked for */
    gboolean ended;
    char *failure; /* what went wrong while writing: finishing fails with it */
};

static struct part *part_of(virStreamPtr stream)
{
    return stream->data;
}

static int fail(const char *what)
{
    error_set(VIR_FROM_STREAMS, VIR_ERR_OPERATION_INVALID, "%s", what);
    return -1;
}

static int require(const struct part *part, gboolean write)
{
    if (part->ended)
        return fail("the stream has ended");
    if (part->p.write != write)
        return fail(write ? "the stream is for reading only" : "the stream is for writing only");
    return 0;
}

/* Keeps the error that was just recorded. */
static int fail_writing(struct part *part)
{
    g_free(part->failure);
    part->failure = g_strdup(error_last()->message);
    return -1;
}

static int fail_full(struct part *part, const char *what)
{
    error_set_system(VIR_FROM_STREAMS, ENOSPC, "%s at byte %llu", what, part->at);
    return fail_writing(part);
}

/* How many of `n` bytes fit; 0 with an error for none. */
static size_t fitting(struct part *part, size_t n)
{
    if (part->at >= part->p.end) {
        fail_full(part, "what may be written ends");
        return 0;
    }
    if (!part->p.room) {
        fail_full(part, "the pool is full");
        return 0;
    }
    return MIN(MIN(n, PIECE), MIN(part->p.end - part->at, part->p.room));
}

static int part_send(virStreamPtr stream, const char *data, size_t n)
{
    struct part *part = part_of(stream);
    ssize_t put;

    lock_guard(&part->lock);
    if (require(part, TRUE) < 0)
        return -1;
    if (!n)
        return 0;
    n = fitting(part, n);
    if (!n)
        return -1;
    put = contents_write(part->p.contents, data, n, part->at);
    if (put < 0)
        return fail_writing(part);
    part->at += put;
    part->p.room -= put;
    return put;
}

static int part_send_hole(virStreamPtr stream, long long length, unsigned int flags)
{
    struct part *part = part_of(stream);

    if (length < 0 || flags) {
        error_set(VIR_FROM_STREAMS, VIR_ERR_INVALID_ARG,
                  "a hole of %lld bytes with flags 0x%x: it takes 0 bytes or more, and no flags",
                  length, flags);
        return -1;
    }
    lock_guard(&part->lock);
    if (require(part, TRUE) < 0)
        return -1;
    if (!part->p.sparse)
        return fail("the stream was not opened for holes");
    if ((unsigned long long)length > part->p.end - part->at)
        return fail_full(part, "what may be written ends before the end of the hole");
    if (contents_punch(part->p.contents, part->at, length) < 0)
        return fail_writing(part);
    part->at += length;
    return 0;
}

/* With the lock held; what lies ahead. To look for the end of much data takes long, and while it is
 * read nobody writes: once is enough. */
static unsigned long long ahead(struct part *part, gboolean *is_data)
{
    unsigned long long run;

    *is_data = TRUE;
    if (part->at < part->data_end)
        return part->data_end - part->at;
    run = contents_run(part->p.contents, part->at, part->p.end, is_data);
    if (*is_data)
        part->data_end = part->at + run;
    return run;
}

static int recv_locked(struct part *part, char *data, size_t n, gboolean stop_at_hole)
{
    unsigned long long run;
    gboolean is_data;
    ssize_t got;

    if (require(part, FALSE) < 0)
        return -1;
    if (part->at >= part->p.end || !n)
        return 0;
    run = ahead(part, &is_data);
    if (!is_data && stop_at_hole && part->p.sparse)
        return -3;
    n = MIN(MIN(n, PIECE), run);
    if (!is_data)
        memset(data, 0, n);
    got = is_data ? contents_read(part->p.contents, data, n, part->at) : (ssize_t)n;
    if (got > 0)
        part->at += got;
    return got;
}

static int part_recv_flags(virStreamPtr stream, char *data, size_t n, unsigned int flags)
{
    struct part *part = part_of(stream);

    if (flags & ~VIR_STREAM_RECV_STOP_AT_HOLE) {
        error_set(VIR_FROM_STREAMS, VIR_ERR_INVALID_ARG,
                  "unsupported flags (0x%x) in virStreamRecvFlags",
                  flags & ~VIR_STREAM_RECV_STOP_AT_HOLE);
        return -1;
    }
    lock_guard(&part->lock);
    return recv_locked(part, data, n, flags & VIR_STREAM_RECV_STOP_AT_HOLE);
}

static int part_recv(virStreamPtr stream, char *data, size_t n)
{
    return part_recv_flags(stream, data, n, 0);
}

static int part_recv_hole(virStreamPtr stream, long long *length, unsigned int flags)
{
    struct part *part = part_of(stream);
    unsigned long long run = 0;
    gboolean is_data = TRUE;

    if (flags) {
        error_set(VIR_FROM_STREAMS, VIR_ERR_INVALID_ARG,
                  "unsupported flags (0x%x) in virStreamRecvHole", flags);
        return -1;
    }
    lock_guard(&part->lock);
    if (require(part, FALSE) < 0)
        return -1;
    if (!part->p.sparse)
        return fail("the stream was not opened for holes");
    if (part->at < part->p.end)
        run = MIN(ahead(part, &is_data), G_MAXINT64);
    *length = is_data ? 0 : (long long)run;
    part->at += *length;
    return 0;
}

/* FALSE when it has ended before. */
static gboolean end(virStreamPtr stream)
{
    struct part *part = part_of(stream);
    gboolean ended;

    lock_take(&part->lock);
    ended = part->ended;
    part->ended = TRUE;
    lock_drop(&part->lock);
    if (ended)
        return FALSE;
    stream_watch_drop(&part->watch);
    if (part->p.ended)
        part->p.ended(stream, part->p.opaque);
    contents_unref(part->p.contents);
    return TRUE;
}

static int part_finish(virStreamPtr stream)
{
    struct part *part = part_of(stream);

    if (!end(stream))
        return fail("the stream has ended before");
    if (!part->failure)
        return 0;
    error_set(VIR_FROM_STREAMS, VIR_ERR_OPERATION_FAILED, "not everything was written: %s",
              part->failure);
    return -1;
}

static int part_abort(virStreamPtr stream)
{
    return end(stream) ? 0 : fail("the stream has ended before");
}

static void part_release(virStreamPtr stream)
{
    struct part *part = part_of(stream);

    end(stream);
    stream_watch_clear(&part->watch);
    lock_clear(&part->lock);
    g_free(part->failure);
    g_free(part);
}

/* A file is always ready. */
static int part_ready(virStreamPtr stream)
{
    return part_of(stream)->p.write ? VIR_STREAM_EVENT_WRITABLE : VIR_STREAM_EVENT_READABLE;
}

static int part_add_callback(virStreamPtr stream, int events, virStreamEventCallback cb,
                             void *opaque, virFreeCallback ff)
{
    struct part *part = part_of(stream);

    lock_take(&part->lock);
    if (part->ended) {
        lock_drop(&part->lock);
        return fail("the stream has ended");
    }
    lock_drop(&part->lock);
    return stream_watch_add(&part->watch, stream, events, cb, opaque, ff);
}

static int part_update_callback(virStreamPtr stream, int events)
{
    return stream_watch_update(&part_of(stream)->watch, stream, events);
}

static int part_remove_callback(virStreamPtr stream)
{
    return stream_watch_remove(&part_of(stream)->watch);
}

static const struct stream_driver part_driver = {
    .name = "Test",
    .streamAbort = part_abort,
    .streamEventAddCallback = part_add_callback,
    .streamEventRemoveCallback = part_remove_callback,
    .streamEventUpdateCallback = part_update_callback,
    .streamFinish = part_finish,
    .streamRecv = part_recv,
    .streamRecvFlags = part_recv_flags,
    .streamRecvHole = part_recv_hole,
    .streamSend = part_send,
    .streamSendHole = part_send_hole,
};

int stream_open_part(virStreamPtr stream, const struct stream_part *p)
{
    struct part *part = g_new0(struct part, 1);

    if (stream_attach(stream, &part_driver, part, part_release) < 0) {
        g_free(part);
        return -1;
    }
    part->p = *p;
    part->at = p->begin;
    contents_ref(p->contents);
    lock_init(&part->lock);
    stream_watch_init(&part->watch, part_ready);
    return 0;
}

int stream_open_bytes(virStreamPtr stream, const void *data, size_t n)
{
    struct contents *contents = contents_new();
    struct stream_part part = {.contents = contents, .end = n};
    size_t at = 0;
    int rc = 0;

    while (rc == 0 && at < n) {
        ssize_t put = contents_write(contents, (const char *)data + at, n - at, at);

        if (put < 0)
            rc = -1;
        else
            at += put;
    }
    if (rc == 0)
        rc = stream_open_part(stream, &part);
    contents_unref(contents);
    return rc;
}
