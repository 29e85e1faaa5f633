#include "core/drivers/qemu/save.h"

#include <glib/gstdio.h>
#include <unistd.h>

static char *managed_path(struct qemu_host *host, const char *name)
{
    return path_of(host->paths.save, name, ".save");
}

bool save_is_managed(struct qemu_host *host, const char *name)
{
    g_autofree char *path = managed_path(host, name);

    return g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

void save_remove_managed(struct qemu_host *host, const char *name)
{
    g_autofree char *path = managed_path(host, name);

    g_unlink(path);
}

int save_start_managed(struct job *job, const struct start *start)
{
    qemu_error(OPERATION_UNSUPPORTED, "images of guests cannot be restored yet");
    return -1;
}
