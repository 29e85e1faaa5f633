/* What a stream carries between a client and a driver. Sending to the client stops while much waits
 * for it, and the client is held back while its driver does not take what it sent: neither is cut
 * off. Callbacks come from the event loop, frames from the server's thread. */
#include "core/daemon/stream.h"

#include <string.h>

#include "core/base/log.h"
#include "core/object/connect.h"
#include "core/rpc/procedure.h"
#include "core/rpc/xdr.h"
#include "wire.h"

/* Largest piece of data that every client takes. */
#define PIECE_MAX 262120
/* How much is moved before others have their turn. */
#define PIECES_AT_ONCE 16
/* What may wait for the driver before the client is held back. */
#define QUEUE_MAX (1024 * 1024)

enum order {
    ORDER_DATA,
    ORDER_HOLE,
    ORDER_FINISH,
    ORDER_ABORT,
};

/* What the client has sent and the driver not taken. */
struct incoming {
    enum order order;
    gint64 hole;
    size_t size, done;
    guint8 bytes[];
};

struct daemon_stream {
    struct daemon_stream *next; /* in client->streams, with its lock */
    struct daemon_client *client;
    struct server_client *peer; /* held */
    gint refs;
    struct rpc_header header;
    virStreamPtr stream;
    lock_t lock; /* guards the rest */
    GQueue queue;
    size_t queued;
    char *buffer;
    gboolean reads;   /* it carries something to the client */
    gboolean ended;   /* the client has been told that nothing more comes */
    gboolean held;    /* the client is held back for it */
    gboolean closed;  /* nothing is to be done any more */
    gboolean working; /* a worker finishes it */
    int events;
};

static void stream_unref(void *opaque)
{
    struct daemon_stream *it = opaque;

    if (!g_atomic_int_dec_and_test(&it->refs))
        return;
    virStreamFree(it->stream);
    server_client_unref(it->peer);
    g_queue_clear_full(&it->queue, g_free);
    g_free(it->buffer);
    lock_clear(&it->lock);
    g_free(it);
}

/* --- to the client
 * ---------------------------------------------------------------------------------- */

static void send_bytes(struct daemon_stream *it, enum rpc_type type, enum rpc_status status,
                       const void *bytes, size_t size)
{
    struct rpc_header header = it->header;
    GByteArray *out = server_client_send(it->peer);
    size_t before;

    if (!out)
        return;
    header.type = type;
    header.status = status;
    before = rpc_frame_begin(out, &header);
    g_byte_array_append(out, bytes, size);
    rpc_frame_end(out, before);
    server_client_sent(it->peer, before, NULL, 0);
}

static void set_events(struct daemon_stream *it, int events)
{
    if (it->events == events || it->closed)
        return;
    it->events = events;
    virStreamEventUpdateCallback(it->stream, events);
}

/* Takes it out of the client's list; frames that still come for it are dropped. */
static void unlink_stream(struct daemon_stream *it)
{
    struct daemon_stream **link;

    lock_take(&it->client->lock);
    for (link = &it->client->streams; *link && *link != it;)
        link = &(*link)->next;
    if (*link)
        *link = it->next;
    lock_drop(&it->client->lock);
}

/* With the lock held: whoever gets TRUE drops the list's reference when the lock is dropped. */
static gboolean close_stream(struct daemon_stream *it)
{
    if (it->closed)
        return FALSE;
    it->closed = TRUE;
    if (it->held)
        server_client_let_go(it->peer);
    virStreamEventRemoveCallback(it->stream);
    unlink_stream(it);
    return TRUE;
}

static gboolean fail_stream(struct daemon_stream *it)
{
    struct rpc_header header = it->header;

    header.type = RPC_STREAM;
    daemon_client_send_error(it->client, &header);
    virStreamAbort(it->stream);
    return close_stream(it);
}

/* 1 to go on, 0 when there is nothing for now, -1 when the stream has failed. */
static int send_hole(struct daemon_stream *it)
{
    guint8 payload[12];
    long long length;

    if (virStreamRecvHole(it->stream, &length, 0) < 0)
        return -1;
    xdr_store_u64(payload, length);
    xdr_store_u32(payload + 8, 0);
    send_bytes(it, RPC_STREAM_HOLE, RPC_CONTINUE, payload, sizeof(payload));
    return 1;
}

