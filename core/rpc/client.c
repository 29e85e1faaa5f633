#include "core/rpc/client.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/object/error.h"
#include "core/rpc/client_private.h"
#include "core/rpc/codec.h"
#include "core/rpc/error_wire.h"

/* A child shares the parent's descriptors, and must not take part in its conversations. */
unsigned int rpc_forks;

static void count_fork(void)
{
    rpc_forks++;
}

static void watch_forks(void)
{
    static gsize once;

    if (g_once_init_enter(&once)) {
        pthread_atfork(NULL, NULL, count_fork);
        g_once_init_leave(&once, 1);
    }
}

static struct rpc_client *fail_new(struct rpc_client *client)
{
    error_set_system(VIR_FROM_RPC, errno, "no descriptors for another connection");
    rpc_client_unref(client);
    return NULL;
}

struct rpc_client *rpc_client_new(struct rpc_socket *socket,
                                  const struct rpc_client_handler *handler, void *data)
{
    struct rpc_client *client = g_new0(struct rpc_client, 1);

    watch_forks();
    lock_init(&client->lock);
    cond_init(&client->has_told);
    client->refs = 1;
    client->handler = handler;
    client->data = data;
    client->forks = rpc_forks;
    client->socket = *socket;
    client->watch = client->epoll_fd = client->nudge_fd = client->timer_fd = -1;
    client->heard = g_get_monotonic_time();
    rpc_outbox_init(&client->outbox);
    client->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return client->wake_fd < 0 ? fail_new(client) : client;
}

struct rpc_client *rpc_client_ref(struct rpc_client *client)
{
    client->refs++;
    return client;
}

static void close_own_fds(struct rpc_client *client)
{
    for (guint i = 0; i < G_N_ELEMENTS(client->own_fds); i++) {
        if (client->own_fds[i] >= 0)
            close(client->own_fds[i]);
        client->own_fds[i] = -1;
    }
}

/* The loop keeps its reference until it runs, which may be never: descriptors do not wait for it.
 * Whoever reads or sends just now still needs them. */
static void close_early(struct rpc_client *client)
{
    lock_guard(&client->lock);
    if (client->reading || client->sending)
        return;
    rpc_socket_close(&client->socket);
    close_own_fds(client);
}

void rpc_client_unref(struct rpc_client *client)
{
    int left;

    lock_take(&client->lock);
    left = --client->refs;
    lock_drop(&client->lock);
    if (left)
        return;
    rpc_socket_close(&client->socket);
    rpc_inbox_clear(&client->inbox);
    rpc_outbox_clear(&client->outbox);
    close_own_fds(client);
    g_free(client->excuse);
    cond_clear(&client->has_told);
    lock_clear(&client->lock);
    g_free(client);
}

gboolean rpc_client_is_ours(const struct rpc_client *client)
{
    return client->forks == rpc_forks;
}

gboolean rpc_client_is_alive(struct rpc_client *client)
{
    if (!rpc_client_is_ours(client))
        return FALSE;
    lock_guard(&client->lock);
    return !client->dead && !client->mute;
}

struct rpc_socket *rpc_client_socket(struct rpc_client *client)
{
    return &client->socket;
}

int rpc_client_check(struct rpc_client *client)
{
    if (client->dead) {
        error_set(VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "client socket is closed: %s",
                  client->excuse);
        return -1;
    }
    return 0;
}

/* Before the lock: after a fork it may be held for ever. */
int rpc_client_check_process(const struct rpc_client *client)
{
    if (rpc_client_is_ours(client))
        return 0;
    error_set(VIR_FROM_RPC, VIR_ERR_OPERATION_INVALID,
              "the connection was opened before the process forked, and is its parent's: open one "
              "of your own");
    return -1;
}

void rpc_client_die(struct rpc_client *client, int reason, const char *format, ...)
{
    va_list args;

    if (client->dead)
        return;
    if (!client->excuse) { /* else it could not send any more, and now has read the rest */
        va_start(args, format);
        client->excuse = g_strdup_vprintf(format, args);
        va_end(args);
        client->reason = reason;
    }
    client->dead = TRUE;
    for (struct rpc_waiter *waiter = client->waiters; waiter; waiter = waiter->next)
        rpc_waiter_wake(waiter);
    rpc_client_streams_die(client);
    rpc_client_nudge(client);
}

