#include "core/rpc/client_stream.h"

#include <string.h>

#include "core/object/error.h"
#include "core/rpc/client_private.h"
#include "core/rpc/codec.h"
#include "core/rpc/error_wire.h"

/* Largest piece of data that every peer takes. */
#define PIECE_MAX 262120
/* What may wait to be sent before a writer waits, and to be read before the loop stops reading:
 * callers that wait for answers read on, since a stream's owner need not be among them. */
#define SEND_MAX (1024 * 1024)
#define HELD_MAX (8 * 1024 * 1024)

/* Data that came, or a hole. */
struct piece {
    size_t size;
    size_t done;
    gint64 hole; /* 0: data */
    guint8 bytes[];
};

struct rpc_stream {
    struct rpc_client *client;
    struct rpc_stream *next, *prev; /* in client->streams, while open */
    int refs;
    gboolean open;
    gboolean ended;    /* nothing more will come */
    gboolean finished; /* the peer has confirmed the end */
    gboolean failed;
    wire_error error;    /* why */
    guint8 *error_bytes; /* which it points into */
    guint32 program, version, serial;
    gint32 procedure;
    GQueue pieces;
    size_t held;
    struct rpc_waiter *reader, *writer;
    struct rpc_stream_callback callback;
    gboolean callback_runs;
};

struct rpc_stream *rpc_stream_new(struct rpc_client *client)
{
    struct rpc_stream *stream = g_new0(struct rpc_stream, 1);

    stream->refs = 1;
    g_queue_init(&stream->pieces);
    lock_take(&client->lock);
    stream->client = rpc_client_ref(client);
    lock_drop(&client->lock);
    return stream;
}

struct rpc_client *rpc_stream_client(const struct rpc_stream *stream)
{
    return stream->client;
}

int rpc_stream_open(struct rpc_client *client, struct rpc_stream *stream,
                    const struct rpc_request *request, guint32 serial)
{
    if (stream->open) {
        error_set(VIR_FROM_STREAMS, VIR_ERR_OPERATION_INVALID, "the stream is in use already");
        return -1;
    }
    stream->open = TRUE;
    stream->program = request->program;
    stream->version = request->version;
    stream->procedure = request->procedure;
    stream->serial = serial;
    stream->prev = NULL;
    stream->next = client->streams;
    if (stream->next)
        stream->next->prev = stream;
    client->streams = stream;
    return 0;
}

/* With the lock held. */
static void close_stream(struct rpc_stream *stream)
{
    if (!stream->open)
        return;
    stream->open = FALSE;
    if (stream->next)
        stream->next->prev = stream->prev;
    if (stream->prev)
        stream->prev->next = stream->next;
    else
        stream->client->streams = stream->next;
    stream->next = stream->prev = NULL;
}

/* With the lock held, which is dropped with the last reference. */
static void unref_unlock(struct rpc_stream *stream)
{
    struct rpc_client *client = stream->client;
    gboolean last = --stream->refs == 0;

    rpc_client_unlock(client);
    if (!last)
        return;
    g_queue_clear_full(&stream->pieces, g_free);
    wire_clear(WIRE_ERROR, &stream->error);
    g_free(stream->error_bytes);
    g_free(stream);
    rpc_client_unref(client);
}

/* --- what the peer sends
 * --------------------------------------------------------------------------- */

static void wake_reader(struct rpc_stream *stream)
{
    if (stream->reader)
        rpc_waiter_wake(stream->reader);
    if (stream->callback.events)
        rpc_client_nudge(stream->client);
}

static void wake_both(struct rpc_stream *stream)
{
    wake_reader(stream);
    if (stream->writer)
        rpc_waiter_wake(stream->writer);
}

static void add_piece(struct rpc_stream *stream, const guint8 *bytes, size_t size, gint64 hole)
{
    struct piece *piece = g_malloc(sizeof(*piece) + size);

    piece->size = size;
    piece->done = 0;
    piece->hole = hole;
    memcpy(piece->bytes, bytes, size);
    stream->held += size;
    g_queue_push_tail(&stream->pieces, piece);
}

static void fail_stream(struct rpc_stream *stream, const guint8 *payload, size_t size)
{
    struct xdr_in in;

    if (stream->failed)
        return;
    stream->failed = TRUE;
    stream->error_bytes = g_memdup2(payload, size);
    in = xdr_in(stream->error_bytes, size);
    if (wire_decode(&in, WIRE_ERROR, &stream->error) < 0)
        memset(&stream->error, 0, sizeof(stream->error));
}

