#include "core/drivers/test/backup.h"

#include <string.h>

#include "core/drivers/test/blockjob.h"
#include "core/drivers/test/chain.h"
#include "core/drivers/test/device.h"
#include "core/drivers/test/moment.h"

#define PORT 10809 /* NBD's */

typedef struct domainbackup_disks_disks backup_disk;

static int refuse(const char *format, const char *name)
{
    g_autofree char *text = g_strdup_printf(format, name);

    error_set(VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED, "%s", text);
    return -1;
}

static bool can_be_copied(const struct domain_disk *disk)
{
    return chain_image(disk, 0) && !disk->readonly;
}

static const backup_disk *find_entry(const struct domainbackup *backup, const char *target)
{
    for (size_t i = 0; i < backup->disks.n_disks; i++)
        if (!g_strcmp0(backup->disks.disks[i].name, target))
            return &backup->disks.disks[i];
    return NULL;
}

static int check_named(const struct domainbackup *backup, const struct guest *guest)
{
    for (size_t i = 0; i < backup->disks.n_disks; i++) {
        const backup_disk *entry = &backup->disks.disks[i];
        const struct domain_disk *disk = disk_find(guest->live->doc, entry->name);

        if (!disk || g_strcmp0(disk->target.dev, entry->name) != 0)
            return refuse("no disk named '%s'", entry->name);
        if (entry->backup != TRISTATE_NO && !can_be_copied(disk))
            return refuse("disk '%s' is empty or readonly", entry->name);
    }
    return 0;
}

/* Without any named, all that can be copied are; with some, the others are left out. */
static void add_missing(struct domainbackup *backup, const struct domain *doc)
{
    bool every = backup->disks.n_disks == 0;

    for (size_t i = 0; i < doc->devices.n_disks; i++) {
        const struct domain_disk *disk = &doc->devices.disks[i];
        backup_disk *entry;

        if (find_entry(backup, disk->target.dev))
            continue;
        backup->disks.disks = g_renew(backup_disk, backup->disks.disks, backup->disks.n_disks + 1);
        entry = &backup->disks.disks[backup->disks.n_disks++];
        memset(entry, 0, sizeof(*entry));
        entry->name = g_strdup(disk->target.dev);
        entry->backup = every && can_be_copied(disk) ? TRISTATE_YES : TRISTATE_NO;
    }
}

/* Changes are only known since a checkpoint that the disk took part in. */
static int check_since(const struct guest *guest, const backup_disk *entry)
{
    const struct moment *moment =
        guest->checkpoints ? objlist_by_name(&guest->checkpoints->list, entry->incremental) : NULL;
    const struct domaincheckpoint *checkpoint;

    if (!moment) {
        test_error(NO_DOMAIN_CHECKPOINT, "no domain checkpoint with matching name '%s'",
                   entry->incremental);
        return -1;
    }
    checkpoint = moment->doc;
    for (size_t i = 0; i < checkpoint->disks.n_disks; i++)
        if (!g_strcmp0(checkpoint->disks.disks[i].name, entry->name) &&
            checkpoint->disks.disks[i].checkpoint != DOMAINCHECKPOINT_DISKS_DISKS_CHECKPOINT_NO)
            return 0;
    test_error(CHECKPOINT_INCONSISTENT, "disk '%s' has no bitmap of checkpoint '%s'", entry->name,
               entry->incremental);
    return -1;
}

static int complete_mode(backup_disk *entry, const struct domainbackup *backup,
                         const struct guest *guest)
{
    if (!entry->incremental && entry->backupmode != DOMAINBACKUP_DISKS_DISKS_BACKUPMODE_FULL)
        entry->incremental = g_strdup(backup->incremental);
    if (entry->incremental && check_since(guest, entry) < 0)
        return -1;
    if (!entry->incremental &&
        entry->backupmode == DOMAINBACKUP_DISKS_DISKS_BACKUPMODE_INCREMENTAL) {
        test_error(INVALID_ARG, "disk '%s' is to be copied since a checkpoint, but none is named",
                   entry->name);
        return -1;
    }
    entry->backupmode = entry->incremental ? DOMAINBACKUP_DISKS_DISKS_BACKUPMODE_INCREMENTAL
                                           : DOMAINBACKUP_DISKS_DISKS_BACKUPMODE_FULL;
    return 0;
}

static int complete_place(backup_disk *entry, bool push, const struct domain_disk *disk,
                          const char *suffix)
{
    struct domainbackup_backup_place *place = push ? &entry->target : &entry->scratch;

    if (!entry->driver.type)
        entry->driver.type =
            disk->driver.type && push ? disk->driver.type : COMMON_IMAGE_FORMAT_QCOW2;
    if (place->file || place->dev)
        return 0;
    if (disk->type != DOMAIN_DISK_TYPE_FILE)
        return refuse("refusing to generate file name for disk '%s'", entry->name);
    entry->type = DOMAINBACKUP_DISKS_DISKS_TYPE_FILE;
    place->file = g_strdup_printf("%s.%s", disk->source.file, suffix);
    return 0;
}

static int complete_disk(backup_disk *entry, const struct domainbackup *backup,
                         const struct guest *guest, const char *suffix)
{
    bool push = backup->mode != DOMAINBACKUP_MODE_PULL;
    const struct domain_disk *disk = blockjob_free_disk(guest, entry->name);

    if (!disk || complete_mode(entry, backup, guest) < 0 ||
        complete_place(entry, push, disk, suffix) < 0)
        return -1;
    if (push)
        return 0;
    if (!entry->exportname)
        entry->exportname = g_strdup(entry->name);
    if (entry->incremental && !entry->exportbitmap)
        entry->exportbitmap = g_strdup_printf("backup-%s", entry->name);
    return 0;
}

static int complete_server(struct domainbackup_server *server)
{
    if (!server->transport)
        server->transport = DOMAINBACKUP_SERVER_TRANSPORT_TCP;
    if (server->transport == DOMAINBACKUP_SERVER_TRANSPORT_UNIX)
        return 0;
    if (server->transport != DOMAINBACKUP_SERVER_TRANSPORT_TCP)
        return refuse("unsupported backup transport '%s': it is tcp or unix",
                      doc_word(&domainbackup_server_transport_words, server->transport));
    if (!server->name)
        server->name = g_strdup("localhost");
    if (!server->port)
        server->port = PORT;
    server->has_port = true;
    return 0;
}

int backup_complete(struct domainbackup *backup, const struct guest *guest, const char *suffix)
{
    bool any = false;

    if (backup->mode == DOMAINBACKUP_MODE_PULL && complete_server(&backup->server) < 0)
        return -1;
    if (check_named(backup, guest) < 0)
        return -1;
    add_missing(backup, guest->live->doc);
    for (size_t i = 0; i < backup->disks.n_disks; i++) {
        backup_disk *entry = &backup->disks.disks[i];

        if (entry->backup == TRISTATE_NO)
            continue;
        if (complete_disk(entry, backup, guest, suffix) < 0)
            return -1;
        any = true;
    }
    return any ? 0 : refuse("no disks selected for %s", "backup");
}
