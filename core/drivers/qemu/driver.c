/* The driver for guests of QEMU: its tables, and which host a URI stands for. */
#include "core/driver/module.h"
#include "core/drivers/qemu/error.h"
#include "core/drivers/qemu/paths.h"

#include <string.h>

/* What lies below the folder is the caller's own. */
static char *root_of(GUri *uri)
{
    g_autoptr(GHashTable) query = g_uri_parse_params(
        g_uri_get_query(uri) ? g_uri_get_query(uri) : "", -1, "&", G_URI_PARAMS_NONE, NULL);
    const char *root = query ? g_hash_table_lookup(query, "root") : NULL;

    if (root && g_path_is_absolute(root))
        return g_canonicalize_filename(root, NULL);
    qemu_error(INVALID_ARG,
               "qemu:///embed needs ?root=DIR with the absolute path of a folder, not '%s'",
               root ? root : "");
    return NULL;
}

static enum open_result qemu_open(virConnectPtr conn, GUri *uri, virConnectAuthPtr auth,
                                  unsigned int flags)
{
    g_autofree char *root = root_of(uri);

    if (root)
        qemu_error(NO_CONNECT, "no guests yet");
    return OPEN_FAILED;
}

static void qemu_close(virConnectPtr conn) {}

CORRAL_PRIVATE extern const struct connect_driver corral_driver;
const struct connect_driver corral_driver = {
    .name = "QEMU",
    .open = qemu_open,
    .close = qemu_close,
};