static void take_hole(struct rpc_stream *stream, guint8 *payload, size_t size)
{
    struct xdr_in in = xdr_in(payload, size);
    guint64 length;

    if (xdr_get_u64(&in, &length) && (gint64)length > 0)
        add_piece(stream, payload, 0, length);
}

gboolean rpc_client_stream_frame(struct rpc_client *client, const struct rpc_header *header,
                                 guint8 *payload, size_t size)
{
    struct rpc_stream *stream = client->streams;

    while (stream && stream->serial != header->serial)
        stream = stream->next;
    if (!stream)
        return FALSE;
    if (header->status == RPC_ERROR)
        fail_stream(stream, payload, size);
    else if (header->status == RPC_OK)
        stream->ended = stream->finished = TRUE;
    else if (header->type == RPC_STREAM_HOLE)
        take_hole(stream, payload, size);
    else if (size)
        add_piece(stream, payload, size, 0);
    else
        stream->ended = TRUE;
    wake_both(stream);
    return TRUE;
}

void rpc_client_streams_die(struct rpc_client *client)
{
    for (struct rpc_stream *stream = client->streams; stream; stream = stream->next)
        wake_both(stream);
}

void rpc_client_streams_sent(struct rpc_client *client)
{
    for (struct rpc_stream *stream = client->streams; stream; stream = stream->next) {
        if (stream->writer)
            rpc_waiter_wake(stream->writer);
        if (stream->callback.events & VIR_STREAM_EVENT_WRITABLE)
            rpc_client_nudge(client);
    }
}

gboolean rpc_client_streams_full(struct rpc_client *client)
{
    for (struct rpc_stream *stream = client->streams; stream; stream = stream->next)
        if (stream->held > HELD_MAX)
            return TRUE;
    return FALSE;
}

/* --- reading and writing
 * --------------------------------------------------------------------------- */

/* With the lock held: 0 when the stream may be used, -1 with an error. */
static int check(struct rpc_stream *stream)
{
    if (stream->failed) {
        wire_error_raise(&stream->error);
        return -1;
    }
    if (!stream->open) {
        error_set(VIR_FROM_STREAMS, VIR_ERR_OPERATION_INVALID, "the stream is not open");
        return -1;
    }
    return rpc_client_check(stream->client);
}

/* With the lock held: waits until somebody says that there is something to look at. */
static int wait_as(struct rpc_stream *stream, struct rpc_waiter **role, struct call *call)
{
    struct rpc_waiter waiter;
    int result;

    if (*role) {
        error_set(VIR_FROM_STREAMS, VIR_ERR_OPERATION_INVALID,
                  "another thread is using the stream");
        return -1;
    }
    rpc_waiter_init(stream->client, &waiter);
    *role = &waiter;
    result = rpc_client_wait(stream->client, &waiter, call);
    *role = NULL;
    rpc_waiter_clear(stream->client, &waiter);
    return result;
}

/* With the lock held: 0 when there is a piece or the end, -2 when one would have to wait. */
static int wait_for_piece(struct rpc_stream *stream, struct call *call, gboolean nonblock)
{
    while (g_queue_is_empty(&stream->pieces)) {
        if (check(stream) < 0)
            return -1;
        if (stream->ended)
            return 0;
        if (nonblock)
            return -2;
        if (wait_as(stream, &stream->reader, call) < 0)
            return -1;
    }
    return 0;
}

static void drop_piece(struct rpc_stream *stream)
{
    struct piece *piece = g_queue_pop_head(&stream->pieces);
    gboolean was_full = stream->held > HELD_MAX;

    stream->held -= piece->size;
    g_free(piece);
    if (was_full && stream->held <= HELD_MAX)
        rpc_client_watch(stream->client);
}

static size_t read_piece(struct rpc_stream *stream, struct piece *piece, guint8 *buffer,
                         size_t size)
{
    size_t n;

    if (piece->hole) {
        n = MIN((guint64)piece->hole, size);
        memset(buffer, 0, n);
        piece->hole -= n;
        if (!piece->hole)
            drop_piece(stream);
        return n;
    }
    n = MIN(piece->size - piece->done, size);
    memcpy(buffer, piece->bytes + piece->done, n);
    piece->done += n;
    if (piece->done == piece->size)
        drop_piece(stream);
    return n;
}

ssize_t rpc_stream_recv(struct rpc_stream *stream, struct call *call, void *buffer, size_t size,
                        gboolean nonblock, gboolean stop_at_hole)
{
    size_t done = 0;
    struct piece *piece;
    int result;

    rpc_client_guard(stream->client);
    result = wait_for_piece(stream, call, nonblock);
    if (result < 0)
        return result;
    while (done < size && (piece = g_queue_peek_head(&stream->pieces))) {
        if (piece->hole && stop_at_hole)
            return done ? (ssize_t)done : -3;
        done += read_piece(stream, piece, (guint8 *)buffer + done, size - done);
    }
    return done;
}

