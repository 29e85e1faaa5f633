#include "core/drivers/remote/auth.h"

#include <string.h>

#include "core/drivers/remote/call.h"
#include "core/drivers/remote/login.h"
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

/* What the user wishes: `auth=` of the URI. -1 with an error, or the type, and the mechanism where
 * one is named. */
static int wished(const char *wish, const char **ret_mechanism)
{
    *ret_mechanism = NULL;
    if (strcmp(wish, "none") == 0)
        return AUTH_NONE;
    if (strcmp(wish, "polkit") == 0)
        return AUTH_POLKIT;
    if (strncmp(wish, "sasl.", 5) == 0)
        *ret_mechanism = wish + 5;
    if (*ret_mechanism || strcmp(wish, "sasl") == 0)
        return AUTH_SASL;
    error_set(VIR_FROM_REMOTE, VIR_ERR_INVALID_ARG,
              "auth=%s: none, polkit, sasl or sasl.MECHANISM is accepted", wish);
    return -1;
}

static gboolean is_offered(const wire_auth_list_ret *offer, int type)
{
    for (unsigned int i = 0; i < offer->types_count; i++)
        if (offer->types[i] == type)
            return TRUE;
    return type == AUTH_NONE && offer->types_count == 0;
}

static int choose(const wire_auth_list_ret *offer, const struct remote_address *address,
                  const char **ret_mechanism)
{
    const char *wish = remote_option(address, "auth");
    int type;

    *ret_mechanism = NULL;
    if (!wish)
        return offer->types_count ? offer->types[0] : AUTH_NONE;
    type = wished(wish, ret_mechanism);
    if (type < 0 || is_offered(offer, type))
        return type;
    error_set(VIR_FROM_REMOTE, VIR_ERR_AUTH_FAILED,
              "requested authentication type %s is not offered by the daemon", wish);
    return -1;
}

int remote_authenticate(virConnectPtr conn, const struct remote_address *address,
                        virConnectAuthPtr auth)
{
    wire_auth_list_ret ret;
    const char *mechanism;
    int type;

    if (remote_call(conn, "virConnectOpen", WIRE_PROGRAM_REMOTE, WIRE_PROC_AUTH_LIST, NULL, &ret) <
        0)
        return -1;
    type = choose(&ret, address, &mechanism);
    wire_clear(WIRE_AUTH_LIST_RET, &ret);
    switch (type) {
    case -1:
        return -1;
    case AUTH_NONE:
        return 0;
    case AUTH_SASL:
        return remote_login(conn, address, auth, mechanism);
    case AUTH_POLKIT:
        return authenticate_polkit(conn);
    default:
        error_set(VIR_FROM_REMOTE, VIR_ERR_AUTH_FAILED, "unsupported authentication type %d", type);
        return -1;
    }
}
