#include "core/drivers/qemu/paths.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "core/drivers/qemu/error.h"

/* The places that everything else is below. */
struct bases {
    char *etc, *run, *lib, *log, *cache;
};

static void system_bases(struct bases *bases, const char *root, const char *name)
{
    const char *top = root ? root : "/";

    *bases = (struct bases){
        .etc = g_build_filename(top, "etc", name, NULL),
        .run = g_build_filename(top, "run", name, NULL),
        .lib = g_build_filename(top, root ? "lib" : "var/lib", name, NULL),
        .log = g_build_filename(top, root ? "log" : "var/log", name, NULL),
        .cache = g_build_filename(top, root ? "cache" : "var/cache", name, NULL),
    };
}

static void session_bases(struct bases *bases)
{
    *bases = (struct bases){
        .etc = g_build_filename(g_get_user_config_dir(), "corral", NULL),
        .run = g_build_filename(g_get_user_runtime_dir(), "corral", NULL),
        .lib = g_build_filename(g_get_user_data_dir(), "corral", NULL),
        .log = g_build_filename(g_get_user_cache_dir(), "corral", "log", NULL),
        .cache = g_build_filename(g_get_user_cache_dir(), "corral", NULL),
    };
}

static char *below(const char *base, const char *more)
{
    return g_build_filename(base, "qemu", more, NULL);
}

void paths_init(struct qemu_paths *paths, enum host_scope kind, const char *root)
{
    struct bases bases;

    if (kind == HOST_SESSION && !root)
        session_bases(&bases);
    else
        system_bases(&bases, root, root ? "" : "corral");
    *paths = (struct qemu_paths){
        .definitions = below(bases.etc, NULL),
        .autostart = below(bases.etc, "autostart"),
        .run = below(bases.run, NULL),
        .lib = below(bases.lib, NULL),
        .save = below(bases.lib, "save"),
        .dump = below(bases.lib, "dump"),
        .nvram = below(bases.lib, "nvram"),
        .channel = below(bases.lib, "channel"),
        .log = below(bases.log, NULL),
        .cache = below(bases.cache, "capabilities"),
    };
    g_free(bases.etc);
    g_free(bases.run);
    g_free(bases.lib);
    g_free(bases.log);
    g_free(bases.cache);
}

/* All of them are alike. */
static char **members(const struct qemu_paths *paths)
{
    return (char **)paths;
}
#define N_PATHS (sizeof(struct qemu_paths) / sizeof(char *))

void paths_clear(struct qemu_paths *paths)
{
    for (size_t i = 0; i < N_PATHS; i++)
        g_clear_pointer(&members(paths)[i], g_free);
}

int paths_make(const struct qemu_paths *paths)
{
    for (size_t i = 0; i < N_PATHS; i++) {
        const char *path = members(paths)[i];

        if (g_mkdir_with_parents(path, 0711) < 0) {
            error_set_system(VIR_FROM_QEMU, errno, "cannot make the folder '%s'", path);
            return -1;
        }
    }
    /* passwords are in them */
    g_chmod(paths->definitions, 0700);
    g_chmod(paths->run, 0700);
    return 0;
}

char *path_of(const char *folder, const char *name, const char *suffix)
{
    g_autofree char *file = g_strconcat(name, suffix, NULL);

    return g_build_filename(folder, file, NULL);
}
