/* What disks may not say, alone and beside each other. */
#include "core/conf/domain/devices.h"

#define BUS(name) DOMAIN_DISK_TARGET_BUS_##name
#define DEVICE(name) DOMAIN_DISK_DEVICE_##name

static int unsupported(const struct doc_call *call, const char *text)
{
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "%s", text);
    return -1;
}

static const char *source_name(const struct domain_disk *disk)
{
    const struct domain_disk_source *source = &disk->source;
    const char *name = source->file  ? source->file
                       : source->dev ? source->dev
                       : source->dir ? source->dir
                                     : source->name;

    return name ? name : "";
}

/* Options of virtio's rings, by the name that the document gives them. */
int domain_check_virtio_options(const struct domain_virtio_options *options,
                                const struct doc_call *call)
{
    const char *name = options->iommu         ? "iommu"
                       : options->ats         ? "ats"
                       : options->packed      ? "packed"
                       : options->page_per_vq ? "page_per_vq"
                                              : NULL;

    if (!name)
        return 0;
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
              "%s driver option is only supported for virtio devices", name);
    return -1;
}

static int check_virtio(const struct domain_disk *disk, const struct doc_call *call)
{
    const struct domain_disk_driver *driver = &disk->driver;

    if (disk->target.bus == BUS(VIRTIO))
        return 0;
    if (disk->model) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "disk model '%s' not supported for bus '%s'",
                  WORD(domain_virtio_model_words, disk->model),
                  WORD(domain_disk_target_bus_words, disk->target.bus));
        return -1;
    }
    if (driver->queues)
        return unsupported(
            call, "queues attribute in disk driver element is only supported by virtio-blk");
    if (driver->ioeventfd)
        return unsupported(call, "disk ioeventfd mode supported only for virtio bus");
    if (driver->event_idx)
        return unsupported(call, "disk event_idx mode supported only for virtio bus");
    return domain_check_virtio_options(&driver->virtio_options, call);
}

/* A device of the host that is passed on as it is. */
static int check_whole(const struct domain_disk *disk, const struct doc_call *call)
{
    if (disk->driver.type && disk->driver.type != COMMON_IMAGE_FORMAT_RAW)
        return unsupported(call, "disk device 'lun' must use 'raw' format");
    if (disk->source.slices.slice.has_offset || disk->source.slices.slice.size)
        return unsupported(call, "disk device 'lun' doesn't support storage slice");
    if (disk->encryption || disk->source.encryption)
        return unsupported(call, "disk device 'lun' doesn't support encryption");
    return 0;
}

static int check_lun(const struct domain_disk *disk, const struct doc_call *call)
{
    if (disk->device == DEVICE(LUN)) {
        if (check_whole(disk, call) < 0)
            return -1;
        if (disk->type == DOMAIN_DISK_TYPE_BLOCK || disk->type == DOMAIN_DISK_TYPE_VOLUME ||
            (disk->type == DOMAIN_DISK_TYPE_NETWORK &&
             disk->source.protocol == DOMAIN_SOURCE_CONTENT_PROTOCOL_ISCSI))
            return 0;
        if (disk->type == DOMAIN_DISK_TYPE_NETWORK) {
            doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                      "disk device='lun' is not supported for protocol='%s'",
                      WORD(domain_source_content_protocol_words, disk->source.protocol));
            return -1;
        }
        return unsupported(call, "disk device='lun' is only valid for block type disk source");
    }
    if (disk->source.reservations.managed)
        return unsupported(call, "<reservations/> allowed only for lun devices");
    if (disk->rawio)
        return unsupported(call, "rawio can be used only with device='lun'");
    if (disk->sgio)
        return unsupported(call, "sgio can be used only with device='lun'");
    return 0;
}

