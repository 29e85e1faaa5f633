#include "core/drivers/remote/places.h"

#include <string.h>

#include "core/object/error.h"

enum mode { MODE_AUTO, MODE_DIRECT, MODE_LEGACY };

/* The field's separate daemons, by the drivers that they have. */
static const char *const separate[][2] = {
    {"bhyve", "virtbhyved"},       {"ch", "virtchd"},           {"interface", "virtinterfaced"},
    {"lxc", "virtlxcd"},           {"network", "virtnetworkd"}, {"nodedev", "virtnodedevd"},
    {"nwfilter", "virtnwfilterd"}, {"qemu", "virtqemud"},       {"secret", "virtsecretd"},
    {"storage", "virtstoraged"},   {"vbox", "virtvboxd"},       {"vz", "virtvzd"},
    {"xen", "virtxend"},
};

static int find_mode(const struct remote_address *address, enum mode *ret_mode)
{
    static const char *const words[] = {"auto", "direct", "legacy"};
    const char *word = remote_option(address, "mode");

    *ret_mode = MODE_AUTO;
    if (!word)
        return 0;
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strcmp(word, words[i]) == 0) {
            *ret_mode = i;
            return 0;
        }
    }
    error_set(VIR_FROM_REMOTE, VIR_ERR_INVALID_ARG, "mode=%s: auto, direct or legacy is accepted",
              word);
    return -1;
}

static const char *find_separate(const struct remote_address *address)
{
    size_t length = strcspn(address->name, ":");

    for (size_t i = 0; i < G_N_ELEMENTS(separate); i++)
        if (strlen(separate[i][0]) == length && !strncmp(separate[i][0], address->name, length))
            return separate[i][1];
    return NULL;
}

static void add_place(GPtrArray *places, const struct remote_address *address, const char *folder,
                      const char *name)
{
    const char *end = address->readonly && !address->session ? "-ro" : "";

    g_ptr_array_add(places, g_strdup_printf("%s/%s-sock%s", folder, name, end));
}

GPtrArray *remote_places(const struct remote_address *address)
{
    GPtrArray *places = g_ptr_array_new_with_free_func(g_free);
    const char *own = find_separate(address);
    enum mode mode;

    if (find_mode(address, &mode) < 0) {
        g_ptr_array_unref(places);
        return NULL;
    }
    if (mode != MODE_DIRECT) {
        add_place(places, address, "corral", "corral");
        add_place(places, address, "libvirt", "libvirt");
    }
    if (mode != MODE_LEGACY && own)
        add_place(places, address, "libvirt", own);
    if (places->len)
        return places;
    error_set(VIR_FROM_REMOTE, VIR_ERR_INVALID_ARG,
              "mode=direct: '%s' is no driver that has a daemon of its own", address->name);
    g_ptr_array_unref(places);
    return NULL;
}
