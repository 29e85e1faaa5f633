/* Streams: making one, and moving all of it through functions of the caller's. */
#include <errno.h>

#include "core/public/entry.h"

#define ORIGIN VIR_FROM_STREAMS
#define PIECE (256 * 1024)

virStreamPtr virStreamNew(virConnectPtr conn, unsigned int flags)
{
    error_reset();
    CHECK_OBJECT(virConnect, conn);
    CHECK(
        !(flags & ~VIR_STREAM_NONBLOCK),
        error_set(ORIGIN, VIR_ERR_INVALID_ARG, "unsupported flags (0x%x) in %s", flags, __func__));
    CHECK_INTERCEPT(conn);
    return stream_new(conn, flags);
fail:
    error_dispatch(is_virConnect(conn) ? conn : NULL);
    return NULL;
}

/* What a transfer works with; its steps return 1 to go on, 0 at the end, -1 with an error. */
struct transfer {
    virStreamPtr stream;
    void *opaque;
    char *buffer;
    virStreamSinkFunc sink;
    virStreamSinkHoleFunc sink_hole;
    virStreamSourceFunc source;
    virStreamSourceHoleFunc source_hole;
    virStreamSourceSkipFunc source_skip;
    long long section; /* bytes of data left until source_hole is to be asked again */
};

/* The caller's functions say why in errno. */
static int fail_handler(const char *which, int result)
{
    error_set_system(ORIGIN, errno ? errno : EIO, "%s returned %d", which, result);
    return -1;
}

static int fail_nonblock(const char *function)
{
    error_set(ORIGIN, VIR_ERR_OPERATION_INVALID, "%s cannot be used with a non-blocking stream",
              function);
    return -1;
}

/* A blocking stream has no business saying that it would block. */
static int fail_result(int result)
{
    if (result != -1)
        error_set(ORIGIN, VIR_ERR_INTERNAL_ERROR, "the stream's driver answered %d", result);
    return -1;
}

static int pour(struct transfer *it, size_t n)
{
    for (size_t done = 0; done < n;) {
        int taken;

        errno = 0;
        taken = it->sink(it->stream, it->buffer + done, n - done, it->opaque);
        if (taken < 0 || (size_t)taken > n - done)
            return fail_handler("the function that takes the data", taken);
        done += taken;
    }
    return 1;
}

static int recv_step(struct transfer *it)
{
    int got = it->stream->driver->streamRecv(it->stream, it->buffer, PIECE);

    return got > 0 ? pour(it, got) : got == 0 ? 0 : fail_result(got);
}

static int recv_hole(struct transfer *it)
{
    long long length;
    int result;

    if (it->stream->driver->streamRecvHole(it->stream, &length, 0) < 0)
        return -1;
    errno = 0;
    result = it->sink_hole(it->stream, length, it->opaque);
    return result < 0 ? fail_handler("the function that takes the holes", result) : 1;
}

static int sparse_recv_step(struct transfer *it)
{
    int got = it->stream->driver->streamRecvFlags(it->stream, it->buffer, PIECE,
                                                  VIR_STREAM_RECV_STOP_AT_HOLE);

    if (got == -3)
        return recv_hole(it);
    return got > 0 ? pour(it, got) : got == 0 ? 0 : fail_result(got);
}

/* Asks for up to `want` bytes and sends what comes. */
static int send_piece(struct transfer *it, size_t want, size_t *ret_n)
{
    int n;

    errno = 0;
    n = it->source(it->stream, it->buffer, want, it->opaque);
    if (n < 0 || (size_t)n > want)
        return fail_handler("the function that gives the data", n);
    for (int done = 0; done < n;) {
        int sent = it->stream->driver->streamSend(it->stream, it->buffer + done, n - done);

        if (sent < 0)
            return fail_result(sent);
        done += sent;
    }
    *ret_n = n;
    return n > 0;
}

static int send_step(struct transfer *it)
{
    size_t n;

    return send_piece(it, PIECE, &n);
}

