#include "core/drivers/qemu/host_firmware.h"

#include <string.h>

#include "core/drivers/qemu/qmp/json.h"

/* Later ones take the place of earlier ones' files of the same name. */
static const char *const folders[] = {"/usr/share/qemu/firmware", "/etc/qemu/firmware"};

bool host_has_program(const char *name)
{
    g_autofree char *path = g_find_program_in_path(name);

    return path != NULL;
}

static bool lists(const json_t *list, const char *text)
{
    json_t *item;
    size_t i;

    json_array_foreach(list, i, item)
    {
        if (g_strcmp0(json_string_value(item), text) == 0)
            return true;
    }
    return false;
}

static bool is_for(const json_t *description, const char *arch, const char *machine)
{
    json_t *target, *pattern;
    size_t i, k;

    json_array_foreach(json_object_get(description, "targets"), i, target)
    {
        if (g_strcmp0(json_text_of(target, "architecture"), arch) != 0)
            continue;
        json_array_foreach(json_object_get(target, "machines"), k, pattern)
        {
            const char *text = json_string_value(pattern);

            if (text && g_pattern_match_simple(text, machine))
                return true;
        }
    }
    return false;
}

static int compare(gconstpointer a, gconstpointer b, gpointer data)
{
    return strcmp(a, b);
}

/* Name → path, of the last folder that has it; an empty file stands for none. */
static GTree *find_descriptions(void)
{
    GTree *tree = g_tree_new_full(compare, NULL, g_free, g_free);

    for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autoptr(GDir) dir = g_dir_open(folders[i], 0, NULL);
        const char *name;

        while (dir && (name = g_dir_read_name(dir)))
            if (g_str_has_suffix(name, ".json"))
                g_tree_replace(tree, g_strdup(name), g_build_filename(folders[i], name, NULL));
    }
    return tree;
}

struct search {
    const char *arch, *machine;
    firmware_fn *each;
    void *opaque;
};

static gboolean look_at(gpointer name, gpointer path, gpointer data)
{
    struct search *search = data;
    g_autoptr(json_t) description = json_load_file(path, 0, NULL);
    const json_t *features = json_object_get(description, "features");
    struct firmware firmware = {
        .executable = json_string_value(json_path(description, "mapping.executable.filename")),
        .variables = json_string_value(json_path(description, "mapping.nvram-template.filename")),
        .secure_boot = lists(features, "secure-boot"),
        .enrolled_keys = lists(features, "enrolled-keys"),
        .needs_smm = lists(features, "requires-smm"),
    };

    if (!firmware.executable || !lists(json_object_get(description, "interface-types"), "uefi") ||
        !is_for(description, search->arch, search->machine))
        return FALSE;
    return search->each(&firmware, search->opaque);
}

void host_firmware_each(const char *arch, const char *machine, firmware_fn *each, void *opaque)
{
    struct search search = {arch, machine, each, opaque};
    GTree *descriptions = find_descriptions();

    g_tree_foreach(descriptions, look_at, &search);
    g_tree_unref(descriptions);
}

struct list {
    GPtrArray *files;
    bool secure;
};

static bool add_file(const struct firmware *firmware, void *opaque)
{
    struct list *list = opaque;

    list->secure = list->secure || firmware->secure_boot;
    if (!g_ptr_array_find_with_equal_func(list->files, firmware->executable, g_str_equal, NULL))
        g_ptr_array_add(list->files, g_strdup(firmware->executable));
    return false;
}

GStrv host_firmware(const char *arch, const char *machine, bool *ret_secure)
{
    struct list list = {g_ptr_array_new(), false};

    host_firmware_each(arch, machine, add_file, &list);
    g_ptr_array_add(list.files, NULL);
    *ret_secure = list.secure;
    return (GStrv)g_ptr_array_free(list.files, FALSE);
}
