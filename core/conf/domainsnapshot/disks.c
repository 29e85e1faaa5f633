/* The disks of a snapshot beside the disks of its guest. */
#include "core/conf/domainsnapshot/complete.h"

#include "core/object/error.h"

#include <corral/corral.h>
#include <string.h>

#define MODE(name) DOMAINSNAPSHOT_DISKS_DISKS_SNAPSHOT_##name

typedef enum domainsnapshot_disks_disks_snapshot disk_mode;
typedef struct domainsnapshot_disks_disks disk_def;

static int unsupported(const char *format, const char *name, const char *more)
{
    g_autofree char *text = g_strdup_printf(format, name, more);

    error_set(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_CONFIG_UNSUPPORTED, "%s", text);
    return -1;
}

static const char *source_of(const struct domain_disk *disk)
{
    return disk->source.file ? disk->source.file : disk->source.dev;
}

/* Its place among the guest's disks, or -1. */
static ssize_t find_disk(const struct domain *guest, const char *name)
{
    for (size_t i = 0; i < guest->devices.n_disks; i++) {
        const struct domain_disk *disk = &guest->devices.disks[i];

        if (g_strcmp0(disk->target.dev, name) == 0 || g_strcmp0(source_of(disk), name) == 0)
            return (ssize_t)i;
    }
    return -1;
}

static bool is_empty(const struct domain_disk *disk)
{
    return !source_of(disk) && !disk->source.dir && !disk->source.name && !disk->source.pool;
}

static disk_mode default_mode(const struct domain_disk *disk, disk_mode mode)
{
    static const disk_mode modes[] = {
        [DOMAIN_DISK_SNAPSHOT_NO] = MODE(NO),
        [DOMAIN_DISK_SNAPSHOT_INTERNAL] = MODE(INTERNAL),
        [DOMAIN_DISK_SNAPSHOT_EXTERNAL] = MODE(EXTERNAL),
        [DOMAIN_DISK_SNAPSHOT_MANUAL] = MODE(MANUAL),
    };

    if (disk->snapshot)
        return modes[disk->snapshot];
    return disk->readonly || is_empty(disk) ? MODE(NO) : mode;
}

static int check_unique(const struct domainsnapshot *def, const disk_def *entry)
{
    for (size_t i = 0; i < def->disks.n_disks; i++) {
        const disk_def *other = &def->disks.disks[i];

        if (other != entry && g_strcmp0(other->source.file, entry->source.file) == 0)
            return unsupported("cannot generate external snapshot name for disk '%s': "
                               "collision with disk '%s'",
                               entry->name, other->name);
    }
    return 0;
}

/* DISK.NAME beside the disk, in the place of its extension. */
static int set_file(struct domainsnapshot *def, disk_def *entry, const struct domain_disk *disk)
{
    const char *path = disk->source.file, *base, *dot;

    if (entry->type != DOMAINSNAPSHOT_DISKS_DISKS_TYPE_FILE || entry->source.file)
        return 0;
    if (is_empty(disk))
        return unsupported("cannot generate external snapshot name for disk '%s' without source%s",
                           disk->target.dev, "");
    if (!path || !g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return unsupported("source for disk '%s' is not a regular file; refusing to generate "
                           "external snapshot name%s",
                           disk->target.dev, "");
    base = strrchr(path, '/');
    dot = strrchr(base ? base : path, '.');
    entry->source.file = g_strdup_printf("%.*s.%s", (int)(dot ? dot - path : (ssize_t)strlen(path)),
                                         path, def->name);
    return check_unique(def, entry);
}

static int set_entry(struct domainsnapshot *def, disk_def *entry, const struct domain_disk *disk,
                     disk_mode mode)
{
    g_free(entry->name);
    entry->name = g_strdup(disk->target.dev);
    if (!entry->snapshot)
        entry->snapshot = default_mode(disk, mode);
    if (entry->snapshot == MODE(EXTERNAL) && !entry->type)
        entry->type = DOMAINSNAPSHOT_DISKS_DISKS_TYPE_FILE;
    return entry->snapshot == MODE(EXTERNAL) ? set_file(def, entry, disk) : 0;
}

/* A disk that is left out anyway may be said to be. */
static bool fits(const disk_def *entry, const struct domain_disk *disk, disk_mode mode)
{
    return !entry->snapshot || entry->snapshot == mode ||
           (entry->snapshot == MODE(NO) && default_mode(disk, mode) == MODE(NO));
}

/* Moves what the document says to the places that the guest's disks have. */
static int place_given(struct domainsnapshot *def, const struct domain *guest, disk_def *all,
                       disk_mode mode, bool strict)
{
    if (def->disks.n_disks > guest->devices.n_disks)
        return unsupported("too many disk snapshot requests for domain%s%s", "", "");
    for (size_t i = 0; i < def->disks.n_disks; i++) {
        disk_def *entry = &def->disks.disks[i];
        ssize_t place = find_disk(guest, entry->name);

        if (place < 0)
            return unsupported("no disk named '%s'%s", entry->name, "");
        if (all[place].name)
            return unsupported("disk '%s' specified twice%s", entry->name, "");
        if (strict && !fits(entry, &guest->devices.disks[place], mode))
            return unsupported("disk '%s' must use snapshot mode '%s'", entry->name,
                               doc_word(&domainsnapshot_disks_disks_snapshot_words, mode));
        all[place] = *entry;
        memset(entry, 0, sizeof(*entry));
    }
    return 0;
}

int snapshot_align_disks(struct domainsnapshot *def, const struct domain *guest, disk_mode mode,
                         bool strict)
{
    size_t n = guest->devices.n_disks;
    disk_def *all = g_new0(disk_def, n + 1);
    int rc = place_given(def, guest, all, mode, strict);

    doc_clear(&domainsnapshot_disks_layout, &def->disks);
    def->disks.disks = all;
    def->disks.n_disks = n;
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = set_entry(def, &all[i], &guest->devices.disks[i], mode);
    return rc;
}
