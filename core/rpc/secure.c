#include "core/rpc/secure.h"

#include <dlfcn.h>
#include <string.h>

#include "core/base/lock.h"
#include "core/object/error.h"

/* Beside what this code is in: the library, or a daemon that has it built in. */
static char *beside(const char *file, const char *relative)
{
    Dl_info info;
    g_autofree char *folder = NULL;

    if (!dladdr((void *)secure_tls, &info) || !info.dli_fname || !strchr(info.dli_fname, '/'))
        return NULL;
    folder = g_path_get_dirname(info.dli_fname);
    return g_build_filename(folder, relative, file, NULL);
}

/* A program that was started by its bare name does not know where it is. */
static char *beside_program(const char *file, const char *relative)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = program ? g_path_get_dirname(program) : NULL;

    return folder ? g_build_filename(folder, relative, file, NULL) : NULL;
}

static char *find_module(const char *file)
{
    char *paths[] = {beside(file, "corral"), beside_program(file, "../lib/corral"),
                     g_build_filename(CORRAL_MODULES, file, NULL)};
    char *found = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        if (!found && paths[i] && g_file_test(paths[i], G_FILE_TEST_EXISTS))
            found = g_steal_pointer(&paths[i]);
        g_free(paths[i]);
    }
    return found ? found : g_build_filename(CORRAL_MODULES, file, NULL);
}

/* Never unloaded: its layers outlive whoever asked first. */
const int *secure_load(const char *file, const char *symbol, int version, const char *failed)
{
    g_autofree char *path = find_module(file);
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const int *module = handle ? dlsym(handle, symbol) : NULL;

    if (!module) {
        error_set(VIR_FROM_RPC, VIR_ERR_NO_SUPPORT, "%s: %s", failed, dlerror());
    } else if (*module != version) {
        error_set(VIR_FROM_RPC, VIR_ERR_NO_SUPPORT, "%s is of version %d, and %d is needed", path,
                  *module, version);
        module = NULL;
    }
    if (handle && !module)
        dlclose(handle);
    return module;
}

#define UNSECURED "the connection cannot be secured"

static lock_t lock = LOCK_INITIALIZER; /* guards the next two */
static const struct tls_module *tls;
static const struct sasl_module *sasl;

const struct tls_module *secure_tls(void)
{
    lock_guard(&lock);
    if (!tls)
        tls = (const void *)secure_load("tls.so", TLS_MODULE_SYMBOL, TLS_MODULE_VERSION, UNSECURED);
    return tls;
}

const struct sasl_module *secure_sasl(void)
{
    lock_guard(&lock);
    if (!sasl)
        sasl = (const void *)secure_load("sasl.so", SASL_MODULE_SYMBOL, SASL_MODULE_VERSION,
                                         UNSECURED);
    return sasl;
}
