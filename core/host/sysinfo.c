/* What the firmware tells of the machine. */
#include <string.h>

#include "conf/sysinfo_doc.h"
#include "core/host/node.h"
#include "core/host/sysfs.h"
#include "core/object/error.h"

#define DMI "/sys/class/dmi/id"

struct line {
    const char *file, *name;
};

static const struct line bios[] = {
    {"bios_vendor", "vendor"},
    {"bios_version", "version"},
    {"bios_date", "date"},
    {"bios_release", "release"},
};
static const struct line machine[] = {
    {"sys_vendor", "manufacturer"}, {"product_name", "product"}, {"product_version", "version"},
    {"product_serial", "serial"},   {"product_uuid", "uuid"},    {"product_sku", "sku"},
    {"product_family", "family"},
};
static const struct line board[] = {
    {"board_vendor", "manufacturer"}, {"board_name", "product"},    {"board_version", "version"},
    {"board_serial", "serial"},       {"board_asset_tag", "asset"},
};
static const struct line chassis[] = {
    {"chassis_vendor", "manufacturer"},
    {"chassis_version", "version"},
    {"chassis_serial", "serial"},
    {"chassis_asset_tag", "asset"},
};

static void fill(struct sysinfo_entries *entries, const struct line *lines, size_t n)
{
    entries->entries = g_new0(struct sysinfo_entries_entries, n);
    for (size_t i = 0; i < n; i++) {
        g_autofree char *text = sysfs_text(DMI "/%s", lines[i].file);

        /* serial numbers are for root's eyes */
        if (text && *text)
            entries->entries[entries->n_entries++] = (struct sysinfo_entries_entries){
                .name = g_strdup(lines[i].name), .text = g_steal_pointer(&text)};
    }
}

char *host_get_sysinfo(void)
{
    struct sysinfo *info;
    char *text;

    if (!sysfs_has(DMI)) {
        error_set(VIR_FROM_SYSINFO, VIR_ERR_CONFIG_UNSUPPORTED,
                  "Host SMBIOS information is not available");
        return NULL;
    }
    info = g_new0(struct sysinfo, 1);
    info->type = SYSINFO_TYPE_SMBIOS;
    fill(&info->bios, bios, G_N_ELEMENTS(bios));
    fill(&info->system, machine, G_N_ELEMENTS(machine));
    info->boards = g_new0(struct sysinfo_entries, 1);
    info->n_boards = 1;
    fill(&info->boards[0], board, G_N_ELEMENTS(board));
    fill(&info->chassis, chassis, G_N_ELEMENTS(chassis));
    text = sysinfo_format(info, 0);
    sysinfo_free(info);
    return text;
}
