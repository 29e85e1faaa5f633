/* Threads that wait for something of a connection: one of them reads for all. */
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>

#include "core/base/log.h"
#include "core/rpc/client_private.h"

/* --- sleeping ------------------------------------------------------------------------------------
 */

static void sleeper_unref(gpointer data)
{
    struct rpc_sleeper *sleeper = data;

    if (!g_atomic_int_dec_and_test(&sleeper->refs))
        return;
    cond_clear(&sleeper->cond);
    g_free(sleeper);
}

static struct rpc_sleeper *this_sleeper(void)
{
    static GPrivate key = G_PRIVATE_INIT(sleeper_unref);
    struct rpc_sleeper *sleeper = g_private_get(&key);

    if (!sleeper) {
        sleeper = g_new(struct rpc_sleeper, 1);
        sleeper->refs = 1;
        cond_init(&sleeper->cond);
        g_private_set(&key, sleeper);
    }
    return sleeper;
}

void rpc_waiter_init(struct rpc_client *client, struct rpc_waiter *waiter)
{
    waiter->sleeper = this_sleeper();
    waiter->ready = waiter->reads = FALSE;
    waiter->prev = NULL;
    waiter->next = client->waiters;
    if (waiter->next)
        waiter->next->prev = waiter;
    client->waiters = waiter;
}

void rpc_waiter_clear(struct rpc_client *client, struct rpc_waiter *waiter)
{
    if (waiter->next)
        waiter->next->prev = waiter->prev;
    if (waiter->prev)
        waiter->prev->next = waiter->next;
    else
        client->waiters = waiter->next;
}

void rpc_waiter_wake(struct rpc_waiter *waiter)
{
    waiter->ready = TRUE;
    if (!waiter->reads)
        cond_signal(&waiter->sleeper->cond);
}

void rpc_waiter_wake_later(struct rpc_client *client, struct rpc_waiter *waiter)
{
    if (waiter->reads || waiter->ready || client->n_woken == RPC_WOKEN_MAX) {
        rpc_waiter_wake(waiter);
        return;
    }
    waiter->ready = TRUE;
    g_atomic_int_inc(&waiter->sleeper->refs);
    client->woken[client->n_woken++] = waiter->sleeper;
}

void rpc_client_unlock(struct rpc_client *client)
{
    struct rpc_sleeper *woken[RPC_WOKEN_MAX];
    int n = client->n_woken;

    memcpy(woken, client->woken, n * sizeof(*woken));
    client->n_woken = 0;
    lock_drop(&client->lock);
    for (int i = 0; i < n; i++) {
        cond_signal(&woken[i]->cond);
        sleeper_unref(woken[i]);
    }
}

/* --- reading -------------------------------------------------------------------------------------
 */

/* Sleeps until there is something to read, or room for what waits to be sent. */
static int poll_socket(struct rpc_client *client, struct call *call)
{
    gboolean sends = !client->sending && !rpc_outbox_empty(&client->outbox);
    struct pollfd fd = {.fd = client->socket.fd, .events = POLLIN | (sends ? POLLOUT : 0)};
    int result;

    if (rpc_socket_pending(&client->socket))
        return POLLIN;
    client->polling = TRUE;
    rpc_client_unlock(client);
    result = call_poll(call, &fd, 1);
    lock_take(&client->lock);
    client->polling = FALSE;
    return result < 0 ? -1 : fd.revents;
}

void rpc_client_wait_for_room(struct rpc_client *client)
{
    if (!client->reading)
        rpc_client_watch(client);
    else if (client->polling && eventfd_write(client->wake_fd, 1) < 0)
        log_debug("who reads looks at what is to be sent anyway");
}

static int read_until_ready(struct rpc_client *client, struct rpc_waiter *waiter, struct call *call)
{
    int result = 0;

    call_lend_eventfd(call, client->wake_fd);
    while (!waiter->ready && result >= 0) {
        result = poll_socket(client, call);
        if (result > 0 && result & POLLOUT)
            rpc_client_flush(client);
        if (result > 0 && result & ~POLLOUT)
            rpc_client_read(client);
    }
    call_take_back_eventfd(call);
    return result < 0 ? -1 : 0;
}

void rpc_client_pass_on_reading(struct rpc_client *client)
{
    struct rpc_waiter *waiter = client->waiters;

    client->reading = FALSE;
    while (waiter && waiter->ready)
        waiter = waiter->next;
    if (waiter)
        cond_signal(&waiter->sleeper->cond);
    else
        rpc_client_watch(client);
}

int rpc_client_wait(struct rpc_client *client, struct rpc_waiter *waiter, struct call *call)
{
    int result = 0;

    while (!waiter->ready && !client->dead && result >= 0) {
        if (client->reading) {
            result = call_cond_wait(call, &waiter->sleeper->cond, &client->lock);
            continue;
        }
        client->reading = waiter->reads = TRUE;
        rpc_client_watch(client);
        result = read_until_ready(client, waiter, call);
        waiter->reads = FALSE;
        waiter->ready |= result < 0; /* not to be given the reading again */
        rpc_client_pass_on_reading(client);
    }
    if (result < 0 && !client->reading) { /* it may have been offered to this one */
        waiter->ready = TRUE;
        rpc_client_pass_on_reading(client);
    }
    return result;
}
