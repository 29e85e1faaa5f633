#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "core/base/log.h"
#include "core/rpc/server_private.h"

/* Beyond the first a client is not read from, below the second it is again. */
#define WAITING_HIGH (4 * 1024 * 1024)
#define WAITING_LOW (256 * 1024)
/* A held client has this many requests more than any limit allows. */
#define HOLD (1 << 20)
/* How often one client is read from before the others get their turn. */
#define READS_AT_ONCE 8

static void watch(struct server_client *client, guint32 events)
{
    struct epoll_event event = {.events = events, .data.ptr = client};

    if (client->watched == events)
        return;
    client->watched = events;
    epoll_ctl(client->server->epoll_fd, EPOLL_CTL_MOD, client->socket.fd, &event);
}

void server_client_new(struct server *server, const struct server_service *service, int fd)
{
    struct server_client *client = g_new0(struct server_client, 1);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};

    lock_init(&client->lock);
    client->refs = 1;
    client->server = server;
    client->service = service;
    client->since = g_get_real_time() / G_USEC_PER_SEC;
    client->heard = g_get_monotonic_time();
    client->reading = TRUE;
    client->anonymous = TRUE;
    client->watched = EPOLLIN;
    client->link.data = client;
    rpc_socket_init(&client->socket, fd);
    rpc_outbox_init(&client->outbox);
    lock_take(&server->lock);
    client->id = server->next_id++;
    g_queue_push_tail_link(&server->clients, &client->link);
    server->anonymous++;
    lock_drop(&server->lock);
    if (epoll_ctl(server->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ||
        server->handler->connected(client) < 0)
        server_client_end(client);
}

struct server_client *server_client_ref(struct server_client *client)
{
    lock_guard(&client->lock);
    client->refs++;
    return client;
}

void server_client_unref(struct server_client *client)
{
    int left;

    lock_take(&client->lock);
    left = --client->refs;
    lock_drop(&client->lock);
    if (left)
        return;
    client->server->handler->freed(client);
    rpc_inbox_clear(&client->inbox);
    rpc_outbox_clear(&client->outbox);
    rpc_socket_close(&client->socket);
    lock_clear(&client->lock);
    g_free(client);
}

/* The descriptor is closed with the last reference: its number must not come back while an event
 * of this round, or another thread's write, may still mean it. */
void server_client_end(struct server_client *client)
{
    struct server *server = client->server;

    lock_take(&client->lock);
    if (client->closed) {
        lock_drop(&client->lock);
        return;
    }
    client->closed = TRUE;
    lock_drop(&client->lock);
    epoll_ctl(server->epoll_fd, EPOLL_CTL_DEL, client->socket.fd, NULL);
    shutdown(client->socket.fd, SHUT_RDWR);
    server_client_set_ticking(client, FALSE);
    server_client_identified(client);
    lock_take(&server->lock);
    g_queue_unlink(&server->clients, &client->link);
    lock_drop(&server->lock);
    server->handler->closed(client);
    g_ptr_array_add(server->gone, client);
    server_balance(server);
}

/* --- sending ------------------------------------------------------------------------------------
 */

/* With the client's lock held. */
static void want_look(struct server_client *client)
{
    struct server *server = client->server;

    if (client->queued)
        return;
    client->queued = TRUE;
    client->refs++;
    lock_drop(&client->lock); /* the server's lock comes first */
    lock_take(&server->lock);
    g_queue_push_tail(&server->woken, client);
    lock_drop(&server->lock);
    server_wake(server);
    lock_take(&client->lock);
}

/* With the client's lock held. What stays behind is the server's thread's to send. */
static void flush(struct server_client *client)
{
    int result;

    if (client->blocked || client->closed)
        return;
    result = rpc_outbox_flush(&client->outbox, &client->socket);
    client->blocked = result == 0;
    if (result < 0)
        client->closing = TRUE;
    if (result <= 0 || client->closing)
        want_look(client);
}

GByteArray *server_client_send(struct server_client *client)
{
    lock_take(&client->lock);
    if (client->closed || client->closing) {
        lock_drop(&client->lock);
        return NULL;
    }
    return rpc_outbox_begin(&client->outbox);
}