int rpc_stream_recv_hole(struct rpc_stream *stream, struct call *call, gint64 *ret_length)
{
    struct piece *piece;

    rpc_client_guard(stream->client);
    if (wait_for_piece(stream, call, FALSE) < 0)
        return -1;
    piece = g_queue_peek_head(&stream->pieces);
    *ret_length = piece ? piece->hole : 0;
    if (*ret_length)
        drop_piece(stream);
    return 0;
}

struct outgoing {
    const void *bytes;
    size_t size;
    gint64 hole;
    guint32 flags;
};

static int write_bytes(struct xdr_out *out, const void *data)
{
    const struct outgoing *what = data;
    guint8 *room = xdr_put_room(out, what->size); /* as it is: nothing pads a stream */

    if (!room)
        return -1;
    memcpy(room, what->bytes, what->size);
    return 0;
}

static int write_hole(struct xdr_out *out, const void *data)
{
    const struct outgoing *what = data;

    return xdr_put_u64(out, what->hole) && xdr_put_u32(out, what->flags) ? 0 : -1;
}

static int send_frame(struct rpc_stream *stream, enum rpc_type type, enum rpc_status status,
                      const struct outgoing *what)
{
    struct rpc_header header = {stream->program, stream->version, stream->procedure, type,
                                stream->serial,  status};

    return rpc_client_send(stream->client, &header,
                           !what                     ? NULL
                           : type == RPC_STREAM_HOLE ? write_hole
                                                     : write_bytes,
                           what, NULL, 0);
}

/* With the lock held: 0 when there is room for more, -2 when one would have to wait. */
static int wait_for_room(struct rpc_stream *stream, struct call *call, gboolean nonblock)
{
    for (;;) {
        if (check(stream) < 0)
            return -1;
        if (stream->client->outbox.bytes < SEND_MAX)
            return 0;
        if (nonblock)
            return -2;
        if (wait_as(stream, &stream->writer, call) < 0)
            return -1;
    }
}

ssize_t rpc_stream_send(struct rpc_stream *stream, struct call *call, const void *bytes,
                        size_t size, gboolean nonblock)
{
    size_t done = 0;

    rpc_client_guard(stream->client);
    while (done < size) {
        struct outgoing piece = {(const guint8 *)bytes + done, MIN(size - done, PIECE_MAX), 0, 0};
        int result = wait_for_room(stream, call, nonblock);

        if (result < 0)
            return done && result == -2 ? (ssize_t)done : result;
        if (send_frame(stream, RPC_STREAM, RPC_CONTINUE, &piece) < 0)
            return -1;
        done += piece.size;
    }
    return done;
}

int rpc_stream_send_hole(struct rpc_stream *stream, struct call *call, gint64 length,
                         unsigned int flags)
{
    struct outgoing hole = {.hole = length, .flags = flags};

    rpc_client_guard(stream->client);
    if (wait_for_room(stream, call, FALSE) < 0)
        return -1;
    return send_frame(stream, RPC_STREAM_HOLE, RPC_CONTINUE, &hole);
}

/* --- the end
 * ---------------------------------------------------------------------------------------- */

/* What is still on its way to us is of no interest any more. */
static int wait_for_end(struct rpc_stream *stream, struct call *call)
{
    while (!stream->finished && !stream->failed) {
        if (rpc_client_check(stream->client) < 0 || wait_as(stream, &stream->reader, call) < 0)
            return -1;
        g_queue_clear_full(&stream->pieces, g_free);
        g_queue_init(&stream->pieces);
        stream->held = 0;
    }
    return 0;
}

int rpc_stream_finish(struct rpc_stream *stream, struct call *call)
{
    int result = -1;

    rpc_client_guard(stream->client);
    if (check(stream) < 0)
        return -1;
    if (send_frame(stream, RPC_STREAM, RPC_OK, NULL) == 0 && wait_for_end(stream, call) == 0) {
        result = stream->failed ? -1 : 0;
        if (stream->failed)
            wire_error_raise(&stream->error);
    }
    close_stream(stream);
    return result;
}

/* The peer answers an abort with an error, which is what was wanted. */
int rpc_stream_abort(struct rpc_stream *stream, struct call *call)
{
    int result = 0;

    rpc_client_guard(stream->client);
    if (!stream->open && check(stream) < 0)
        return -1;
    if (!stream->failed)
        result =
            send_frame(stream, RPC_STREAM, RPC_ERROR, NULL) < 0 ? -1 : wait_for_end(stream, call);
    close_stream(stream);
    return result;
}

