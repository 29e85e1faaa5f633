/* What is known of binaries, on disk: to be thrown away at any time. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/log.h"
#include "core/drivers/qemu/caps/facts.h"

/* Of a file; honest ones are a quarter of a megabyte. */
#define SIZE_MAX_HERE (32 * 1024 * 1024)

/* Where binaries may have parts of theirs. */
static const char *const module_folders[] = {
    "/usr/lib/qemu",
    "/usr/lib64/qemu",
    "/usr/lib/x86_64-linux-gnu/qemu",
    "/usr/lib/aarch64-linux-gnu/qemu",
    "/usr/local/lib/qemu",
};

static void add_state(GString *text, const char *path)
{
    struct stat info;

    if (stat(path, &info) < 0)
        return;
    g_string_append_printf(text, "%s %ld %ld %ld.%09ld %ld.%09ld\n", path, (long)info.st_ino,
                           (long)info.st_size, (long)info.st_mtim.tv_sec, info.st_mtim.tv_nsec,
                           (long)info.st_ctim.tv_sec, info.st_ctim.tv_nsec);
}

char *facts_identity(const char *binary)
{
    GString *text = g_string_new(NULL);

    add_state(text, binary);
    for (size_t i = 0; i < G_N_ELEMENTS(module_folders); i++)
        add_state(text, module_folders[i]);
    return g_string_free(text, FALSE);
}

static char *file_of(const char *folder, const char *binary, const char *suffix)
{
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, binary, -1);
    g_autofree char *name = g_strconcat(hash, suffix, NULL);

    return g_build_filename(folder, name, NULL);
}

static json_t *load_json(const char *path)
{
    struct stat info;
    g_autofree char *text = NULL;
    size_t length;

    if (stat(path, &info) < 0 || !S_ISREG(info.st_mode) || info.st_size > SIZE_MAX_HERE ||
        !g_file_get_contents(path, &text, &length, NULL))
        return NULL;
    return json_loadb(text, length, 0, NULL);
}

int facts_load(const char *folder, const char *binary, struct facts *ret)
{
    g_autofree char *path = file_of(folder, binary, ".json");
    g_autofree char *schema = file_of(folder, binary, ".schema.json");
    g_autofree char *identity = facts_identity(binary);
    g_autoptr(json_t) told = load_json(path);

    if (!told || json_number_of(told, "format", 0) != FACTS_FORMAT ||
        g_strcmp0(json_text_of(told, "identity"), identity) != 0 ||
        !g_file_test(schema, G_FILE_TEST_IS_REGULAR))
        return -1;
    *ret = (struct facts){.told = g_steal_pointer(&told), .file = g_steal_pointer(&schema)};
    return 0;
}

json_t *facts_load_schema(const char *file)
{
    json_t *schema = load_json(file);

    if (!schema)
        log_warning("cannot read '%s'", file);
    return schema;
}

static void save_json(const char *path, const json_t *value)
{
    g_autofree char *text = json_dumps(value, JSON_COMPACT);
    g_autoptr(GError) error = NULL;

    /* as a whole or not at all; that it survives a crash is of no matter */
    if (!g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
        log_warning("cannot write '%s': %s", path, error->message);
}

void facts_save(const char *folder, const char *binary, const struct facts *facts)
{
    g_autofree char *path = file_of(folder, binary, ".json");
    g_autofree char *schema = file_of(folder, binary, ".schema.json");

    if (g_mkdir_with_parents(folder, 0700) < 0) {
        log_warning("cannot make '%s': %s", folder, g_strerror(errno));
        return;
    }
    /* the first speaks for both */
    save_json(schema, facts->schema);
    save_json(path, facts->told);
}
