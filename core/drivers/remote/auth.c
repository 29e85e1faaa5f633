#include "core/drivers/remote/auth.h"

#include "core/drivers/remote/call.h"
#include "core/object/error.h"

/* What the daemon may ask for; the protocol's numbers. */
enum auth_type {
    AUTH_NONE = 0,
    AUTH_SASL = 1,
    AUTH_POLKIT = 2,
};

static int authenticate_polkit(virConnectPtr conn)
{
    wire_auth_polkit_ret ret;

    return remote_call(conn, "virConnectOpen", WIRE_PROGRAM_REMOTE, WIRE_PROC_AUTH_POLKIT, NULL,
                       &ret);
}

static int authenticate_as(virConnectPtr conn, enum auth_type type)
{
    switch (type) {
    case AUTH_NONE:
        return 0;
    case AUTH_POLKIT:
        return authenticate_polkit(conn);
    default:
        error_set(VIR_FROM_REMOTE, VIR_ERR_AUTH_FAILED, "unsupported authentication type %d", type);
        return -1;
    }
}

int remote_authenticate(virConnectPtr conn, const struct remote_address *address,
                        virConnectAuthPtr auth)
{
    wire_auth_list_ret ret;
    enum auth_type type;

    if (remote_call(conn, "virConnectOpen", WIRE_PROGRAM_REMOTE, WIRE_PROC_AUTH_LIST, NULL, &ret) <
        0)
        return -1;
    type = ret.types_count ? ret.types[0] : AUTH_NONE;
    wire_clear(WIRE_AUTH_LIST_RET, &ret);
    return authenticate_as(conn, type);
}
