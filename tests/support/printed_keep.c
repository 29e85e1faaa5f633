#include "printed_keep.h"

#include <glib.h>
#include <stdlib.h>

void printed_keep(const char *kind, const char *text)
{
    const char *folder = getenv("CORRAL_PRINTED");
    g_autofree char *name = NULL, *sum = NULL, *path = NULL, *parent = NULL;

    if (!folder || !*folder || !text)
        return;
    parent = g_build_filename(folder, kind, NULL);
    sum = g_compute_checksum_for_string(G_CHECKSUM_SHA1, text, -1);
    name = g_strconcat(sum, ".xml", NULL);
    path = g_build_filename(parent, name, NULL);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return;
    /* Whole or not at all: several tests print at once. */
    if (g_mkdir_with_parents(parent, 0755) < 0 || !g_file_set_contents(path, text, -1, NULL))
        abort();
}
