/* Names of disks in the guest: letters that count, behind the name of a bus. */
#include "core/conf/domain/devices.h"

static const char *const prefixes[] = {"fd", "hd", "vd", "sd", "xvd", "ubd"};

static const char *behind_prefix(const char *name)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        if (g_str_has_prefix(name, prefixes[i]))
            return name + strlen(prefixes[i]);
    }
    return NULL;
}

int domain_disk_name_index(const char *name)
{
    const char *letter = name ? behind_prefix(name) : NULL;
    int64_t index = 0;

    if (!letter || !g_ascii_islower(*letter))
        return -1;
    for (bool first = true; g_ascii_islower(*letter); letter++, first = false) {
        index = (index + !first) * 26 + (*letter - 'a');
        if (index > INT_MAX)
            return -1;
    }
    /* Digits behind the letters are a partition. */
    return letter[strspn(letter, "0123456789")] ? -1 : (int)index;
}
