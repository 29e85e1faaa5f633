/* Opening and closing what a client works with, and what both sides agree on. */
#include "core/daemon/client.h"
#include "core/daemon/dispatch.h"
#include "core/object/connect.h"
#include "wire.h"

/* The field's numbers: what the daemon does itself, and what is true of any driver of ours. */
enum feature {
    FEATURE_MIGRATION_V3 = 6,
    FEATURE_FD_PASSING = 8,
    FEATURE_TYPED_PARAM_STRING = 9,
    FEATURE_KEEPALIVE = 10,
    FEATURE_XML_MIGRATABLE = 11,
    FEATURE_MIGRATION_OFFLINE = 12,
    FEATURE_MIGRATION_PARAMS = 13,
    FEATURE_EVENT_CALLBACK = 14,
    FEATURE_CLOSE_CALLBACK = 15,
    FEATURE_NETWORK_UPDATE_ORDER = 16,
};

int dispatch_connect_supports_feature(struct dispatch_call *call, const void *message, void *answer)
{
    const wire_connect_supports_feature_args *args = message;
    wire_connect_supports_feature_ret *ret = answer;

    switch (args->feature) {
    case FEATURE_FD_PASSING:
        ret->supported = call->client->local;
        return 0;
    case FEATURE_TYPED_PARAM_STRING:
    case FEATURE_KEEPALIVE:
    case FEATURE_EVENT_CALLBACK:
    case FEATURE_CLOSE_CALLBACK:
    case FEATURE_NETWORK_UPDATE_ORDER:
    case FEATURE_MIGRATION_V3:
    case FEATURE_XML_MIGRATABLE:
    case FEATURE_MIGRATION_OFFLINE:
    case FEATURE_MIGRATION_PARAMS:
        ret->supported = 1;
        return 0;
    default:
        ret->supported = 0;
        return 0;
    }
}

static virConnectPtr open_connection(const struct daemon_client *client, const char *name,
                                     unsigned int flags)
{
    flags &= VIR_CONNECT_RO;
    if (client->readonly)
        flags |= VIR_CONNECT_RO;
    return virConnectOpenAuth(name, NULL, flags | VIR_CONNECT_NO_ALIASES);
}

static int adopt(struct daemon_client *client, virConnectPtr conn)
{
    lock_guard(&client->lock);
    if (client->conn) {
        error_set(VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "connection already open");
        return -1;
    }
    client->conn = conn;
    return 0;
}

int dispatch_connect_open(struct dispatch_call *call, const void *message, void *answer)
{
    const wire_connect_open_args *args = message;
    virConnectPtr conn = open_connection(call->client, args->name, args->flags);

    (void)answer;
    if (!conn)
        return -1;
    if (adopt(call->client, conn) == 0)
        return 0;
    virConnectClose(conn);
    return -1;
}

int dispatch_connect_close(struct dispatch_call *call, const void *message, void *answer)
{
    (void)message;
    (void)answer;
    daemon_client_disconnect(call->client);
    return 0;
}

/* --- who is it
 * ------------------------------------------------------------------------------------- */

enum auth {
    AUTH_NONE = 0,
};

int dispatch_auth_list(struct dispatch_call *call, const void *message, void *answer)
{
    wire_auth_list_ret *ret = answer;

    (void)message;
    lock_take(&call->client->lock);
    call->client->trusted = TRUE;
    lock_drop(&call->client->lock);
    ret->types = g_new(int, 1);
    ret->types[0] = AUTH_NONE;
    ret->types_count = 1;
    return 0;
}

static int refuse_auth(const char *what)
{
    error_set(VIR_FROM_RPC, VIR_ERR_AUTH_FAILED, "%s is not offered here", what);
    return -1;
}

int dispatch_auth_polkit(struct dispatch_call *call, const void *message, void *answer)
{
    return refuse_auth("polkit");
}

int dispatch_auth_sasl_init(struct dispatch_call *call, const void *message, void *answer)
{
    return refuse_auth("SASL");
}

int dispatch_auth_sasl_start(struct dispatch_call *call, const void *message, void *answer)
{
    return refuse_auth("SASL");
}

int dispatch_auth_sasl_step(struct dispatch_call *call, const void *message, void *answer)
{
    return refuse_auth("SASL");
}