static int send_piece(struct daemon_stream *it)
{
    int n;

    if (!it->buffer)
        it->buffer = g_malloc(PIECE_MAX);
    n = virStreamRecvFlags(it->stream, it->buffer, PIECE_MAX, VIR_STREAM_RECV_STOP_AT_HOLE);
    if (n == -3)
        return send_hole(it);
    if (n == -2)
        return 0;
    if (n < 0)
        return -1;
    send_bytes(it, RPC_STREAM, RPC_CONTINUE, it->buffer, n);
    if (n > 0)
        return 1;
    it->ended = TRUE;
    return 0;
}

/* TRUE when that was its end. */
static gboolean pump_out(struct daemon_stream *it)
{
    int more = 1;

    for (int i = 0; more > 0 && i < PIECES_AT_ONCE; i++) {
        if (server_client_full(it->peer)) {
            set_events(it, it->events & ~VIR_STREAM_EVENT_READABLE);
            return FALSE;
        }
        more = send_piece(it);
    }
    if (more < 0)
        return fail_stream(it);
    if (it->ended)
        set_events(it, it->events & ~VIR_STREAM_EVENT_READABLE);
    return FALSE;
}

void daemon_streams_drained(struct daemon_client *client)
{
    g_autoptr(GPtrArray) streams = g_ptr_array_new_with_free_func(stream_unref);

    lock_take(&client->lock);
    for (struct daemon_stream *it = client->streams; it; it = it->next) {
        g_atomic_int_inc(&it->refs);
        g_ptr_array_add(streams, it);
    }
    lock_drop(&client->lock);
    for (guint i = 0; i < streams->len; i++) {
        struct daemon_stream *it = streams->pdata[i];

        lock_guard(&it->lock);
        if (it->reads && !it->ended)
            set_events(it, it->events | VIR_STREAM_EVENT_READABLE);
    }
}

/* --- from the client
 * -------------------------------------------------------------------------------- */

static void finish(void *data)
{
    struct daemon_stream *it = data;
    gboolean last;

    lock_take(&it->lock);
    error_reset();
    if (!it->closed && virStreamFinish(it->stream) == 0) {
        send_bytes(it, RPC_STREAM, RPC_OK, "", 0);
        last = close_stream(it);
    } else {
        last = !it->closed && fail_stream(it);
    }
    lock_drop(&it->lock);
    if (last)
        stream_unref(it);
    stream_unref(it);
}

/* It may wait for whatever the driver has to do at the end. */
static void finish_later(struct daemon_stream *it)
{
    it->working = TRUE;
    set_events(it, 0);
    g_atomic_int_inc(&it->refs);
    server_client_run(it->peer, finish, it);
}

static gboolean abort_stream(struct daemon_stream *it)
{
    virStreamAbort(it->stream);
    send_bytes(it, RPC_STREAM, RPC_OK, "", 0);
    return close_stream(it);
}

/* 1 when the driver has taken it, 0 when it will later, -1 with an error. */
static int take_data(struct daemon_stream *it, struct incoming *incoming)
{
    while (incoming->done < incoming->size) {
        int n = virStreamSend(it->stream, (const char *)incoming->bytes + incoming->done,
                              incoming->size - incoming->done);

        if (n == -2)
            return 0;
        if (n < 0)
            return -1;
        incoming->done += n;
    }
    return 1;
}

static int take_incoming(struct daemon_stream *it, struct incoming *incoming)
{
    if (incoming->order == ORDER_DATA)
        return take_data(it, incoming);
    return virStreamSendHole(it->stream, incoming->hole, 0) < 0 ? -1 : 1;
}

static void hold_back(struct daemon_stream *it, gboolean hold)
{
    if (it->held == hold)
        return;
    it->held = hold;
    if (hold)
        server_client_hold(it->peer);
    else
        server_client_let_go(it->peer);
}

/* TRUE when that was its end. */
static gboolean pump_in(struct daemon_stream *it)
{
    struct incoming *incoming;
    int taken = 1;

    error_reset();
    while (!it->working && (incoming = g_queue_peek_head(&it->queue))) {
        if (incoming->order == ORDER_ABORT)
            return abort_stream(it);
        if (incoming->order == ORDER_FINISH) {
            finish_later(it);
            break;
        }
        taken = take_incoming(it, incoming);
        if (taken < 0)
            return fail_stream(it);
        if (taken == 0)
            break;
        it->queued -= incoming->size;
        g_free(g_queue_pop_head(&it->queue));
    }
    hold_back(it, it->queued > QUEUE_MAX);
    if (!it->working)
        set_events(it, taken == 0 ? it->events | VIR_STREAM_EVENT_WRITABLE
                                  : it->events & ~VIR_STREAM_EVENT_WRITABLE);
    return FALSE;
}