static int check_vhostuser(const struct domain_disk *disk, const struct doc_call *call)
{
    const struct domain_disk_driver *driver = &disk->driver;
    const char *name = NULL;

    if (disk->type != DOMAIN_DISK_TYPE_VHOSTUSER)
        return 0;
    if (disk->target.bus != BUS(VIRTIO))
        return unsupported(call, "vhostuser disk supports only virtio bus");
    if (disk->snapshot != DOMAIN_DISK_SNAPSHOT_NO)
        return unsupported(call, "only snapshot=no is supported with vhostuser disk");
    name = driver->cache           ? "cache"
           : driver->error_policy  ? "error_policy"
           : driver->rerror_policy ? "rerror_policy"
           : driver->io            ? "io"
           : driver->ioeventfd     ? "ioeventfd"
           : driver->copy_on_read  ? "copy_on_read"
           : driver->discard       ? "discard"
           : driver->iothread      ? "iothread"
           : driver->detect_zeroes ? "detect_zeroes"
           : disk->readonly        ? "readonly"
           : disk->shareable       ? "shareable"
           : disk->transient       ? "transient"
           : disk->serial          ? "serial"
           : disk->wwn             ? "wwn"
           : disk->vendor          ? "vendor"
           : disk->product         ? "product"
           : disk->encryption      ? "encryption"
                                   : NULL;
    if (!name)
        return 0;
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "%s is not supported with vhostuser disk", name);
    return -1;
}

static bool both(unsigned long long total, unsigned long long a, unsigned long long b)
{
    return total && (a || b);
}

static int check_iotune(const struct domain_disk_iotune *tune, const struct doc_call *call)
{
    const char *name = NULL;

    if (both(tune->total_bytes_sec, tune->read_bytes_sec, tune->write_bytes_sec))
        name = "bytes_sec";
    else if (both(tune->total_iops_sec, tune->read_iops_sec, tune->write_iops_sec))
        name = "iops_sec";
    else if (both(tune->total_bytes_sec_max, tune->read_bytes_sec_max, tune->write_bytes_sec_max))
        name = "bytes_sec_max";
    else if (both(tune->total_iops_sec_max, tune->read_iops_sec_max, tune->write_iops_sec_max))
        name = "iops_sec_max";
    if (!name)
        return 0;
    doc_error(call, VIR_ERR_XML_ERROR, "total and read/write %s cannot be set at the same time",
              name);
    return -1;
}

/* Disks of the older buses are units of a controller. */
static int check_address(const struct domain_disk *disk, const struct doc_call *call)
{
    unsigned bus = disk->target.bus;

    if (!disk->address.type || disk->address.type == DOMAIN_ADDRESS_TYPE_DRIVE)
        return 0;
    if (bus != BUS(IDE) && bus != BUS(SCSI) && bus != BUS(SATA) && bus != BUS(FDC))
        return 0;
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
              "Invalid address type '%s' for the disk '%s' with the bus type '%s': 'drive' is "
              "expected",
              WORD(domain_address_type_words, disk->address.type), disk->target.dev,
              WORD(domain_disk_target_bus_words, bus));
    return -1;
}

static int check_target(const struct domain_disk *disk, const struct doc_call *call)
{
    if (disk->device != DEVICE(CDROM) && disk->device != DEVICE(FLOPPY) && disk->target.tray)
        return unsupported(call, "tray is only valid for cdrom and floppy");
    if (disk->target.bus != BUS(USB) && disk->target.removable) {
        doc_error(call, VIR_ERR_XML_ERROR, "removable is only valid for usb disks");
        return -1;
    }
    /* Whether what a server has is missing shows only when it is opened. */
    if (disk->source.startup_policy &&
        (disk->type == DOMAIN_DISK_TYPE_NETWORK || disk->type == DOMAIN_DISK_TYPE_NVME ||
         disk->type == DOMAIN_DISK_TYPE_VHOSTUSER)) {
        doc_error(call, VIR_ERR_XML_ERROR,
                  "disk startupPolicy '%s' is not allowed for disk of '%s' type",
                  WORD(domain_startup_policy_words, disk->source.startup_policy),
                  WORD(domain_disk_type_words, disk->type));
        return -1;
    }
    return 0;
}

