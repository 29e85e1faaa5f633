/* Connections that a daemon serves: opening, what is agreed on then, and the end. */
#include <string.h>

#include "core/driver/registry.h"
#include "core/drivers/remote/address.h"
#include "core/drivers/remote/auth.h"
#include "core/drivers/remote/call.h"
#include "core/drivers/remote/event.h"
#include "core/drivers/remote/reconnect.h"
#include "core/drivers/remote/remote.h"
#include "core/drivers/remote/transport.h"
#include "core/event/loop.h"
#include "core/object/error.h"

/* Features that are asked for by number; the field's. */
#define FEATURE_KEEPALIVE 10

/* How long the daemon may take to end what belongs to a connection. */
#define GOODBYE_MS 10000

static const struct rpc_client_handler handler = {
    .event = remote_event,
    .closed = remote_closed,
};

/* 1, 0, or -1 with an error. */
int remote_supports(virConnectPtr conn, int feature)
{
    wire_connect_supports_feature_args args = {.feature = feature};
    wire_connect_supports_feature_ret ret;

    if (remote_call(conn, "virConnectOpen", WIRE_PROGRAM_REMOTE, WIRE_PROC_CONNECT_SUPPORTS_FEATURE,
                    &args, &ret) < 0)
        return -1;
    return ret.supported > 0;
}

/* With an event loop there is somebody to answer the daemon's pings, which it may then send. */
static int agree(virConnectPtr conn)
{
    struct remote *remote = remote_of(conn);

    if (!event_loop_registered())
        return 0;
    if (rpc_client_use_loop(remote->client) < 0)
        return -1;
    return remote_supports(conn, FEATURE_KEEPALIVE) < 0 ? -1 : 0;
}

static int open_name(virConnectPtr conn, const struct remote_address *address, unsigned int flags)
{
    wire_connect_open_args args = {.name = *address->name ? address->name : NULL,
                                   .flags = flags & ~(unsigned int)VIR_CONNECT_NO_ALIASES};

    return remote_call(conn, "virConnectOpen", WIRE_PROGRAM_REMOTE, WIRE_PROC_CONNECT_OPEN, &args,
                       NULL);
}

/* Nobody named what the daemon should open: it says what it has chosen. */
static int ask_uri(virConnectPtr conn)
{
    wire_connect_get_uri_ret ret;

    if (remote_call(conn, "virConnectOpen", WIRE_PROGRAM_REMOTE, WIRE_PROC_CONNECT_GET_URI, NULL,
                    &ret) < 0)
        return -1;
    g_free(conn->uri);
    conn->uri = g_steal_pointer(&ret.result);
    return 0;
}

/* The daemon ends what belongs to the connection before it answers. Calls of the connection's own
 * are over by now, so this one is of a group for itself, with a limit. */
static void say_goodbye(struct remote *remote)
{
    struct rpc_request request = {.program = WIRE_PROGRAM_REMOTE,
                                  .version = 1,
                                  .procedure = WIRE_PROC_CONNECT_CLOSE,
                                  .args_type = WIRE_NONE};
    struct rpc_result result = {.type = WIRE_NONE};
    struct call_group group;
    struct call call;
    virErrorPtr error = error_steal(); /* the end is not to replace what led to it */

    call_group_init(&group);
    call_group_set_timeout(&group, GOODBYE_MS);
    call_begin_as(&call, &group, "virConnectClose");
    rpc_client_call(remote->client, &call, &request, &result);
    call_end(&call);
    call_group_clear(&group);
    error_restore(error);
}

static struct remote *remote_new(const struct remote_address *address)
{
    struct remote *remote = g_new0(struct remote, 1);

    lock_init(&remote->turn_lock);
    cond_init(&remote->turn_over);
    remote->asked = g_hash_table_new(NULL, NULL);
    remote->words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    remote->encrypted = address->transport == REMOTE_TLS || address->transport == REMOTE_SSH;
    remote->secure = remote->encrypted || address->transport == REMOTE_UNIX;
    return remote;
}

static void remote_free(struct remote *remote)
{
    g_hash_table_unref(remote->words);
    g_hash_table_unref(remote->asked);
    cond_clear(&remote->turn_over);
    lock_clear(&remote->turn_lock);
    g_free(remote);
}

static void forget(virConnectPtr conn)
{
    remote_free(remote_of(conn));
    memset(&conn->data, 0, sizeof(conn->data));
}

static void remote_close(virConnectPtr conn)
{
    struct remote *remote = remote_of(conn);
    struct reconnect *reconnect = NULL;

    if (!remote)
        return;
    if (!remote->client) {
        if (reconnect_check_process(remote->reconnect) < 0) /* the parent's, locks and all */
            return;
        reconnect = remote->reconnect;
        remote->client = reconnect_end(reconnect);
    }
    if (remote->client && remote->opened && rpc_client_is_alive(remote->client))
        say_goodbye(remote);
    if (remote->client)
        rpc_client_close(remote->client);
    forget(conn);
    if (reconnect)
        reconnect_unref(reconnect);
}

struct rpc_client *remote_take_client(virConnectPtr conn)
{
    struct rpc_client *client = remote_of(conn)->client;

    forget(conn);
    return client;
}

struct rpc_client *remote_hold_client(virConnectPtr conn, struct call *call)
{
    struct remote *remote = remote_of(conn);