void rpc_client_close(struct rpc_client *client)
{
    if (!rpc_client_is_ours(client)) /* the parent's; its lock may be anybody's */
        return;
    lock_take(&client->lock);
    rpc_client_flush(client);
    rpc_client_die(client, VIR_CONNECT_CLOSE_REASON_CLIENT, "it was closed");
    client->told = TRUE;
    /* what the handler was given is about to go */
    while (client->telling && !pthread_equal(client->teller, pthread_self()))
        cond_wait(&client->has_told, &client->lock);
    lock_drop(&client->lock);
    rpc_client_leave_loop(client);
    close_early(client);
    rpc_client_unref(client);
}

/* A sender goes on for others that long, then the reader or the loop does. */
#define PACKETS_AT_ONCE 4

/* --- sending -------------------------------------------------------------------------------------
 */

/* A peer that leaves has often answered before: what has come is still read, up to its end, which
 * is certain to come once the socket is shut. */
static void cannot_send(struct rpc_client *client, const char *problem)
{
    client->excuse = g_strdup_printf("Cannot write data: %s", problem);
    client->reason = VIR_CONNECT_CLOSE_REASON_ERROR;
    client->mute = TRUE;
    rpc_outbox_clear(&client->outbox);
    if (shutdown(client->socket.fd, SHUT_RDWR) < 0 && errno != ENOTCONN)
        rpc_client_die(client, VIR_CONNECT_CLOSE_REASON_ERROR, "it cannot be shut");
    else if (!client->reading)
        rpc_client_watch(client);
}

/* 1 when all has gone, 0 when some waits, -1 with errno. Others may append meanwhile. */
static int send_packets(struct rpc_client *client)
{
    struct rpc_packet *packet;
    int result = 1, error = 0;

    for (int i = 0; result > 0 && i < PACKETS_AT_ONCE; i++) {
        packet = rpc_outbox_take(&client->outbox);
        if (!packet)
            return 1;
        rpc_client_unlock(client);
        result = rpc_packet_write(packet, &client->socket);
        error = errno;
        lock_take(&client->lock);
        rpc_outbox_give_back(&client->outbox, packet);
    }
    errno = error;
    return result > 0 ? rpc_outbox_empty(&client->outbox) : result;
}

/* Whoever finds somebody sending leaves that one the rest. */
void rpc_client_flush(struct rpc_client *client)
{
    int result;

    if (client->dead || client->sending || rpc_outbox_empty(&client->outbox))
        return;
    client->sending = TRUE;
    result = send_packets(client);
    client->sending = FALSE;
    if (result < 0 && !client->dead)
        cannot_send(client, rpc_socket_problem(&client->socket, errno));
    else if (result == 0)
        rpc_client_wait_for_room(client);
    else if (result > 0)
        rpc_client_streams_sent(client);
}

static int write_payload(GByteArray *bytes, rpc_write write, const void *data, int n_fds)
{
    struct xdr_out out;

    xdr_out_begin(&out, bytes, RPC_MESSAGE_MAX - RPC_HEADER_BYTES);
    if ((n_fds && !xdr_put_u32(&out, n_fds)) || (write && write(&out, data) < 0)) {
        xdr_out_drop(&out);
        return -1;
    }
    xdr_out_end(&out);
    return 0;
}

/* What a call that has waited in vain is told. */
static int fail_dead(struct rpc_client *client)
{
    if (client->reason == VIR_CONNECT_CLOSE_REASON_CLIENT)
        return rpc_client_check(client);
    error_set(VIR_FROM_RPC, VIR_ERR_SYSTEM_ERROR, "%s", client->excuse);
    return -1;
}

int rpc_client_send(struct rpc_client *client, const struct rpc_header *header, rpc_write write,
                    const void *data, const int *fds, int n_fds)
{
    GByteArray *bytes;
    size_t before;

    if (client->mute)
        return fail_dead(client);
    bytes = rpc_outbox_begin(&client->outbox);
    before = rpc_frame_begin(bytes, header);
    if (write_payload(bytes, write, data, n_fds) < 0) {
        rpc_outbox_drop(&client->outbox, before);
        return -1;
    }
    if (!rpc_frame_end(bytes, before)) {
        rpc_outbox_drop(&client->outbox, before);
        error_set(VIR_FROM_RPC, VIR_ERR_RPC, "message is larger than %d bytes", RPC_MESSAGE_MAX);
        return -1;
    }
    if (rpc_outbox_finish(&client->outbox, before, fds, n_fds) < 0) {
        error_set_system(VIR_FROM_RPC, errno, "descriptors cannot be sent");
        return -1;
    }
    rpc_client_flush(client);
    return 0;
}