/* Guests with a thousand disks exist: what must be unique is found by hash. */
static guint hash_name(const void *item)
{
    return g_str_hash(((const struct domain_disk *)item)->target.dev);
}

static gboolean same_name(const void *a, const void *b)
{
    return !strcmp(((const struct domain_disk *)a)->target.dev,
                   ((const struct domain_disk *)b)->target.dev);
}

static guint hash_drive(const void *item)
{
    const struct domain_disk *disk = item;
    const struct domain_address_drive *drive = &disk->address.drive;

    return (((disk->target.bus * 31u + drive->controller) * 31u + drive->bus) * 31u +
            drive->target) *
               31u +
           drive->unit;
}

static gboolean same_drive(const void *a, const void *b)
{
    const struct domain_disk *one = a, *other = b;

    return one->target.bus == other->target.bus &&
           domain_drive_equal(&one->address.drive, &other->address.drive);
}

/* The disk that `disk` collides with; without one, `disk` is remembered. */
static const struct domain_disk *seen_before(GHashTable *seen, struct domain_disk *disk)
{
    const struct domain_disk *other = g_hash_table_lookup(seen, disk);

    if (!other)
        g_hash_table_add(seen, disk);
    return other;
}

static int check_names(const struct domain_devices *devices, const struct doc_call *call)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(hash_name, same_name);

    for (size_t i = 0; i < devices->n_disks; i++) {
        struct domain_disk *disk = &devices->disks[i];
        const struct domain_disk *other = seen_before(seen, disk);

        if (other) {
            doc_error(call, VIR_ERR_XML_ERROR,
                      "target '%s' duplicated for disk sources '%s' and '%s'", disk->target.dev,
                      source_name(other), source_name(disk));
            return -1;
        }
    }
    return 0;
}

static int check_drives(const struct domain_devices *devices, const struct doc_call *call)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(hash_drive, same_drive);

    for (size_t i = 0; i < devices->n_disks; i++) {
        struct domain_disk *disk = &devices->disks[i];
        const struct domain_address_drive *drive = &disk->address.drive;
        const struct domain_disk *other =
            disk->address.type == DOMAIN_ADDRESS_TYPE_DRIVE ? seen_before(seen, disk) : NULL;

        if (other) {
            doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                      "Found duplicate drive address for disk with target name '%s' "
                      "controller='%u' bus='%u' target='%u' unit='%u'",
                      other->target.dev, drive->controller, drive->bus, drive->target, drive->unit);
            return -1;
        }
    }
    return 0;
}

/* One label for each security model. */
static int check_labels(const struct domain_source_content *source, const struct doc_call *call)
{
    for (size_t i = 0; i < source->n_seclabels; i++) {
        for (size_t k = 0; k < i; k++) {
            if (!source->seclabels[i].model ||
                g_strcmp0(source->seclabels[i].model, source->seclabels[k].model) != 0)
                continue;
            doc_error(call, VIR_ERR_XML_DETAIL, "seclabel for model %s is already provided",
                      source->seclabels[i].model);
            return -1;
        }
    }
    return 0;
}

static int check_all_labels(const struct domain_disk *disk, const struct doc_call *call)
{
    int rc = check_labels(&disk->source.source_content, call);

    for (const struct domain_backing_store *layer = disk->backing_store; rc == 0 && layer;
         layer = layer->backing_store)
        rc = layer->source ? check_labels(&layer->source->source_content, call) : 0;
    return rc;
}