    return remote->client ? remote->client : reconnect_hold(remote->reconnect, call);
}

void remote_drop_client(virConnectPtr conn, struct rpc_client *client)
{
    if (client != remote_of(conn)->client)
        rpc_client_drop(client);
}

int remote_use_loop(virConnectPtr conn)
{
    struct rpc_client *client = remote_hold_client(conn, NULL);
    int status = client ? rpc_client_use_loop(client) : -1;

    remote_drop_client(conn, client);
    return status;
}

static int open_at(virConnectPtr conn, const struct remote_address *address, virConnectAuthPtr auth,
                   unsigned int flags)
{
    if (remote_authenticate(conn, address, auth) < 0 || agree(conn) < 0 ||
        open_name(conn, address, flags) < 0)
        return -1;
    remote_of(conn)->opened = TRUE;
    return *address->name ? 0 : ask_uri(conn);
}

static int open_client(virConnectPtr conn, struct rpc_socket *socket,
                       const struct remote_address *address, virConnectAuthPtr auth,
                       unsigned int flags, struct reconnect *reconnect, virConnectPtr hears)
{
    struct remote *remote = remote_new(address);

    remote->reconnect = reconnect;
    remote->client = rpc_client_new(socket, &handler, hears);
    if (!remote->client) {
        remote_free(remote);
        return -1;
    }
    remote->local = rpc_client_socket(remote->client)->local;
    conn->tables = remote_tables;
    conn->data.hypervisor = remote;
    if (open_at(conn, address, auth, flags) == 0)
        return 0;
    remote_close(conn);
    return -1;
}

int remote_open_at(virConnectPtr conn, const struct remote_address *address, virConnectAuthPtr auth,
                   unsigned int flags, struct reconnect *reconnect)
{
    struct rpc_socket socket;

    if (remote_connect(address, &socket) < 0)
        return -1;
    return open_client(conn, &socket, address, auth, flags, reconnect, conn);
}

int remote_open_through(virConnectPtr conn, struct rpc_socket *socket,
                        const struct remote_address *address, virConnectAuthPtr auth,
                        unsigned int flags, virConnectPtr hears)
{
    return open_client(conn, socket, address, auth, flags, NULL, hears);
}

static enum open_result remote_open(virConnectPtr conn, GUri *uri, virConnectAuthPtr auth,
                                    unsigned int flags)
{
    struct remote_address address;
    int result;

    if (conn->reconnects)
        return reconnect_open(conn, uri, auth, flags) < 0 ? OPEN_FAILED : OPEN_OK;
    if (remote_address_parse(&address, uri, conn->readonly) < 0)
        return OPEN_FAILED;
    result = remote_open_at(conn, &address, auth, flags, NULL);
    remote_address_clear(&address);
    return result < 0 ? OPEN_FAILED : OPEN_OK;
}

static int remote_lib_version(virConnectPtr conn, unsigned long *ret_version)
{
    wire_connect_get_lib_version_ret ret;

    if (remote_call(conn, "virConnectGetLibVersion", WIRE_PROGRAM_REMOTE,
                    WIRE_PROC_CONNECT_GET_LIB_VERSION, NULL, &ret) < 0)
        return -1;
    *ret_version = ret.libVer;
    return 0;
}

const struct connect_driver remote_connect_driver = {
    .name = "remote",
    .open = remote_open,
    .close = remote_close,
    .lib_version = remote_lib_version,
    .watch_gaps = remote_watch_gaps,
    .unwatch_gaps = remote_unwatch_gaps,
};

int remote_connectIsAlive(virConnectPtr conn)
{
    struct remote *remote = remote_of(conn);

    return remote->client ? rpc_client_is_alive(remote->client)
                          : reconnect_is_up(remote->reconnect);
}

int remote_connectIsEncrypted(virConnectPtr conn)
{
    return remote_of(conn)->encrypted;
}

int remote_connectIsSecure(virConnectPtr conn)
{
    return remote_of(conn)->secure;
}

int remote_supports_keep_alive(virConnectPtr conn)
{
    return remote_supports(conn, FEATURE_KEEPALIVE);
}

int remote_connectSetKeepAlive(virConnectPtr conn, int interval, unsigned int count)
{
    int supported = remote_supports_keep_alive(conn);
    struct rpc_client *client;

    if (supported <= 0)
        return supported < 0 ? -1 : 1;
    client = remote_hold_client(conn, NULL);
    supported = client ? rpc_client_keep_alive(client, interval, count) : -1;
    remote_drop_client(conn, client);
    if (supported == 0 && remote_of(conn)->reconnect)
        reconnect_keep_alive(remote_of(conn)->reconnect, interval, count);
    return supported;
}

int remote_connectSetIdentity(virConnectPtr conn, virTypedParameterPtr params, int nparams,
                              unsigned int flags)
{
    wire_connect_set_identity_args args = {
        .params = params, .params_count = nparams, .flags = flags};

    if (remote_call(conn, "virConnectSetIdentity", WIRE_PROGRAM_REMOTE,
                    WIRE_PROC_CONNECT_SET_IDENTITY, &args, NULL) < 0)
        return -1;
    if (remote_of(conn)->reconnect)
        reconnect_identity(remote_of(conn)->reconnect, params, nparams, flags);
    return 0;
}
