#include "core/driver/registry.h"

#include <string.h>

#include "core/driver/module.h"
#include "core/driver/uri.h"
#include "core/object/connect.h"
#include "core/object/error.h"

extern const struct connect_driver test_connect_driver;
extern const struct connect_driver remote_connect_driver;

static const struct connect_driver *const drivers[] = {
    &test_connect_driver, &module_connect_driver,
    &remote_connect_driver, /* last: it takes what nobody here knows */
};

/* A daemon opens what is here: going on to other daemons would end with itself, or go with its
 * rights. */
static gboolean local_only;

void registry_serve_only(void)
{
    local_only = TRUE;
}

/* Nobody named a URI: what is set for that case, or what the first driver that answers stands for.
 */
static int find_default(char **ret_name)
{
    if (uri_default(ret_name) < 0)
        return -1;
    for (size_t i = 0; !*ret_name && i < G_N_ELEMENTS(drivers); i++)
        if (drivers[i]->probe && !(local_only && drivers[i] == &remote_connect_driver))
            *ret_name = g_strdup(drivers[i]->probe());
    if (*ret_name)
        return 0;
    error_set(VIR_FROM_NONE, VIR_ERR_NO_CONNECT,
              "an empty URI: name one, or set LIBVIRT_DEFAULT_URI");
    return -1;
}

/* The URI to open: what was named, with aliases resolved, or the default. */
static int find_name(const char *name, unsigned int flags, char **ret_name)
{
    g_autofree char *alias = NULL;

    if (!name || !*name)
        return find_default(ret_name);
    if (!(flags & VIR_CONNECT_NO_ALIASES) && !strchr(name, ':') &&
        uri_resolve_alias(name, &alias) < 0)
        return -1;
    *ret_name = alias ? g_steal_pointer(&alias) : g_strdup(name);
    return 0;
}

static int open_with(virConnectPtr conn, GUri *uri, virConnectAuthPtr auth, unsigned int flags)
{
    for (size_t i = 0; i < G_N_ELEMENTS(drivers); i++) {
        if (local_only && drivers[i] == &remote_connect_driver)
            continue;
        conn->driver = drivers[i];
        switch (drivers[i]->open(conn, uri, auth, flags)) {
        case OPEN_OK:
            return 0;
        case OPEN_FAILED:
            conn->driver = NULL;
            return -1;
        case OPEN_DECLINED:
            break;
        }
    }
    conn->driver = NULL;
    error_set(VIR_FROM_NONE, VIR_ERR_NO_CONNECT, "%s", conn->uri);
    return -1;
}

virConnectPtr registry_open(const char *name, virConnectAuthPtr auth, unsigned int flags)
{
    g_autofree char *text = NULL;
    g_autoptr(GUri) uri = NULL;
    virConnectPtr conn;

    if (find_name(name, flags, &text) < 0)
        return NULL;
    uri = uri_parse(text);
    if (!uri)
        return NULL;
    conn = connect_new();
    conn->uri = g_steal_pointer(&text);
    conn->reconnects = (flags & CONNECT_RECONNECTS) != 0;
    flags &= ~CONNECT_RECONNECTS;
    conn->flags = flags;
    conn->readonly = (flags & VIR_CONNECT_RO) != 0;
    if (open_with(conn, uri, auth, flags) == 0)
        return conn;
    object_unref(&conn->base);
    return NULL;
}
