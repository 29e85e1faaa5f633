/* Firmware: files in the place of flash memory, tables for the guest's curiosity. */
#include "core/drivers/qemu/command/blockdev.h"

static int add_flash(struct builder *build, const char *name, unsigned type,
                     const struct domain_source_content *content, bool readonly)
{
    struct block_image image = {.source = content,
                                .type = type,
                                .format = COMMON_IMAGE_FORMAT_RAW,
                                .name = name,
                                .readonly = readonly};
    json_t *nodes = json_array();

    if (block_image_nodes(nodes, &image) < 0) {
        json_decref(nodes);
        return -1;
    }
    return add_jsons(build, "-blockdev", nodes);
}

static int build_variables(struct builder *build, const struct domain_os_nvram *nvram)
{
    struct domain_source_content file = {.file = nvram->text};

    if (nvram->source)
        return add_flash(build, "pflash1", nvram->type, &nvram->source->source_content, false);
    if (!nvram->text)
        return 0;
    return add_flash(build, "pflash1", DOMAIN_DISK_TYPE_FILE, &file, false);
}

int build_firmware(struct builder *build)
{
    const struct domain_os *os = &build->doc->os;
    struct domain_source_content file = {.file = os->loader.text};

    if (!os->loader.text)
        return 0;
    if (os->loader.type != DOMAIN_OS_LOADER_TYPE_PFLASH) {
        add_option(build, "-bios", os->loader.text);
        return 0;
    }
    if (os->loader.secure == TRISTATE_YES)
        add_option(build, "-global", "driver=cfi.pflash01,property=secure,value=on");
    if (add_flash(build, "pflash0", DOMAIN_DISK_TYPE_FILE, &file,
                  os->loader.readonly == TRISTATE_YES) < 0)
        return -1;
    return build_variables(build, &os->nvram);
}

/* ---- SMBIOS */

static void append(GString *text, const char *option, const char *value)
{
    if (!value)
        return;
    g_string_append_printf(text, ",%s=", option);
    append_value(text, value);
}

static void add_table(struct builder *build, GString *text, const char *header)
{
    if (text->len) {
        g_string_prepend(text, header);
        add_option(build, "-smbios", text->str);
    }
}

static void build_bios(struct builder *build, const struct domain_sysinfo_bios *bios)
{
    g_autoptr(GString) text = g_string_new(NULL);

    append(text, "vendor", bios->vendor);
    append(text, "version", bios->version);
    append(text, "date", bios->date);
    append(text, "release", bios->release);
    add_table(build, text, "type=0");
}

static void build_system(struct builder *build, const struct domain_sysinfo_system *system)
{
    g_autoptr(GString) text = g_string_new(NULL);

    append(text, "manufacturer", system->manufacturer);
    append(text, "product", system->product);
    append(text, "version", system->version);
    append(text, "serial", system->serial);
    append(text, "uuid", system->uuid);
    append(text, "sku", system->sku);
    append(text, "family", system->family);
    add_table(build, text, "type=1");
}

static void build_board(struct builder *build, const struct domain_smbios_board *board)
{
    g_autoptr(GString) text = g_string_new(NULL);

    append(text, "manufacturer", board->manufacturer);
    append(text, "product", board->product);
    append(text, "version", board->version);
    append(text, "serial", board->serial);
    append(text, "asset", board->asset);
    append(text, "location", board->location);
    add_table(build, text, "type=2");
}

static void build_chassis(struct builder *build, const struct domain_sysinfo_chassis *chassis)
{
    g_autoptr(GString) text = g_string_new(NULL);

    append(text, "manufacturer", chassis->manufacturer);
    append(text, "version", chassis->version);
    append(text, "serial", chassis->serial);
    append(text, "asset", chassis->asset);
    append(text, "sku", chassis->sku);
    add_table(build, text, "type=3");
}

static void build_tables(struct builder *build, const struct domain_sysinfo *sysinfo)
{
    g_autoptr(GString) strings = g_string_new(NULL);

    build_bios(build, &sysinfo->bios);
    build_system(build, &sysinfo->system);
    for (size_t i = 0; i < sysinfo->n_boards; i++)
        build_board(build, &sysinfo->boards[i]);
    build_chassis(build, &sysinfo->chassis);
    for (size_t i = 0; i < sysinfo->oem_strings.n_entries; i++)
        append(strings, "value", sysinfo->oem_strings.entries[i]);
    add_table(build, strings, "type=11");
}

static void build_files(struct builder *build, const struct domain_sysinfo *sysinfo)
{
    for (size_t i = 0; i < sysinfo->n_entries; i++) {
        const struct domain_sysinfo_entries *entry = &sysinfo->entries[i];
        g_autoptr(GString) text = g_string_new("name=");

        append_value(text, entry->name);
        append(text, entry->file ? "file" : "string", entry->file ? entry->file : entry->text);
        add_option(build, "-fw_cfg", text->str);
    }
}

int build_smbios(struct builder *build)
{
    const struct domain *doc = build->doc;

    for (size_t i = 0; i < doc->n_sysinfos; i++) {
        if (doc->sysinfos[i].type == DOMAIN_SYSINFO_TYPE_FWCFG)
            build_files(build, &doc->sysinfos[i]);
        else if (doc->os.smbios.mode == DOMAIN_OS_SMBIOS_MODE_SYSINFO)
            build_tables(build, &doc->sysinfos[i]);
    }
    if (doc->genid.text) {
        json_t *props = props_of("driver", "vmgenid");

        prop_string(props, "guid", doc->genid.text);
        prop_string(props, "id", "vmgenid0");
        return add_device(build, props);
    }
    return 0;
}
