#include "core/drivers/qemu/caps/caps.h"

#include <string.h>

/* Where QEMU is called otherwise. */
static const struct {
    const char *arch, *target;
} targets[] = {
    {"i686", "i386"},     {"armv6l", "arm"},    {"armv7l", "arm"},  {"armv7b", "arm"},
    {"ppc64le", "ppc64"}, {"openrisc", "or1k"}, {"parisc", "hppa"}, {"parisc64", "hppa"},
};

static const char *const folders[] = {"/usr/bin", "/usr/local/bin", "/usr/libexec"};

static char *find_program(const char *name)
{
    char *path = g_find_program_in_path(name);

    for (size_t i = 0; !path && i < G_N_ELEMENTS(folders); i++) {
        path = g_build_filename(folders[i], name, NULL);
        if (!g_file_test(path, G_FILE_TEST_IS_EXECUTABLE))
            g_clear_pointer(&path, g_free);
    }
    return path;
}

static char *find_emulator(const char *target)
{
    g_autofree char *name = g_strconcat("qemu-system-", target, NULL);

    return find_program(name);
}

char *caps_emulator(const char *arch)
{
    const char *target = arch;
    char *path;

    for (size_t i = 0; i < G_N_ELEMENTS(targets); i++)
        if (strcmp(targets[i].arch, arch) == 0)
            target = targets[i].target;
    path = find_emulator(target);
    /* the wider one runs those guests as well */
    if (!path && strcmp(arch, "i686") == 0)
        path = find_emulator("x86_64");
    if (!path && (strcmp(arch, "x86_64") == 0 || strcmp(arch, "i686") == 0))
        path = find_program("qemu-kvm");
    return path;
}
