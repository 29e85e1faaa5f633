#include "core/conf/domaincheckpoint/complete.h"

#include "core/object/error.h"

#include <corral/corral.h>
#include <string.h>

#define MODE(name) DOMAINCHECKPOINT_DISKS_DISKS_CHECKPOINT_##name

typedef struct domaincheckpoint_disks_disks disk_def;

static int refuse(int code, const char *format, const char *name)
{
    g_autofree char *text = g_strdup_printf(format, name);

    error_set(VIR_FROM_DOMAIN_CHECKPOINT, code, "%s", text);
    return -1;
}

static const char *source_of(const struct domain_disk *disk)
{
    return disk->source.file ? disk->source.file : disk->source.dev;
}

static bool can_have_bitmap(const struct domain_disk *disk)
{
    return !disk->readonly &&
           (source_of(disk) || disk->source.dir || disk->source.name || disk->source.pool);
}

static ssize_t find_disk(const struct domain *guest, const char *name)
{
    for (size_t i = 0; i < guest->devices.n_disks; i++) {
        const struct domain_disk *disk = &guest->devices.disks[i];

        if (g_strcmp0(disk->target.dev, name) == 0 || g_strcmp0(source_of(disk), name) == 0)
            return (ssize_t)i;
    }
    return -1;
}

static int check_given(const struct domain *guest, const disk_def *entry, const disk_def *all,
                       ssize_t *ret_place)
{
    ssize_t place = find_disk(guest, entry->name);

    if (place < 0)
        return refuse(VIR_ERR_CONFIG_UNSUPPORTED, "no disk named '%s'", entry->name);
    if (all[place].name)
        return refuse(VIR_ERR_CONFIG_UNSUPPORTED, "disk '%s' specified twice", entry->name);
    if (entry->checkpoint != MODE(NO) && !can_have_bitmap(&guest->devices.disks[place]))
        return refuse(VIR_ERR_CONFIG_UNSUPPORTED, "disk '%s' is empty or readonly", entry->name);
    *ret_place = place;
    return 0;
}

static int place_given(struct domaincheckpoint *def, const struct domain *guest, disk_def *all)
{
    if (def->disks.n_disks > guest->devices.n_disks)
        return refuse(VIR_ERR_CONFIG_UNSUPPORTED, "too many disk checkpoint requests for domain%s",
                      "");
    for (size_t i = 0; i < def->disks.n_disks; i++) {
        disk_def *entry = &def->disks.disks[i];
        ssize_t place;

        if (check_given(guest, entry, all, &place) < 0)
            return -1;
        if (!entry->checkpoint)
            entry->checkpoint = MODE(BITMAP);
        all[place] = *entry;
        memset(entry, 0, sizeof(*entry));
    }
    return 0;
}

/* Disks that the document leaves out are left out, unless it names none at all. */
static int align_disks(struct domaincheckpoint *def, const struct domain *guest)
{
    size_t n = guest->devices.n_disks;
    disk_def *all = g_new0(disk_def, n + 1);
    bool every = def->disks.n_disks == 0;
    int rc = place_given(def, guest, all);

    doc_clear(&domaincheckpoint_disks_layout, &def->disks);
    def->disks.disks = all;
    def->disks.n_disks = n;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const struct domain_disk *disk = &guest->devices.disks[i];

        g_free(all[i].name);
        all[i].name = g_strdup(disk->target.dev);
        if (!all[i].checkpoint)
            all[i].checkpoint = every && can_have_bitmap(disk) ? MODE(BITMAP) : MODE(NO);
        if (all[i].checkpoint == MODE(BITMAP) && !all[i].bitmap)
            all[i].bitmap = g_strdup(def->name);
    }
    return rc;
}

static int refuse_owner(const struct domaincheckpoint *def, const struct domain *guest)
{
    error_set(VIR_FROM_DOMAIN_CHECKPOINT, VIR_ERR_INVALID_ARG,
              "definition for checkpoint %s must use uuid %s", def->name, guest->uuid);
    return -1;
}

static int redefine(struct domaincheckpoint *def, const struct domain *guest)
{
    if (!def->name)
        return refuse(VIR_ERR_XML_ERROR, "a redefined checkpoint must have a name%s", "");
    if (!def->creation_time)
        return refuse(VIR_ERR_INTERNAL_ERROR, "missing creationTime from existing checkpoint%s",
                      "");
    if (!def->domain)
        return 0;
    if (g_strcmp0(def->domain->uuid, guest->uuid) != 0)
        return refuse_owner(def, guest);
    return align_disks(def, def->domain);
}

int checkpoint_complete(struct domaincheckpoint *def, const struct domain *guest, bool is_redefined,
                        long long now)
{
    if (is_redefined)
        return redefine(def, guest);
    def->creation_time = now;
    if (!def->name)
        def->name = g_strdup_printf("%lld", now);
    g_clear_pointer(&def->parent.name, g_free);
    domain_free(def->domain);
    def->domain = domain_copy(guest);
    return align_disks(def, guest);
}