/* --- reading -------------------------------------------------------------------------------------
 */

static struct rpc_pending *find_pending(struct rpc_client *client, guint32 serial)
{
    struct rpc_pending *pending = client->pending;

    while (pending && pending->serial != serial)
        pending = pending->next;
    return pending;
}

/* The reader's buffer is needed for what follows, so the caller gets a copy. */
static void answer(struct rpc_client *client, struct rpc_pending *pending,
                   const struct rpc_header *header, const guint8 *payload, size_t size,
                   const int *fds, int n_fds)
{
    pending->header = *header;
    pending->size = size;
    pending->payload = size <= RPC_SMALL_ANSWER ? pending->small : g_malloc(size);
    memcpy(pending->payload, payload, size);
    memcpy(pending->fds, fds, n_fds * sizeof(*fds));
    pending->n_fds = n_fds;
    pending->answered = TRUE;
    rpc_waiter_wake_later(client, pending->waiter);
}

static void take_reply(struct rpc_client *client, const struct rpc_header *header,
                       const guint8 *payload, size_t size, int n_fds)
{
    struct rpc_pending *pending = find_pending(client, header->serial);
    int fds[RPC_FDS_MAX];

    if (!rpc_socket_take_fds(&client->socket, fds, n_fds)) {
        rpc_client_die(client, VIR_CONNECT_CLOSE_REASON_ERROR,
                       "%d descriptors were announced and fewer came", n_fds);
        return;
    }
    if (pending && !pending->answered) {
        answer(client, pending, header, payload, size, fds, n_fds);
        return;
    }
    log_debug("answer %u has nobody waiting", header->serial);
    for (int i = 0; i < n_fds; i++)
        close(fds[i]);
}

static void take_frame(struct rpc_client *client, guint8 *frame, size_t size, int n_fds)
{
    struct rpc_header header;
    size_t start = RPC_HEADER_BYTES;

    if (!rpc_header_read(&header, frame, size)) {
        rpc_client_die(client, VIR_CONNECT_CLOSE_REASON_ERROR,
                       "a message of type %u and status %u makes no sense", header.type,
                       header.status);
        return;
    }
    if (header.program == RPC_KEEPALIVE_PROGRAM) {
        rpc_client_keepalive_frame(client, &header);
        return;
    }
    switch (header.type) {
    case RPC_REPLY_WITH_FDS:
        start += sizeof(guint32);
        take_reply(client, &header, frame + start, size - start, n_fds);
        break;
    case RPC_REPLY:
        take_reply(client, &header, frame + start, size - start, 0);
        break;
    case RPC_MESSAGE:
        client->handler->event(client->data, &header, frame + start, size - start);
        break;
    case RPC_STREAM:
    case RPC_STREAM_HOLE:
        if (!rpc_client_stream_frame(client, &header, frame + start, size - start))
            log_debug("message of stream %u, which is not there", header.serial);
        break;
    default:
        rpc_client_die(client, VIR_CONNECT_CLOSE_REASON_ERROR, "the peer calls procedure %d of us",
                       header.procedure);
    }
}

void rpc_client_take_frames(struct rpc_client *client)
{
    guint8 *frame;
    size_t size;
    int n_fds, more = 0;

    while (!client->dead && (more = rpc_inbox_next(&client->inbox, &frame, &size, &n_fds)) > 0)
        take_frame(client, frame, size, n_fds);
    if (more < 0)
        rpc_client_die(client, VIR_CONNECT_CLOSE_REASON_ERROR,
                       "a message of %zu bytes or descriptors is too large, or too small", size);
}

void rpc_client_read(struct rpc_client *client)
{
    enum rpc_fill fill;
    const char *excuse;
    int error;

    lock_drop(&client->lock);
    fill = rpc_inbox_fill(&client->inbox, &client->socket);
    error = errno;
    lock_take(&client->lock);
    if (fill == RPC_FILL_SOME) {
        client->heard = g_get_monotonic_time();
        client->pings_left = client->pings;
        rpc_client_take_frames(client);
    } else if (fill == RPC_FILL_END) {
        excuse = rpc_socket_excuse(&client->socket);
        rpc_client_die(client, VIR_CONNECT_CLOSE_REASON_EOF, "End of file while reading data%s%s",
                       excuse ? ": " : "", excuse ? excuse : "");
    } else if (fill == RPC_FILL_ERROR) {
        rpc_client_die(client, VIR_CONNECT_CLOSE_REASON_ERROR, "Cannot read data: %s",
                       rpc_socket_problem(&client->socket, error));
    }
}

