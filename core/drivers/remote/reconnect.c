/* What a reconnecting connection is, and how its calls get at a daemon. A gap begins when somebody
 * finds the client ended, and is over when the thread of reconnect_thread() has another. */
#include <string.h>

#include "core/drivers/remote/reconnect_private.h"
#include "core/drivers/remote/reconnect_thread.h"
#include "core/object/error.h"
#include "core/object/params.h"

/* --- the record ----------------------------------------------------------------------------------
 */

void reconnect_ref(struct reconnect *reconnect)
{
    g_atomic_int_inc(&reconnect->refs);
}

static void free_event(gpointer event)
{
    event_unref(event);
}

void reconnect_unref(void *opaque)
{
    struct reconnect *it = opaque;

    if (__atomic_sub_fetch(&it->refs, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    if (it->address.options)
        remote_address_clear(&it->address);
    answers_free(it->answers);
    inventory_free(it->inventory);
    g_queue_clear_full(&it->held, free_event);
    g_ptr_array_free(it->monitors, TRUE);
    g_array_free(it->watches, TRUE);
    virTypedParamsFree(it->identity, it->n_identity);
    g_free(it->problem);
    cond_clear(&it->changed);
    lock_clear(&it->lock);
    lock_clear(&it->hold_lock);
    lock_clear(&it->resync);
    g_free(it);
}

static struct reconnect *reconnect_new(virConnectPtr conn, virConnectAuthPtr auth,
                                       unsigned int flags)
{
    struct reconnect *it = g_new0(struct reconnect, 1);

    it->refs = 1;
    it->process = rpc_process_mark();
    it->conn = conn;
    it->flags = flags;
    it->answers = answers_new(auth);
    it->monitors = g_ptr_array_new_with_free_func(reconnect_monitor_free);
    it->watches = g_array_new(FALSE, FALSE, sizeof(struct reconnect_watch));
    g_queue_init(&it->held);
    lock_init(&it->lock);
    lock_init(&it->hold_lock);
    lock_init(&it->resync);
    cond_init(&it->changed);
    return it;
}

int reconnect_check_process(const struct reconnect *reconnect)
{
    return rpc_process_check(reconnect->process);
}

/* --- the gap
 * ------------------------------------------------------------------------------------ */

/* With the lock; FALSE when somebody else was faster. */
static gboolean take_client_away(struct reconnect *it, struct rpc_client *client)
{
    gint64 now = g_get_monotonic_time();

    if (it->client != client || it->closing)
        return FALSE;
    it->lost = it->client;
    it->client = NULL;
    it->reason = rpc_client_reason(client);
    it->since = now;
    it->begun = FALSE;
    g_clear_pointer(&it->problem, g_free);
    /* a daemon that comes and goes is not run after */
    it->delay = now - it->up < RECONNECT_STEADY ? RECONNECT_FIRST : 0;
    it->next = now + it->delay;
    return TRUE;
}

/* Told before the thread may mend, and without the lock: the loop's functions are the
 * application's. */
static void lose(struct reconnect *it, struct rpc_client *client)
{
    gboolean mine;

    lock_take(&it->lock);
    mine = take_client_away(it, client);
    lock_drop(&it->lock);
    if (!mine)
        return;
    reconnect_tell_begin(it);
    lock_guard(&it->lock);
    it->begun = TRUE;
    if (!it->threaded && !it->closing)
        it->threaded = reconnect_thread(it) == 0;
    cond_broadcast(&it->changed);
}

void reconnect_check_client(struct reconnect *it, struct rpc_client *client)
{
    if (!rpc_client_is_alive(client))
        lose(it, client);
}

void reconnect_look(struct reconnect *it)
{
    struct rpc_client *client;

    lock_take(&it->lock);
    client = it->client ? rpc_client_hold(it->client) : NULL;
    lock_drop(&it->lock);
    if (!client)
        return;
    reconnect_check_client(it, client);
    rpc_client_drop(client);
}

gboolean reconnect_is_up(struct reconnect *it)
{
    if (rpc_process_check(it->process) < 0)
        return FALSE;
    reconnect_look(it);
    lock_guard(&it->lock);
    return it->client != NULL;
}

gboolean reconnect_hopeless(virConnectPtr conn)
{
    int code = error_code();

    return code == VIR_ERR_OPERATION_TIMEOUT || code == VIR_ERR_OPERATION_ABORTED ||
           remote_connectIsAlive(conn) <= 0;
}

/* --- calls
 * -------------------------------------------------------------------------------------- */

static __thread int hurried;

void reconnect_hurry(int change)
{
    hurried += change;
}

/* With the lock: the gap's error, under the code that led to it. */
static void fail_away(struct reconnect *it, int code, const char *function)
{
    double seconds = (g_get_monotonic_time() - it->since) / (double)G_USEC_PER_SEC;

    error_set(VIR_FROM_RPC, code, "%s%sthe daemon of '%s' is gone since %.1f s: %s",
              function ? function : "", function ? ": " : "", it->conn->uri, seconds,
              it->problem ? it->problem : "it is being looked for");
}

/* With the lock; -1 with an error when the gap does not end in time. */
static int wait_for_end(struct reconnect *it, struct call *call)
{
    while (!it->client) {
        if (call && call->deadline && !hurried) {
            if (call_cond_wait(call, &it->changed, &it->lock) == 0)
                continue;
            if (error_code() == VIR_ERR_OPERATION_TIMEOUT)
                fail_away(it, VIR_ERR_OPERATION_TIMEOUT, call->function);
            return -1;
        }
        /* one that could not be started before */
        if (!it->threaded && !it->closing && it->begun)
            it->threaded = reconnect_thread(it) == 0;
        fail_away(it, VIR_ERR_SYSTEM_ERROR, call ? call->function : NULL);
        return -1;
    }
    return 0;
}

struct rpc_client *reconnect_hold(struct reconnect *it, struct call *call)
{
    if (rpc_process_check(it->process) < 0)
        return NULL;
    lock_guard(&it->lock);
    return wait_for_end(it, call) < 0 ? NULL : rpc_client_hold(it->client);
}

int reconnect_wait(struct reconnect *it, const char *function)
{
    struct rpc_client *client;
    struct call call;

    if (rpc_process_check(it->process) < 0)
        return -1;
    call_begin_as(&call, &it->conn->calls, function);
    client = reconnect_hold(it, &call);
    call_end(&call);
    rpc_client_drop(client);
    return client ? 0 : -1;
}

/* One that is dead already, for nobody has noticed, is not worth the attempt. */
static struct rpc_client *hold_living(struct reconnect *it, struct call *call)
{
    struct rpc_client *client;

    while ((client = reconnect_hold(it, call)) && !rpc_client_is_alive(client)) {
        lose(it, client);
        rpc_client_drop(client);
    }
    return client;
}

int reconnect_call(struct reconnect *it, struct call *call, const struct rpc_request *request,
                   gboolean repeatable, struct rpc_result *result)
{
    gboolean again = repeatable && call->deadline && !hurried;
    gboolean lost;
    int status;

    do {
        struct rpc_client *client = request->stream
                                        ? rpc_client_hold(rpc_stream_client(request->stream))
                                        : hold_living(it, call);

        if (!client)
            return -1;
        status = rpc_client_call(client, call, request, result);
        lost = status < 0 && !rpc_client_is_alive(client);
        if (lost)
            lose(it, client);
        rpc_client_drop(client);
    } while (lost && again);
    return status;
}

/* --- events
 * ------------------------------------------------------------------------------------- */

void reconnect_push(struct reconnect *it, struct event *event)
{
    lock_take(&it->hold_lock);
    if (it->holds) {
        g_queue_push_tail(&it->held, event);
        event = NULL;
    } else {
        reconnect_set_monitor(it, event);
    }
    lock_drop(&it->hold_lock);
    if (event)
        event_queue_push(it->conn->events, event);
}

void reconnect_hold_events(struct reconnect *it)
{
    lock_guard(&it->hold_lock);
    it->holds++;
}

/* Those that come meanwhile go behind those that wait, so the last one out opens the way. */
void reconnect_release_events(struct reconnect *it)
{
    struct event *event;

    lock_take(&it->hold_lock);
    while ((event = g_queue_pop_head(&it->held))) {
        reconnect_set_monitor(it, event);
        lock_drop(&it->hold_lock);
        event_queue_push(it->conn->events, event);
        lock_take(&it->hold_lock);
    }
    it->holds--;
    lock_drop(&it->hold_lock);
}

/* --- what is said anew
 * -------------------------------------------------------------------------- */

void reconnect_keep_alive(struct reconnect *it, int interval, unsigned int count)
{
    lock_guard(&it->lock);
    it->interval = interval;
    it->count = count;
}

void reconnect_identity(struct reconnect *it, virTypedParameterPtr params, int n,
                        unsigned int flags)
{
    lock_guard(&it->lock);
    virTypedParamsFree(it->identity, it->n_identity);
    it->identity = params_copy(params, n);
    it->n_identity = n;
    it->identity_flags = flags;
}

/* --- beginning and end
 * -------------------------------------------------------------------------- */

static void start(struct reconnect *it)
{
    struct remote *remote = remote_of(it->conn);
    struct rpc_client *client = remote->client;

    lock_take(&it->lock);
    it->client = client;
    it->up = g_get_monotonic_time();
    remote->client = NULL;
    lock_drop(&it->lock);
    reconnect_look(it); /* nobody would have noticed before */
}

int reconnect_open(virConnectPtr conn, GUri *uri, virConnectAuthPtr auth, unsigned int flags)
{
    struct reconnect *it = reconnect_new(conn, auth, flags);

    if (remote_address_parse(&it->address, uri, conn->readonly) < 0 ||
        remote_open_at(conn, &it->address, answers_first(it->answers), flags, it) < 0) {
        reconnect_unref(it);
        return -1;
    }
    answers_again(it->answers);
    start(it);
    return 0;
}

struct rpc_client *reconnect_end(struct reconnect *it)
{
    struct rpc_client *client, *lost;

    lock_take(&it->lock);
    it->closing = TRUE;
    if (it->scratch)
        call_group_close(&it->scratch->calls);
    cond_broadcast(&it->changed);
    while (it->busy)
        cond_wait(&it->changed, &it->lock);
    client = it->client;
    lost = it->lost;
    it->client = it->lost = NULL;
    lock_drop(&it->lock);
    if (lost)
        rpc_client_close(lost);
    return client;
}