static int check_floppy_bus(const struct domain_disk *disk, const struct doc_call *call)
{
    bool floppy = disk->device == DEVICE(FLOPPY);

    if (floppy != (disk->target.bus == BUS(FDC))) {
        doc_error(call, VIR_ERR_INTERNAL_ERROR,
                  floppy ? "Invalid bus type '%s' for floppy disk: 'fdc' is expected"
                         : "Invalid bus type '%s' for disk: it is for floppy disks",
                  WORD(domain_disk_target_bus_words, disk->target.bus));
        return -1;
    }
    if (floppy && !g_str_has_prefix(disk->target.dev, "fd")) {
        doc_error(call, VIR_ERR_INTERNAL_ERROR,
                  "Invalid floppy device name: %s (they begin with 'fd')", disk->target.dev);
        return -1;
    }
    return 0;
}

static const char *text_or_empty(const char *text)
{
    return text ? text : "";
}

static int check_presence(const struct domain_disk *disk, const struct doc_call *call)
{
    if (!disk->target.dev && domain_source_is_empty(&disk->source.source_content, disk->type)) {
        doc_error(call, VIR_ERR_NO_TARGET, "%s", source_name(disk));
        return -1;
    }
    if (disk->device == DEVICE(DISK) &&
        domain_source_is_empty(&disk->source.source_content, disk->type)) {
        doc_error(call, VIR_ERR_NO_SOURCE, "%s", text_or_empty(disk->target.dev));
        return -1;
    }
    if (!disk->target.dev) {
        doc_error(call, VIR_ERR_NO_TARGET, "%s", source_name(disk));
        return -1;
    }
    return 0;
}

/* The name says what a hard disk is, whatever its bus. */
static int check_name(const struct domain_disk *disk, const struct doc_call *call)
{
    const char *name = disk->target.dev;

    if ((disk->device != DEVICE(DISK) && disk->device != DEVICE(LUN)) ||
        g_str_has_prefix(name, "hd") || g_str_has_prefix(name, "sd") ||
        g_str_has_prefix(name, "vd") || g_str_has_prefix(name, "xvd") ||
        g_str_has_prefix(name, "ubd"))
        return 0;
    doc_error(call, VIR_ERR_INTERNAL_ERROR,
              "Invalid harddisk device name: %s (they begin with hd, sd, vd, xvd or ubd)", name);
    return -1;
}

/* A login fits its server, and an image that is there has been encrypted already. */
static int check_keys(const struct domain_disk *disk, const struct doc_call *call)
{
    unsigned protocol = disk->type == DOMAIN_DISK_TYPE_NETWORK ? disk->source.protocol : 0;
    const struct common_encryption *key =
        disk->encryption ? disk->encryption : disk->source.encryption;

    if (domain_check_auth(&disk->auth, protocol, call) < 0 ||
        domain_check_auth(&disk->source.auth, protocol, call) < 0)
        return -1;
    if (!key || (!key->cipher.name && !key->ivgen.name))
        return 0;
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
              "supplying <%s> for domain disk definition is unnecessary",
              key->cipher.name ? "cipher" : "ivgen");
    return -1;
}

static int check_disk(const struct domain_disk *disk, const struct doc_call *call)
{
    if (check_presence(disk, call) < 0)
        return -1;
    if (check_lun(disk, call) < 0 || check_virtio(disk, call) < 0 ||
        check_vhostuser(disk, call) < 0 || check_address(disk, call) < 0 ||
        check_floppy_bus(disk, call) < 0 || check_name(disk, call) < 0 ||
        check_target(disk, call) < 0 || check_all_labels(disk, call) < 0 ||
        check_keys(disk, call) < 0)
        return -1;
    return check_iotune(&disk->iotune, call);
}

int domain_check_each_disk(struct domain *def, const struct doc_call *call)
{
    const struct domain_devices *devices = &def->devices;

    for (size_t i = 0; i < devices->n_disks; i++) {
        if (check_disk(&devices->disks[i], call) < 0)
            return -1;
    }
    return 0;
}

int domain_check_disks_together(struct domain *def, const struct doc_call *call)
{
    if (check_names(&def->devices, call) < 0)
        return -1;
    return check_drives(&def->devices, call);
}
