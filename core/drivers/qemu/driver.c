/* The driver for guests of QEMU: its tables, and which host a URI stands for. */
#include "core/driver/module.h"
#include "core/drivers/qemu/guest.h"
#include "core/drivers/qemu/lifecycle.h"
#include "core/drivers/qemu/reattach.h"

#include <string.h>
#include <unistd.h>

#define QEMU_SLOT_ENTRY(slot) .slot = qemu_##slot,
static const struct hypervisor_driver qemu_hypervisor_driver = {.name = "QEMU",
                                                                QEMU_SLOTS(QEMU_SLOT_ENTRY)};

/* What lies below the folder is the caller's own. */
static char *root_of(GUri *uri)
{
    const char *text = g_uri_get_query(uri);
    g_autoptr(GHashTable) query =
        g_uri_parse_params(text ? text : "", -1, "&", G_URI_PARAMS_NONE, NULL);
    const char *root = query ? g_hash_table_lookup(query, "root") : NULL;

    if (root && g_path_is_absolute(root))
        return g_canonicalize_filename(root, NULL);
    qemu_error(INVALID_ARG,
               "qemu:///embed needs ?root=DIR with the absolute path of a folder, not '%s'",
               root ? root : "");
    return NULL;
}

/* A daemon has one host, and says who may work with it. */
static struct qemu_host *open_served(const struct module_place *place, const char *path)
{
    const char *wanted = place->session ? "/session" : "/system";

    if (!strcmp(path, wanted))
        return host_open(place->session ? HOST_SESSION : HOST_SYSTEM, place->root);
    qemu_error(INTERNAL_ERROR, "unexpected QEMU URI path '%s', try qemu://%s", path, wanted);
    return NULL;
}

static struct qemu_host *open_host(GUri *uri)
{
    const struct module_place *place = module_place();
    g_autofree char *root = NULL;

    if (place)
        return open_served(place, g_uri_get_path(uri));
    root = root_of(uri);
    return root ? host_open(HOST_EMBED, root) : NULL;
}

static enum open_result qemu_open(virConnectPtr conn, GUri *uri, virConnectAuthPtr auth,
                                  unsigned int flags)
{
    struct qemu_host *host = open_host(uri);

    if (!host)
        return OPEN_FAILED;
    conn->tables.hypervisor = &qemu_hypervisor_driver;
    conn->data.hypervisor = host;
    host_join(host, conn);
    return OPEN_OK;
}

static void qemu_close(virConnectPtr conn)
{
    struct qemu_host *host = host_of(conn);

    if (!host)
        return;
    guests_end_with(host, conn);
    host_leave(host, conn);
    host_unref(host);
}

/* In a daemon the host is there from the beginning to the end. */
static struct qemu_host *served;

static int qemu_begin(void)
{
    const struct module_place *place = module_place();

    served = host_open(place->session ? HOST_SESSION : HOST_SYSTEM, place->root);
    if (!served)
        return -1;
    guests_autostart(served);
    return 0;
}

static void qemu_end(void)
{
    if (served)
        host_unref(g_steal_pointer(&served));
}

CORRAL_PRIVATE extern const struct connect_driver corral_driver;
const struct connect_driver corral_driver = {
    .name = "QEMU",
    .open = qemu_open,
    .close = qemu_close,
    .begin = qemu_begin,
    .end = qemu_end,
};