/* --- calls ---------------------------------------------------------------------------------------
 */

static void add_pending(struct rpc_client *client, struct rpc_pending *pending)
{
    pending->serial = ++client->serial;
    pending->answered = FALSE;
    pending->payload = NULL;
    pending->prev = NULL;
    pending->next = client->pending;
    if (pending->next)
        pending->next->prev = pending;
    client->pending = pending;
}

static void remove_pending(struct rpc_client *client, struct rpc_pending *pending)
{
    if (pending->next)
        pending->next->prev = pending->prev;
    if (pending->prev)
        pending->prev->next = pending->next;
    else
        client->pending = pending->next;
}

static int write_args(struct xdr_out *out, const void *data)
{
    const struct rpc_request *request = data;

    return wire_encode(out, request->args_type, request->args);
}

static int send_and_wait(struct rpc_client *client, struct call *call,
                         const struct rpc_request *request, struct rpc_pending *pending)
{
    struct rpc_header header = {request->program,   request->version,
                                request->procedure, request->n_fds ? RPC_CALL_WITH_FDS : RPC_CALL,
                                pending->serial,    RPC_OK};

    if (rpc_client_send(client, &header, write_args, request, request->fds, request->n_fds) < 0 ||
        rpc_client_wait(client, pending->waiter, call) < 0)
        return -1;
    return pending->answered ? 0 : fail_dead(client);
}

static int exchange(struct rpc_client *client, struct call *call, const struct rpc_request *request,
                    struct rpc_pending *pending)
{
    struct rpc_waiter waiter;
    int result = -1;

    rpc_client_guard(client);
    if (rpc_client_check(client) < 0)
        return -1;
    rpc_waiter_init(client, &waiter);
    pending->waiter = &waiter;
    add_pending(client, pending);
    if (!request->stream || rpc_stream_open(client, request->stream, request, pending->serial) == 0)
        result = send_and_wait(client, call, request, pending);
    remove_pending(client, pending);
    rpc_waiter_clear(client, &waiter);
    return result;
}

static int raise_error(struct xdr_in *in)
{
    wire_error error;

    if (wire_decode(in, WIRE_ERROR, &error) < 0)
        return -1;
    wire_error_raise(&error);
    wire_clear(WIRE_ERROR, &error);
    return -1;
}

static int read_answer(struct rpc_pending *pending, struct rpc_result *result)
{
    struct xdr_in in = xdr_in(pending->payload, pending->size);

    if (pending->header.status == RPC_ERROR)
        return raise_error(&in);
    if (wire_decode(&in, result->type, result->value) < 0)
        return -1;
    result->n_fds = pending->n_fds;
    memcpy(result->fds, pending->fds, pending->n_fds * sizeof(*result->fds));
    pending->n_fds = 0;
    return 0;
}

/* Names in an answer stay in its message, which the caller reads when the call is over: a thread
 * keeps the last one until its next call. */
struct last_answer {
    guint8 small[RPC_SMALL_ANSWER];
    guint8 *large;
};

static void last_answer_free(gpointer data)
{
    struct last_answer *last = data;

    g_free(last->large);
    g_free(last);
}

static struct last_answer *last_answer(void)
{
    static GPrivate key = G_PRIVATE_INIT(last_answer_free);
    struct last_answer *last = g_private_get(&key);

    if (!last) {
        last = g_new0(struct last_answer, 1);
        g_private_set(&key, last);
    }
    g_clear_pointer(&last->large, g_free);
    return last;
}

int rpc_client_call(struct rpc_client *client, struct call *call, const struct rpc_request *request,
                    struct rpc_result *result)
{
    struct last_answer *last = last_answer();
    struct rpc_pending pending;
    int status;

    pending.small = last->small;
    pending.n_fds = 0;
    pending.payload = NULL;
    if (rpc_client_check_process(client) < 0)
        return -1;
    status = exchange(client, call, request, &pending);
    if (status == 0)
        status = read_answer(&pending, result);
    for (int i = 0; i < pending.n_fds; i++)
        close(pending.fds[i]);
    if (pending.payload != pending.small)
        last->large = pending.payload;
    return status;
}
