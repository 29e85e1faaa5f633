/* Opening and closing what a client works with, and what both sides agree on. */
#include "core/daemon/client.h"
#include <string.h>

#include "core/daemon/dispatch.h"
#include "core/daemon/judge.h"
#include "core/daemon/keepalive.h"
#include "core/driver/uri.h"
#include "core/object/connect.h"
#include "core/object/error.h"
#include "wire.h"

/* The field's numbers: what the daemon does itself, and what is true of any driver of ours. */
enum feature {
    FEATURE_MIGRATION_P2P = 4,
    FEATURE_MIGRATION_V3 = 6,
    FEATURE_MIGRATE_CHANGE_PROTECTION = 7,
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
    case FEATURE_KEEPALIVE:
        daemon_keepalive_start(call->client);
        ret->supported = 1;
        return 0;
    case FEATURE_TYPED_PARAM_STRING:
    case FEATURE_EVENT_CALLBACK:
    case FEATURE_CLOSE_CALLBACK:
    case FEATURE_NETWORK_UPDATE_ORDER:
    case FEATURE_MIGRATION_P2P:
    case FEATURE_MIGRATION_V3:
    case FEATURE_MIGRATE_CHANGE_PROTECTION:
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

/* The daemon serves what is here. To go on from here to elsewhere would be with its rights, not the
 * client's; and so would be reading a file that the client names. */
static int check_uri(struct dispatch_call *call, const char *name)
{
    g_autoptr(GUri) uri = name && *name ? uri_parse(name) : NULL;
    const char *host = uri ? g_uri_get_host(uri) : NULL;

    if (!uri)
        return name && *name ? -1 : 0;
    if (strchr(g_uri_get_scheme(uri), '+') || (host && *host)) {
        error_set(VIR_FROM_RPC, VIR_ERR_NO_CONNECT, "'%s': a daemon opens what is on its own host",
                  name);
        return -1;
    }
    if ((call->rights || call->client->readonly) && !strcmp(g_uri_get_scheme(uri), "test") &&
        strcmp(g_uri_get_path(uri), "/default") != 0) {
        error_set(VIR_FROM_ACCESS, VIR_ERR_ACCESS_DENIED,
                  "'%s' is a file that would be read with the daemon's rights", name);
        return -1;
    }
    return 0;
}

static virConnectPtr open_connection(struct dispatch_call *call, const char *name,
                                     unsigned int flags)
{
    virConnectPtr conn;

    if (check_uri(call, name) < 0)
        return NULL;
    flags &= VIR_CONNECT_RO;
    if (call->client->readonly)
        flags |= VIR_CONNECT_RO;
    conn = virConnectOpenAuth(name, NULL, flags | VIR_CONNECT_NO_ALIASES);
    if (conn && judge_opened(call, conn) < 0) {
        object_unref(&conn->base); /* the error stays */
        return NULL;
    }
    if (conn)
        daemon_client_identify(call->client, conn);
    return conn;
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
    virConnectPtr conn = open_connection(call, args->name, args->flags);

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