static struct incoming *incoming_new(const struct rpc_header *header, guint8 *payload, size_t size)
{
    gboolean data = header->type == RPC_STREAM && header->status == RPC_CONTINUE;
    struct incoming *incoming = g_malloc0(sizeof(*incoming) + (data ? size : 0));
    struct xdr_in in = xdr_in(payload, size);
    guint64 hole;

    if (header->status == RPC_OK)
        incoming->order = ORDER_FINISH;
    else if (header->status == RPC_ERROR)
        incoming->order = ORDER_ABORT;
    else if (data)
        memcpy(incoming->bytes, payload, incoming->size = size);
    else if (xdr_get_u64(&in, &hole) && (gint64)hole >= 0) {
        incoming->order = ORDER_HOLE;
        incoming->hole = hole;
    } else
        incoming->order = ORDER_ABORT; /* makes no sense */
    return incoming;
}

static struct daemon_stream *find(struct daemon_client *client, guint32 serial)
{
    struct daemon_stream *it;

    lock_guard(&client->lock);
    for (it = client->streams; it && it->header.serial != serial;)
        it = it->next;
    if (it)
        g_atomic_int_inc(&it->refs);
    return it;
}

void daemon_stream_frame(struct daemon_client *client, const struct rpc_header *header,
                         guint8 *payload, size_t size)
{
    struct daemon_stream *it = find(client, header->serial);
    struct incoming *incoming;
    gboolean last = FALSE;

    if (!it)
        return;
    incoming = incoming_new(header, payload, size);
    lock_take(&it->lock);
    if (it->closed || it->working) {
        g_free(incoming);
    } else {
        if (incoming->order == ORDER_ABORT)
            g_queue_push_head(&it->queue, incoming);
        else
            g_queue_push_tail(&it->queue, incoming);
        it->queued += incoming->size;
        last = pump_in(it);
    }
    lock_drop(&it->lock);
    if (last)
        stream_unref(it);
    stream_unref(it);
}

/* The driver has given it up: reading tells why. */
static gboolean break_off(struct daemon_stream *it)
{
    char byte;

    error_reset();
    if (!it->reads || virStreamRecv(it->stream, &byte, 1) >= 0)
        error_set(VIR_FROM_STREAMS, VIR_ERR_INTERNAL_ERROR, "the stream had unexpected end");
    return fail_stream(it);
}

/* --- beginning and end
 * ------------------------------------------------------------------------------ */

static void on_event(virStreamPtr stream, int events, void *opaque)
{
    struct daemon_stream *it = opaque;
    gboolean last = FALSE;

    lock_take(&it->lock);
    if (!it->closed && events & VIR_STREAM_EVENT_WRITABLE)
        last = pump_in(it);
    if (!it->closed && events & VIR_STREAM_EVENT_READABLE && !it->ended)
        last = pump_out(it);
    if (!it->closed && !it->ended && !it->working &&
        events & (VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP))
        last = break_off(it);
    lock_drop(&it->lock);
    if (last)
        stream_unref(it);
}

int daemon_stream_add(struct dispatch_call *call)
{
    struct daemon_stream *it = g_new0(struct daemon_stream, 1);

    lock_init(&it->lock);
    it->refs = 2; /* the list's, and the callback's */
    it->client = call->client;
    it->peer = server_client_ref(call->client->peer);
    it->header = call->header;
    it->stream = object_ref(&call->stream->base);
    it->reads = call->procedure->stream != WIRE_STREAM_WRITE;
    g_queue_init(&it->queue);
    if (virStreamEventAddCallback(it->stream, 0, on_event, it, stream_unref) < 0) {
        stream_unref(it);
        stream_unref(it);
        return -1;
    }
    lock_guard(&call->client->lock);
    it->next = call->client->streams;
    call->client->streams = it;
    return 0;
}

void daemon_stream_start(struct dispatch_call *call)
{
    struct daemon_stream *it = find(call->client, call->header.serial);

    if (!it)
        return;
    lock_take(&it->lock);
    if (it->reads)
        set_events(it, VIR_STREAM_EVENT_READABLE);
    lock_drop(&it->lock);
    stream_unref(it);
}

void daemon_streams_clear(struct daemon_client *client)
{
    struct daemon_stream *it;

    for (;;) {
        gboolean last;

        lock_take(&client->lock);
        it = client->streams;
        if (it)
            g_atomic_int_inc(&it->refs);
        lock_drop(&client->lock);
        if (!it)
            return;
        lock_take(&it->lock);
        if (!it->closed)
            virStreamAbort(it->stream);
        last = close_stream(it);
        lock_drop(&it->lock);
        if (last)
            stream_unref(it);
        stream_unref(it);
    }
}
