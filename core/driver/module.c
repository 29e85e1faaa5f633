#include "core/driver/module.h"

#include <dlfcn.h>
#include <string.h>

#include "core/base/lock.h"
#include "core/base/log.h"
#include "core/object/connect.h"
#include "core/object/error.h"

static const char *const schemes[] = {"qemu"};

static lock_t lock = LOCK_INITIALIZER; /* guards the next */
static const struct connect_driver *loaded[G_N_ELEMENTS(schemes)];

static struct module_place place;
static gboolean begun;

/* Beside the library, where the build tree and what is installed have them alike. */
static char *folder_of_modules(void)
{
    const char *set = g_getenv("CORRAL_DRIVER_DIR");
    g_autofree char *folder = NULL;
    Dl_info info;

    if (set && *set)
        return g_strdup(set);
    if (!dladdr(&module_connect_driver, &info) || !info.dli_fname || !strchr(info.dli_fname, '/'))
        return g_build_filename(CORRAL_MODULES, "drivers", NULL);
    folder = g_path_get_dirname(info.dli_fname);
    return g_build_filename(folder, "corral", "drivers", NULL);
}

static char *module_path(const char *scheme)
{
    g_autofree char *folder = folder_of_modules();
    g_autofree char *name = g_strdup_printf("corral_driver_%s.so", scheme);

    return g_build_filename(folder, name, NULL);
}

/* Never unloaded: its guests' threads may outlive the connections. */
static const struct connect_driver *load(size_t at)
{
    g_autofree char *path = module_path(schemes[at]);
    void *handle;

    lock_guard(&lock);
    if (loaded[at])
        return loaded[at];
    handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    loaded[at] = handle ? dlsym(handle, MODULE_SYMBOL) : NULL;
    if (!loaded[at])
        error_set(VIR_FROM_NONE, VIR_ERR_NO_CONNECT, "the driver for %s:// URIs is a module: %s",
                  schemes[at], dlerror());
    return loaded[at];
}

/* "embed" is the caller's own; everything else is a daemon's, to which the remote driver goes. */
static gboolean is_ours(GUri *uri)
{
    const char *host = g_uri_get_host(uri), *path = g_uri_get_path(uri);

    return !(host && *host) && (module_place() || !g_strcmp0(path, "/embed"));
}

static enum open_result module_open(virConnectPtr conn, GUri *uri, virConnectAuthPtr auth,
                                    unsigned int flags)
{
    for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++) {
        if (strcmp(g_uri_get_scheme(uri), schemes[i]) != 0 || !is_ours(uri))
            continue;
        conn->driver = load(i);
        return conn->driver ? conn->driver->open(conn, uri, auth, flags) : OPEN_FAILED;
    }
    return OPEN_DECLINED;
}

const struct connect_driver module_connect_driver = {.name = "module", .open = module_open};

void module_begin(const char *root, gboolean session)
{
    place = (struct module_place){.root = root, .session = session};
    begun = TRUE;
    for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++) {
        g_autofree char *path = module_path(schemes[i]);
        const struct connect_driver *driver;

        if (!g_file_test(path, G_FILE_TEST_EXISTS))
            continue;
        driver = load(i);
        if (!driver || (driver->begin && driver->begin() < 0))
            log_error("%s", virGetLastErrorMessage());
    }
}

void module_end(void)
{
    lock_guard(&lock);
    for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++)
        if (loaded[i] && loaded[i]->end)
            loaded[i]->end();
}

const struct module_place *module_place(void)
{
    return begun ? &place : NULL;
}
