/* A new daemon is opened as the old one was, and told what that one knew of the connection. All of
 * it goes through a connection of its own, so that nobody else's calls come in between. */
#include "core/drivers/remote/call.h"
#include "core/drivers/remote/event.h"
#include "core/drivers/remote/reconnect_private.h"
#include "core/object/error.h"
#include "core/object/params.h"

/* How long each of the daemon's answers may take. */
#define PATIENCE_MS 30000

static virConnectPtr scratch_new(struct reconnect *it)
{
    virConnectPtr scratch = connect_new();

    scratch->readonly = it->conn->readonly;
    call_group_set_timeout(&scratch->calls, PATIENCE_MS);
    lock_guard(&it->lock);
    it->scratch = scratch;
    if (it->closing)
        call_group_close(&scratch->calls);
    return scratch;
}

static void scratch_free(struct reconnect *it, virConnectPtr scratch)
{
    lock_take(&it->lock);
    it->scratch = NULL;
    lock_drop(&it->lock);
    object_unref(&scratch->base);
}

static int tell_identity(struct reconnect *it, virConnectPtr scratch)
{
    wire_connect_set_identity_args args;
    int status = 0;

    lock_take(&it->lock);
    args.params_count = it->n_identity;
    args.params = params_copy(it->identity, it->n_identity);
    args.flags = it->identity_flags;
    lock_drop(&it->lock);
    if (args.params)
        status = remote_call(scratch, "virConnectSetIdentity", WIRE_PROGRAM_REMOTE,
                             WIRE_PROC_CONNECT_SET_IDENTITY, &args, NULL);
    virTypedParamsFree(args.params, args.params_count);
    return status;
}

static int keep_alive(struct reconnect *it, virConnectPtr scratch)
{
    unsigned int count;
    int interval, supported;

    lock_take(&it->lock);
    interval = it->interval;
    count = it->count;
    lock_drop(&it->lock);
    if (interval <= 0)
        return 0;
    supported = remote_supports_keep_alive(scratch);
    if (supported <= 0)
        return supported;
    return rpc_client_keep_alive(remote_of(scratch)->client, interval, count);
}

/* --- all of it -----------------------------------------------------------------------------------
 */

static int tell_wishes(struct reconnect *it, virConnectPtr scratch)
{
    struct remote *remote = remote_of(it->conn);
    int status;

    if (tell_identity(it, scratch) < 0 || keep_alive(it, scratch) < 0 ||
        remote_take_turn_in(it->conn, &scratch->calls, "corralOpenReconnecting") < 0)
        return -1;
    status = remote_ask_again(scratch, remote->asked);
    if (status == 0)
        status = reconnect_ask_monitors(it, scratch);
    remote_end_turn(it->conn);
    return status;
}

static int take_inventory(struct reconnect *it, virConnectPtr scratch, struct inventory **ret_found)
{
    *ret_found = NULL;
    if (!__atomic_load_n(&it->watching, __ATOMIC_ACQUIRE))
        return 0;
    *ret_found = inventory_ask(scratch);
    return *ret_found ? 0 : -1;
}

/* The scratch connection hangs up without a word: the daemon may be one that does not answer. */
static struct rpc_client *give_up(struct reconnect *it, virConnectPtr scratch)
{
    remote_of(scratch)->opened = FALSE;
    remote_connect_driver.close(scratch);
    scratch_free(it, scratch);
    return NULL;
}

/* Who is told of the end may call at once. A next gap that begins meanwhile waits with the events.
 */
static void end_gap(struct reconnect *it, struct rpc_client *client, struct inventory *found)
{
    struct event *event = reconnect_end_event(it, found);

    lock_take(&it->lock);
    it->client = client;
    it->up = g_get_monotonic_time();
    cond_broadcast(&it->changed);
    lock_drop(&it->lock);
    event_queue_push(it->conn->events, event);
}

static struct rpc_client *open_and_tell(struct reconnect *it, struct rpc_socket *socket)
{
    virConnectPtr scratch = scratch_new(it);
    struct inventory *found;
    struct rpc_client *client;

    if (remote_open_through(scratch, socket, &it->address, answers_again(it->answers), it->flags,
                            it->conn) < 0) {
        scratch_free(it, scratch);
        return NULL;
    }
    if (tell_wishes(it, scratch) < 0 || take_inventory(it, scratch, &found) < 0)
        return give_up(it, scratch);
    client = rpc_client_hold(remote_take_client(scratch));
    scratch_free(it, scratch);
    end_gap(it, client, found);
    return client;
}

struct rpc_client *reconnect_mend(struct reconnect *it, struct rpc_socket *socket)
{
    struct rpc_client *client;

    lock_guard(&it->resync);
    reconnect_hold_events(it);
    client = open_and_tell(it, socket);
    reconnect_release_events(it);
    return client;
}
