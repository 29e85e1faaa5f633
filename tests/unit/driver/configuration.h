/* A client configuration of one's own: XDG_CONFIG_HOME/libvirt/libvirt.conf in a temporary folder.
 */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>
#include <unistd.h>

static char *configuration_folder, *configuration_file;

/* Before GLib is first asked, for it remembers the folder. */
static inline void configuration_begin(void)
{
    g_autofree char *folder = NULL;

    configuration_folder = g_dir_make_tmp("corral-test-XXXXXX", NULL);
    folder = g_build_filename(configuration_folder, "libvirt", NULL);
    configuration_file = g_build_filename(folder, "libvirt.conf", NULL);
    g_mkdir(folder, 0700);
    g_setenv("XDG_CONFIG_HOME", configuration_folder, TRUE);
    g_unsetenv("LIBVIRT_DEFAULT_URI");
}

static inline void configuration_write(const char *text)
{
    g_file_set_contents(configuration_file, text, -1, NULL);
}

static inline void configuration_remove(void)
{
    g_unlink(configuration_file);
    g_unsetenv("LIBVIRT_DEFAULT_URI");
}

static inline void configuration_end(void)
{
    g_autofree char *folder = g_path_get_dirname(configuration_file);

    configuration_remove();
    g_rmdir(folder);
    g_rmdir(configuration_folder);
    g_free(configuration_file);
    g_free(configuration_folder);
}