/* --- callbacks
 * -------------------------------------------------------------------------------------- */

int rpc_stream_set_callback(struct rpc_stream *stream, const struct rpc_stream_callback *callback)
{
    if (rpc_client_use_loop(stream->client) < 0)
        return -1;
    rpc_client_guard(stream->client);
    if (stream->callback.run) {
        error_set(VIR_FROM_STREAMS, VIR_ERR_OPERATION_INVALID, "the stream has a callback already");
        return -1;
    }
    stream->callback = *callback;
    rpc_client_nudge(stream->client);
    return 0;
}

static int fail_no_callback(void)
{
    error_set(VIR_FROM_STREAMS, VIR_ERR_OPERATION_INVALID, "the stream has no callback");
    return -1;
}

int rpc_stream_update_callback(struct rpc_stream *stream, int events)
{
    rpc_client_guard(stream->client);
    if (!stream->callback.run)
        return fail_no_callback();
    stream->callback.events = events;
    rpc_client_nudge(stream->client);
    return 0;
}

/* A callback that runs just now is freed by the loop when it has come back. */
static gboolean take_callback(struct rpc_stream *stream)
{
    struct rpc_stream_callback gone;

    lock_take(&stream->client->lock);
    gone = stream->callback;
    if (!stream->callback_runs)
        memset(&stream->callback, 0, sizeof(stream->callback));
    stream->callback.run = NULL;
    stream->callback.events = 0;
    if (stream->callback_runs)
        gone.free = NULL;
    lock_drop(&stream->client->lock);
    if (gone.run && gone.free)
        gone.free(gone.opaque);
    return gone.run != NULL;
}

int rpc_stream_remove_callback(struct rpc_stream *stream)
{
    return take_callback(stream) ? 0 : fail_no_callback();
}

/* The peer is told that nobody is there any more; its answer will find nobody either. */
static void give_up(struct rpc_stream *stream)
{
    virErrorPtr error;

    if (!stream->open || stream->finished || stream->failed || stream->client->dead)
        return;
    error = error_steal();
    send_frame(stream, RPC_STREAM, RPC_ERROR, NULL);
    error_restore(error);
}

void rpc_stream_free(struct rpc_stream *stream)
{
    if (!rpc_client_is_ours(stream->client)) /* the parent's; its lock may be anybody's */
        return;
    take_callback(stream);
    lock_take(&stream->client->lock);
    give_up(stream);
    close_stream(stream);
    rpc_client_watch(stream->client); /* it may have been the one that held too much */
    unref_unlock(stream);
}

static int events_now(struct rpc_stream *stream)
{
    int events = 0;

    if (!g_queue_is_empty(&stream->pieces) || stream->ended)
        events |= VIR_STREAM_EVENT_READABLE;
    if (stream->client->outbox.bytes < SEND_MAX)
        events |= VIR_STREAM_EVENT_WRITABLE;
    if (stream->failed)
        events |= VIR_STREAM_EVENT_ERROR;
    if (stream->client->dead)
        events |= VIR_STREAM_EVENT_HANGUP;
    return events & (stream->callback.events | VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP);
}

/* With the lock held, and dropped at the end. */
static void run_callback(struct rpc_stream *stream, int events)
{
    struct rpc_client *client = stream->client;
    struct rpc_stream_callback callback = stream->callback;

    stream->callback_runs = TRUE;
    rpc_client_unlock(client);
    callback.run(callback.opaque, events);
    lock_take(&client->lock);
    stream->callback_runs = FALSE;
    if (!stream->callback.run) { /* it was removed meanwhile */
        memset(&stream->callback, 0, sizeof(stream->callback));
        lock_drop(&client->lock);
        if (callback.free)
            callback.free(callback.opaque);
        lock_take(&client->lock);
    } else if (events_now(stream) & stream->callback.events) {
        rpc_client_nudge(client); /* there is more: after what others want */
    }
    unref_unlock(stream);
}

void rpc_client_stream_callbacks(struct rpc_client *client)
{
    g_autoptr(GPtrArray) due = NULL;

    for (struct rpc_stream *stream = client->streams; stream; stream = stream->next) {
        if (!stream->callback.run || stream->callback_runs || !stream->callback.events ||
            !events_now(stream))
            continue;
        if (!due)
            due = g_ptr_array_new();
        stream->refs++;
        g_ptr_array_add(due, stream);
    }
    for (guint i = 0; due && i < due->len; i++) {
        struct rpc_stream *stream = due->pdata[i];
        int events = stream->callback.run ? events_now(stream) : 0;

        if (events)
            run_callback(stream, events);
        else
            unref_unlock(stream);
        lock_take(&client->lock);
    }
}
