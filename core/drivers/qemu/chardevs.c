#include "core/drivers/qemu/chardevs.h"

#include <string.h>

/* "pty:/dev/pts/3" of "charserial0". */
static const char *terminal_of(json_t *answer, const char *alias)
{
    json_t *item;
    size_t i;

    json_array_foreach(answer, i, item)
    {
        const char *label = json_string_value(json_object_get(item, "label"));
        const char *name = json_string_value(json_object_get(item, "filename"));

        if (label && name && g_str_has_prefix(label, "char") && !strcmp(label + 4, alias) &&
            g_str_has_prefix(name, "pty:"))
            return name + 4;
    }
    return NULL;
}

static void take(json_t *answer, enum domain_chardev_type type, const char *alias, char **path)
{
    const char *found =
        type == DOMAIN_CHARDEV_TYPE_PTY && alias ? terminal_of(answer, alias) : NULL;

    if (!found)
        return;
    g_free(*path);
    *path = g_strdup(found);
}

#define TAKE_ALL(list)                                                                             \
    for (size_t i = 0; i < devices->n_##list; i++)                                                 \
    take(answer, devices->list[i].type, devices->list[i].alias.name, &devices->list[i].source.path)

void chardevs_take_paths(struct domain *doc, json_t *answer)
{
    struct domain_devices *devices = &doc->devices;

    TAKE_ALL(serials);
    TAKE_ALL(parallels);
    TAKE_ALL(channels);
    TAKE_ALL(consoles);
    for (size_t i = 0; i < devices->n_consoles; i++) {
        g_free(devices->consoles[i].tty);
        devices->consoles[i].tty = devices->consoles[i].type == DOMAIN_CHARDEV_TYPE_PTY
                                       ? g_strdup(devices->consoles[i].source.path)
                                       : NULL;
    }
}
