/* A disk as it is read; what follows from other devices comes when all of them are read. */
#include "core/conf/domain/devices.h"
#include "core/conf/domain/hooks.h"

/* Disks of one bus stand in the order of their names. Only a bus that the document spells out
 * counts: the others are one group until their bus is derived from the name. */
size_t domain_insert_disk(const void *items, size_t n, const void *item)
{
    const struct domain_disk *disks = items, *disk = item;
    int index = domain_disk_name_index(disk->target.dev);
    size_t place = n;

    for (size_t i = n; i > 0; i--) {
        if (disks[i - 1].target.bus != disk->target.bus)
            continue;
        if (domain_disk_name_index(disks[i - 1].target.dev) <= index)
            return place == n ? i : place;
        place = i - 1;
    }
    return place;
}

/* A drive without a source takes any medium, whatever the type says. */
static void read_source(struct domain_disk *disk, const struct doc_call *call)
{
    if (!domain_has_child(call, "source"))
        disk->type = DOMAIN_DISK_TYPE_FILE;
}

/* The login and the key stand in the disk or in its source, not in both. */
static int check_doubles(const struct domain_disk *disk, const struct doc_call *call)
{
    const char *twice = NULL;

    if (disk->auth.username && disk->source.auth.username)
        twice = "auth";
    else if (disk->encryption && disk->source.encryption)
        twice = "encryption";
    if (!twice)
        return 0;
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "an <%s> definition already found for disk source",
              twice);
    return -1;
}

/* Numbers that mean nothing unless all three are there. */
static void read_geometry(struct domain_disk_geometry *geometry)
{
    if (!geometry->cyls || !geometry->heads || !geometry->secs)
        *geometry = (struct domain_disk_geometry){0};
}

static bool printable(const char *text)
{
    for (; *text; text++) {
        if (*text < 0x20 || *text > 0x7e)
            return false;
    }
    return true;
}

static int check_identity(const char *text, const char *name, size_t length,
                          const struct doc_call *call)
{
    if (text && !printable(text)) {
        doc_error(call, VIR_ERR_XML_ERROR, "disk %s is not printable string", name);
        return -1;
    }
    if (text && strlen(text) > length) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "disk %s is more than %zu characters", name,
                  length);
        return -1;
    }
    return 0;
}

static int check_wwn(const char *wwn, const struct doc_call *call)
{
    const char *digits = wwn && g_str_has_prefix(wwn, "0x") ? wwn + 2 : wwn;

    if (!wwn || (strlen(digits) == 16 && strspn(digits, "0123456789abcdefABCDEF") == 16))
        return 0;
    doc_error(call, VIR_ERR_INTERNAL_ERROR, "Malformed wwn: %s (16 hexadecimal digits expected)",
              wwn);
    return -1;
}

static int check_texts(const struct domain_disk *disk, const struct doc_call *call)
{
    if (check_wwn(disk->wwn, call) < 0 || check_identity(disk->vendor, "vendor", 8, call) < 0)
        return -1;
    return check_identity(disk->product, "product", 16, call);
}

/* Whose medium can be missing when the guest starts. */
static int check_startup_policy(const struct domain_disk *disk, const struct doc_call *call)
{
    if (disk->source.startup_policy != DOMAIN_STARTUP_POLICY_REQUISITE ||
        disk->device == DOMAIN_DISK_DEVICE_CDROM || disk->device == DOMAIN_DISK_DEVICE_FLOPPY)
        return 0;
    doc_error(call, VIR_ERR_XML_ERROR,
              "disk startupPolicy 'requisite' is allowed only for cdrom or floppy");
    return -1;
}

int domain_hook_disk(void *part, const struct doc_call *call)
{
    struct domain_disk *disk = part;

    if (domain_check_source(&disk->source.source_content, disk->type, call) < 0 ||
        check_startup_policy(disk, call) < 0 || check_doubles(disk, call) < 0)
        return -1;
    read_source(disk, call);
    if (disk->device == DOMAIN_DISK_DEVICE_CDROM)
        disk->readonly = true;
    /* Nobody changes what is read only: that needs no word. */
    if (disk->readonly && disk->snapshot == DOMAIN_DISK_SNAPSHOT_NO)
        disk->snapshot = 0;
    if (disk->type == DOMAIN_DISK_TYPE_VHOSTUSER && !disk->snapshot)
        disk->snapshot = DOMAIN_DISK_SNAPSHOT_NO;
    read_geometry(&disk->geometry);
    return check_texts(disk, call);
}