void server_client_sent(struct server_client *client, size_t before, const int *fds, int n_fds)
{
    if (rpc_outbox_finish(&client->outbox, before, fds, n_fds) < 0) {
        log_error("client %" G_GUINT64_FORMAT ": descriptors cannot be sent: %s", client->id,
                  g_strerror(errno));
        client->closing = TRUE;
    }
    if (!client->collecting)
        flush(client);
    lock_drop(&client->lock);
}

void server_client_unsend(struct server_client *client, size_t before)
{
    rpc_outbox_drop(&client->outbox, before);
    lock_drop(&client->lock);
}

gboolean server_client_full(struct server_client *client)
{
    lock_guard(&client->lock);
    if (client->outbox.bytes < WAITING_LOW)
        return FALSE;
    client->want_drained = TRUE;
    return TRUE;
}

gboolean server_client_busy(struct server_client *client)
{
    lock_guard(&client->lock);
    return client->requests > 0 || client->outbox.bytes > 0;
}

void server_client_finish(struct server_client *client)
{
    lock_guard(&client->lock);
    client->closing = TRUE;
    if (!client->collecting)
        want_look(client);
}

void server_client_close(struct server_client *client)
{
    lock_guard(&client->lock);
    client->closing = TRUE;
    rpc_outbox_clear(&client->outbox);
    if (!client->collecting)
        want_look(client);
}

/* --- reading, in the server's thread -------------------------------------------------------------
 */

static gboolean may_read(struct server_client *client)
{
    size_t limit = client->reading ? WAITING_HIGH : WAITING_LOW;

    lock_guard(&client->lock);
    return !client->closing && client->outbox.bytes < limit &&
           client->requests < g_atomic_int_get(&client->server->limits.client_requests);
}

/* FALSE when the client is to be closed. */
static gboolean handle_frame(struct server_client *client, guint8 *frame, size_t size, int n_fds)
{
    int fds[RPC_FDS_MAX];

    if (!rpc_socket_take_fds(&client->socket, fds, n_fds)) {
        log_warning("client %" G_GUINT64_FORMAT " announced %d descriptors and sent fewer",
                    client->id, n_fds);
        return FALSE;
    }
    return client->server->handler->frame(client, frame, size, fds, n_fds);
}

/* FALSE when the client is to be closed. */
static gboolean handle_frames(struct server_client *client)
{
    guint8 *frame;
    size_t size;
    int n_fds, more = 1;

    while ((client->reading = may_read(client))) {
        more = rpc_inbox_next(&client->inbox, &frame, &size, &n_fds);
        if (more <= 0)
            break;
        if (!handle_frame(client, frame, size, n_fds))
            return FALSE;
    }
    if (more < 0) {
        client->reason = "it sent a frame that no message has";
        log_warning("client %" G_GUINT64_FORMAT " sent a frame of %zu bytes or descriptors",
                    client->id, size);
    }
    return more >= 0;
}

/* FALSE when there is no more to come from the client. */
static gboolean read_frames(struct server_client *client)
{
    if (!handle_frames(client))
        return FALSE;
    for (int i = 0; client->reading && i < READS_AT_ONCE; i++) {
        switch (rpc_inbox_fill(&client->inbox, &client->socket)) {
        case RPC_FILL_SOME:
            client->heard = g_get_monotonic_time();
            if (!handle_frames(client))
                return FALSE;
            if (!rpc_inbox_pending(&client->inbox) && !rpc_socket_pending(&client->socket))
                return TRUE;
            break;
        case RPC_FILL_NOTHING:
            return TRUE;
        case RPC_FILL_ERROR:
            client->reason = g_strerror(errno); /* which GLib keeps */
            return FALSE;
        case RPC_FILL_END:
            return FALSE;
        }
    }
    return TRUE;
}

/* Sends what has been collected; FALSE when the client is to be ended. `ret_drained` says whether
 * somebody waits for this moment. */
