#include "core/drivers/remote/reconnect_thread.h"

#include <pthread.h>
#include <signal.h>

#include "core/base/log.h"
#include "core/drivers/remote/transport.h"
#include "core/object/error.h"

/* Many clients of one daemon do not come back all at the same moment. */
static gint64 scattered(gint64 delay)
{
    return delay * g_random_double_range(0.75, 1.25);
}

/* With the lock, and busy. */
static void note_failure(struct reconnect *it)
{
    g_free(it->problem);
    it->problem = g_strdup(error_code() ? error_last()->message : "unknown");
    log_info("the daemon of '%s' is still away: %s", it->conn->uri, it->problem);
    it->delay = reconnect_longer(it->delay);
    it->next = g_get_monotonic_time() + scattered(it->delay);
}

/* With the lock, which is dropped meanwhile; the connection must not go. */
static void close_lost(struct reconnect *it)
{
    struct rpc_client *lost = it->lost;

    it->lost = NULL;
    lock_drop(&it->lock);
    rpc_client_close(lost);
    lock_take(&it->lock);
}

/* With the lock, which is dropped meanwhile. */
static void mend(struct reconnect *it, struct rpc_socket *socket)
{
    struct rpc_client *client;

    lock_drop(&it->lock);
    client = reconnect_mend(it, socket);
    if (client)
        reconnect_check_client(it, client); /* who ended before was nobody's yet */
    rpc_client_drop(client);
    lock_take(&it->lock);
    if (!client)
        note_failure(it);
}

/* Dialling may take long and is not to be broken off, so nothing of the connection's is used for
 * it: who closes does not wait. */
static void attempt(struct reconnect *it)
{
    struct rpc_socket socket;
    int status;

    lock_drop(&it->lock);
    error_reset();
    status = remote_connect(&it->address, &socket);
    lock_take(&it->lock);
    if (it->closing) {
        if (status == 0)
            rpc_socket_close(&socket);
        return;
    }
    it->busy = TRUE;
    if (status < 0)
        note_failure(it);
    else
        mend(it, &socket);
    it->busy = FALSE;
    cond_broadcast(&it->changed);
}

static void *run(void *opaque)
{
    struct reconnect *it = opaque;

    call_thread_interruptible(FALSE);
    lock_take(&it->lock);
    while (!it->closing) {
        if (it->client || !it->begun) {
            cond_wait(&it->changed, &it->lock);
        } else if (it->lost) {
            it->busy = TRUE;
            close_lost(it);
            it->busy = FALSE;
            cond_broadcast(&it->changed);
        } else if (g_get_monotonic_time() < it->next) {
            cond_wait_until(&it->changed, &it->lock, it->next);
        } else {
            attempt(it);
        }
    }
    lock_drop(&it->lock);
    reconnect_unref(it);
    return NULL;
}

int reconnect_thread(struct reconnect *it)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    pthread_t thread;
    int problem;

    sigfillset(&all); /* signals are for the application's threads */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    reconnect_ref(it);
    problem = pthread_create(&thread, &attributes, run, it);
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!problem)
        return 0;
    log_warning("no thread to look for a lost daemon: %s", g_strerror(problem));
    reconnect_unref(it);
    return -1;
}
