/* The event loop's part in a connection: it reads when no caller does, keeps the connection alive,
 * and calls back. */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/event/loop.h"
#include "core/object/error.h"
#include "core/rpc/client_private.h"

static gboolean in_loop(struct rpc_client *client)
{
    return client->watch >= 0;
}

void rpc_client_watch(struct rpc_client *client)
{
    struct epoll_event event = {.data.fd = client->socket.fd};

    if (!in_loop(client))
        return;
    if (!client->reading && !client->dead) {
        event.events = rpc_client_streams_full(client) ? 0 : EPOLLIN;
        if (!rpc_outbox_empty(&client->outbox))
            event.events |= EPOLLOUT;
        if (rpc_socket_pending(&client->socket))
            rpc_client_nudge(client);
    }
    if (event.events == client->watched)
        return;
    epoll_ctl(client->epoll_fd,
              !event.events     ? EPOLL_CTL_DEL
              : client->watched ? EPOLL_CTL_MOD
                                : EPOLL_CTL_ADD,
              client->socket.fd, &event);
    client->watched = event.events;
}

void rpc_client_nudge(struct rpc_client *client)
{
    if (client->nudge_fd >= 0 && eventfd_write(client->nudge_fd, 1) < 0)
        log_debug("the loop is to look at the connection anyway");
}

/* --- keepalive
 * ------------------------------------------------------------------------------------ */

static void set_timer(struct rpc_client *client, gint64 at)
{
    struct itimerspec timer = {
        .it_value = {at / G_USEC_PER_SEC, at % G_USEC_PER_SEC * 1000},
    };

    timerfd_settime(client->timer_fd, TFD_TIMER_ABSTIME, &timer, NULL);
}

static void send_keepalive(struct rpc_client *client, int procedure)
{
    struct rpc_header header = {.program = RPC_KEEPALIVE_PROGRAM,
                                .version = RPC_KEEPALIVE_VERSION,
                                .procedure = procedure,
                                .type = RPC_MESSAGE};

    if (!client->mute)
        rpc_client_send(client, &header, NULL, NULL, NULL, 0);
}

void rpc_client_keepalive_frame(struct rpc_client *client, const struct rpc_header *header)
{
    if (header->procedure == RPC_KEEPALIVE_PING)
        send_keepalive(client, RPC_KEEPALIVE_PONG);
}

/* What has been heard since counts as an answer, whatever it was. */
static void keepalive_due(struct rpc_client *client)
{
    gint64 now = g_get_monotonic_time();
    gint64 interval = client->interval * G_TIME_SPAN_SECOND;
    guint64 times;

    if (read(client->timer_fd, &times, sizeof(times)) < 0 || !interval || client->dead)
        return;
    if (now - client->heard < interval) {
        set_timer(client, client->heard + interval);
        return;
    }
    if (!client->pings_left) {
        rpc_client_die(
            client, VIR_CONNECT_CLOSE_REASON_KEEPALIVE,
            "connection closed due to keepalive timeout: nothing heard for %" G_GINT64_FORMAT " s",
            (now - client->heard) / G_USEC_PER_SEC);
        return;
    }
    client->pings_left--;
    send_keepalive(client, RPC_KEEPALIVE_PING);
    set_timer(client, now + interval);
}

int rpc_client_keep_alive(struct rpc_client *client, int interval, unsigned int count)
{
    if (interval > 0 && rpc_client_use_loop(client) < 0)
        return -1;
    if (rpc_client_check_process(client) < 0)
        return -1;
    lock_guard(&client->lock);
    client->interval = MAX(interval, 0);
    client->pings = client->pings_left = count;
    if (in_loop(client))
        set_timer(client,
                  interval > 0 ? g_get_monotonic_time() + interval * G_TIME_SPAN_SECOND : 0);
    return 0;
}

/* --- the loop's turn
 * ------------------------------------------------------------------------------ */

/* Callers that came meanwhile found the reading taken: one of them goes on. */
static void read_for_nobody(struct rpc_client *client)
{
    client->reading = TRUE;
    rpc_client_read(client);
    rpc_client_pass_on_reading(client);
}

static void tell_end(struct rpc_client *client)
{
    int reason = client->reason;

    client->told = client->telling = TRUE;
    client->teller = pthread_self();
    rpc_client_unlock(client);
    client->handler->closed(client->data, reason);
    lock_take(&client->lock);
    client->telling = FALSE;
    cond_broadcast(&client->has_told);
}

/* Level-triggered, and whatever it was about is looked at: the loop's one descriptor does not say.
 */
static void loop_turn(int watch, int fd, int events, void *opaque)
{
    struct rpc_client *client = opaque;
    eventfd_t nudges;

    (void)watch, (void)fd, (void)events;
    if (!rpc_client_is_ours(client))
        return;
    lock_take(&client->lock);
    if (client->nudge_fd < 0) { /* closed since it was called */
        lock_drop(&client->lock);
        return;
    }
    if (eventfd_read(client->nudge_fd, &nudges) < 0)
        nudges = 0;
    keepalive_due(client);
    if (!client->reading && !client->dead) {
        rpc_client_flush(client);
        if (!rpc_client_streams_full(client))
            read_for_nobody(client);
    }
    rpc_client_stream_callbacks(client);
    if (client->dead && !client->told)
        tell_end(client);
    rpc_client_watch(client);
    rpc_client_unlock(client);
}

static void release(void *opaque)
{
    rpc_client_unref(opaque);
}

static int watch_fd(struct rpc_client *client, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

    return fd < 0 ? -1 : epoll_ctl(client->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static int open_fds(struct rpc_client *client)
{
    if (client->epoll_fd >= 0)
        return 0;
    client->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    client->nudge_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    client->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (client->epoll_fd < 0 || watch_fd(client, client->nudge_fd) < 0 ||
        watch_fd(client, client->timer_fd) < 0) {
        error_set_system(VIR_FROM_RPC, errno, "the connection cannot be put into the event loop");
        return -1;
    }
    return 0;
}

int rpc_client_use_loop(struct rpc_client *client)
{
    if (rpc_client_check_process(client) < 0 || event_loop_require("a connection to a daemon") < 0)
        return -1;
    lock_guard(&client->lock);
    if (in_loop(client))
        return 0;
    if (open_fds(client) < 0)
        return -1;
    client->watch = event_add_handle(client->epoll_fd, VIR_EVENT_HANDLE_READABLE, loop_turn,
                                     rpc_client_ref(client), release);
    if (client->watch < 0) {
        client->refs--;
        return -1;
    }
    rpc_client_watch(client);
    return 0;
}

void rpc_client_leave_loop(struct rpc_client *client)
{
    int watch;

    lock_take(&client->lock);
    watch = client->watch;
    client->watch = -1;
    lock_drop(&client->lock);
    if (watch >= 0)
        event_remove_handle(watch);
}