static gboolean send_collected(struct server_client *client, gboolean *ret_drained,
                               gboolean *ret_blocked)
{
    int result;

    lock_guard(&client->lock);
    client->collecting = FALSE;
    result = client->outbox.bytes && !client->blocked
                 ? rpc_outbox_flush(&client->outbox, &client->socket)
                 : !client->blocked;
    *ret_blocked = client->blocked = result == 0;
    *ret_drained = client->want_drained && client->outbox.bytes < WAITING_LOW;
    if (*ret_drained)
        client->want_drained = FALSE;
    return result >= 0 && !(client->closing && rpc_outbox_empty(&client->outbox));
}

/* It was held back: with room again, what it has sent meanwhile has its turn after the others. */
static void read_again(struct server_client *client)
{
    client->reading = TRUE;
    client->heard = g_get_monotonic_time(); /* silence until now was ours */
    if (rpc_inbox_pending(&client->inbox) || rpc_socket_pending(&client->socket)) {
        lock_guard(&client->lock);
        want_look(client);
    }
}

/* All that may be done for the client now. */
static void work(struct server_client *client, gboolean readable)
{
    gboolean drained, blocked, alive;

    lock_take(&client->lock);
    client->collecting = TRUE;
    lock_drop(&client->lock);
    alive = !readable || read_frames(client);
    if (!send_collected(client, &drained, &blocked) || !alive) {
        server_client_end(client);
        return;
    }
    if (drained)
        client->server->handler->drained(client);
    if (!client->reading && may_read(client))
        read_again(client);
    watch(client, (client->reading ? EPOLLIN : 0) | (blocked ? EPOLLOUT : 0));
}

void server_client_event(struct server_client *client, guint32 events)
{
    if (client->closed)
        return;
    if ((events & (EPOLLHUP | EPOLLERR)) && !(events & EPOLLIN)) {
        server_client_end(client);
        return;
    }
    if (events & EPOLLOUT) {
        lock_take(&client->lock);
        client->blocked = FALSE;
        lock_drop(&client->lock);
    }
    work(client, events & EPOLLIN);
}

void server_client_look(struct server_client *client)
{
    if (!client->closed)
        work(client, rpc_inbox_pending(&client->inbox) || rpc_socket_pending(&client->socket));
}

/* --- jobs ----------------------------------------------------------------------------------------
 */

struct client_job {
    struct server_client *client;
    worker_job run;
    void *data;
};

void server_client_hold(struct server_client *client)
{
    lock_guard(&client->lock);
    client->requests += HOLD;
}

void server_client_let_go(struct server_client *client)
{
    lock_guard(&client->lock);
    client->requests -= HOLD;
    want_look(client);
}

static void run_client_job(void *data)
{
    struct client_job *job = data;
    struct server_client *client = job->client;

    job->run(job->data);
    lock_take(&client->lock);
    if (client->requests-- >= g_atomic_int_get(&client->server->limits.client_requests))
        want_look(client);
    lock_drop(&client->lock);
    server_client_unref(client);
    g_free(job);
}

static void run_by(struct workers *workers, struct server_client *client, worker_job run, void *data)
{
    struct client_job *job = g_new(struct client_job, 1);

    *job = (struct client_job){server_client_ref(client), run, data};
    lock_take(&client->lock);
    client->requests++;
    lock_drop(&client->lock);
    workers_add(workers, run_client_job, job);
}

void server_client_run(struct server_client *client, worker_job run, void *data)
{
    run_by(client->server->workers, client, run, data);
}

void server_client_run_apart(struct server_client *client, worker_job run, void *data)
{
    run_by(client->server->waiters, client, run, data);
}

/* --- what the handler says of it
 * ------------------------------------------------------------------ */

void server_client_set_ticking(struct server_client *client, gboolean yes)
{
    if (client->ticking == yes)
        return;
    client->ticking = yes;
    client->server->n_ticking += yes ? 1 : -1;
}

void server_client_identified(struct server_client *client)
{
    if (!client->anonymous)
        return;
    client->anonymous = FALSE;
    lock_take(&client->server->lock);
    client->server->anonymous--;
    lock_drop(&client->server->lock);
    server_balance(client->server);
}