static int send_hole(struct transfer *it, long long length)
{
    int result;

    if (it->stream->driver->streamSendHole(it->stream, length, 0) < 0)
        return -1;
    errno = 0;
    result = it->source_skip(it->stream, length, it->opaque);
    return result < 0 ? fail_handler("the function that skips a hole", result) : 1;
}

static int sparse_send_step(struct transfer *it)
{
    int in_data = 0, result;
    size_t n = 0;

    if (it->section == 0) {
        errno = 0;
        result = it->source_hole(it->stream, &in_data, &it->section, it->opaque);
        if (result < 0 || it->section < 0)
            return fail_handler("the function that tells the holes", result);
        if (!in_data && it->section > 0) {
            long long length = it->section;

            it->section = 0;
            return send_hole(it, length);
        }
        if (it->section == 0)
            return 0;
    }
    result = send_piece(it, MIN(it->section, PIECE), &n);
    it->section -= n;
    return result;
}

static void abort_keeping_error(virStreamPtr stream)
{
    virErrorPtr error = error_steal();

    if (stream->driver->streamAbort)
        stream->driver->streamAbort(stream);
    error_restore(error);
}

/* A cancel or a deadline of the whole ends it between two steps, those of a step that waits end
 * that. */
static int run(struct transfer *it, int (*step)(struct transfer *), const char *function)
{
    g_autofree char *buffer = g_malloc(PIECE);
    struct call call;
    int result;

    it->buffer = buffer;
    call_begin_as(&call, &it->stream->conn->calls, function);
    do
        result = call_check(&call) < 0 ? -1 : step(it);
    while (result > 0);
    call_end(&call);
    if (result < 0)
        abort_keeping_error(it->stream);
    return result;
}

/* The checks that the four have in common; `slot` is what the driver must have. */
#define CHECK_STREAM()                                                                             \
    error_reset();                                                                                 \
    CHECK_OBJECT(virStream, stream);                                                               \
    CHECK_NONNULL(handler)
#define CHECK_TRANSFER(slot)                                                                       \
    CHECK_OWN_SLOT(stream->conn, stream, slot);                                                    \
    CHECK(!(stream->flags & VIR_STREAM_NONBLOCK), fail_nonblock(__func__))
#define RUN(step)                                                                                  \
    if (run(&transfer, step, __func__) == 0)                                                       \
        return 0;                                                                                  \
    fail:                                                                                          \
    error_dispatch(is_virStream(stream) ? stream->conn : NULL);                                    \
    return -1

int virStreamRecvAll(virStreamPtr stream, virStreamSinkFunc handler, void *opaque)
{
    struct transfer transfer = {.stream = stream, .opaque = opaque, .sink = handler};

    CHECK_STREAM();
    CHECK_TRANSFER(streamRecv);
    RUN(recv_step);
}

int virStreamSparseRecvAll(virStreamPtr stream, virStreamSinkFunc handler,
                           virStreamSinkHoleFunc holeHandler, void *opaque)
{
    struct transfer transfer = {
        .stream = stream, .opaque = opaque, .sink = handler, .sink_hole = holeHandler};

    CHECK_STREAM();
    CHECK_NONNULL(holeHandler);
    CHECK_TRANSFER(streamRecvHole);
    RUN(sparse_recv_step);
}

int virStreamSendAll(virStreamPtr stream, virStreamSourceFunc handler, void *opaque)
{
    struct transfer transfer = {.stream = stream, .opaque = opaque, .source = handler};

    CHECK_STREAM();
    CHECK_TRANSFER(streamSend);
    RUN(send_step);
}

int virStreamSparseSendAll(virStreamPtr stream, virStreamSourceFunc handler,
                           virStreamSourceHoleFunc holeHandler, virStreamSourceSkipFunc skipHandler,
                           void *opaque)
{
    struct transfer transfer = {.stream = stream,
                                .opaque = opaque,
                                .source = handler,
                                .source_hole = holeHandler,
                                .source_skip = skipHandler};

    CHECK_STREAM();
    CHECK_NONNULL(holeHandler);
    CHECK_NONNULL(skipHandler);
    CHECK_TRANSFER(streamSendHole);
    RUN(sparse_send_step);
}
