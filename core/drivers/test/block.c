/* Disks of guests. */
#include "core/drivers/test/device.h"

#include <string.h>

#include "core/object/params_give.h"
#include "core/drivers/test/jobs.h"

/* Smaller than the space it takes: the image has a head. */
#define DISK_CAPACITY 1099506450432ULL
#define DISK_SPACE (1ULL << 40)

const char *disk_source(const struct domain_disk *disk)
{
    return disk->source.file ? disk->source.file : disk->source.dev;
}

struct domain_disk *disk_find(const struct domain *doc, const char *path)
{
    for (size_t i = 0; i < doc->devices.n_disks; i++)
        if (!g_strcmp0(doc->devices.disks[i].target.dev, path))
            return &doc->devices.disks[i];
    for (size_t i = 0; i < doc->devices.n_disks; i++)
        if (*path && !g_strcmp0(disk_source(&doc->devices.disks[i]), path))
            return &doc->devices.disks[i];
    return NULL;
}

void disk_traffic(virDomainBlockStatsPtr stats)
{
    long long now = g_get_real_time();

    stats->rd_req = now / 10;
    stats->rd_bytes = now / 20;
    stats->wr_req = now / 30;
    stats->wr_bytes = now / 40;
    stats->errs = now / G_USEC_PER_SEC / 2;
}

virDomainBlockInfo disk_size(const struct guest *guest, const struct domain_disk *disk)
{
    const unsigned long long *size =
        guest->jobs ? guest_disk_number(guest->jobs->sizes, disk->target.dev) : NULL;

    return (virDomainBlockInfo){
        .capacity = size ? *size : DISK_CAPACITY,
        .allocation = size ? *size : DISK_SPACE,
        .physical = size ? *size : DISK_SPACE,
    };
}

/* The disk whose traffic is asked for: of one that runs, and not of all together. */
static const struct domain_disk *find_busy(const struct domain *doc, const char *path)
{
    const struct domain_disk *disk;

    if (!*path) {
        test_error(OPERATION_UNSUPPORTED, "summary statistics are not supported yet");
        return NULL;
    }
    disk = disk_find(doc, path);
    if (!disk)
        test_error(INVALID_ARG, "invalid path: %s", path);
    return disk;
}

int test_domainBlockStats(virDomainPtr dom, const char *disk, virDomainBlockStatsPtr stats,
                          size_t size)
{
    WITH_ACTIVE_GUEST(dom, -1);
    if (!find_busy(guest->live->doc, disk))
        return -1;
    disk_traffic(stats);
    return 0;
}

int test_domainBlockStatsFlags(virDomainPtr dom, const char *disk, virTypedParameterPtr params,
                               int *nparams, unsigned int flags)
{
    params_auto_t list = {0};
    virDomainBlockStatsStruct stats;

    if (flags_check(flags, VIR_TYPED_PARAM_STRING_OKAY, __func__) < 0)
        return -1;
    {
        WITH_ACTIVE_GUEST(dom, -1);
        if (!find_busy(guest->live->doc, disk))
            return -1;
    }
    disk_traffic(&stats);
    params_add_llong(&list, stats.wr_bytes, VIR_DOMAIN_BLOCK_STATS_WRITE_BYTES);
    params_add_llong(&list, stats.wr_req, VIR_DOMAIN_BLOCK_STATS_WRITE_REQ);
    params_add_llong(&list, stats.rd_bytes, VIR_DOMAIN_BLOCK_STATS_READ_BYTES);
    params_add_llong(&list, stats.rd_req, VIR_DOMAIN_BLOCK_STATS_READ_REQ);
    params_add_llong(&list, stats.errs, VIR_DOMAIN_BLOCK_STATS_ERRS);
    return params_give(&list, params, nparams);
}

static const struct domain_disk *find_with_source(const struct domain *doc, const char *path)
{
    const struct domain_disk *disk = disk_find(doc, path);

    if (!disk) {
        test_error(INVALID_ARG, "invalid path %s not assigned to domain", path);
        return NULL;
    }
    if (!disk_source(disk)) {
        test_error(INVALID_ARG, "disk '%s' does not currently have a source assigned", path);
        return NULL;
    }
    return disk;
}

int test_domainGetBlockInfo(virDomainPtr domain, const char *disk, virDomainBlockInfoPtr info,
                            unsigned int flags)
{
    const struct domain_disk *it;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    it = find_with_source(guest_doc(guest), disk);
    if (!it)
        return -1;
    *info = disk_size(guest, it);
    return 0;
}

/* Each byte of a disk is the low byte of its offset, as in memory. */
int test_domainBlockPeek(virDomainPtr dom, const char *disk, unsigned long long offset, size_t size,
                         void *buffer, unsigned int flags)
{
    unsigned char *bytes = buffer;
    unsigned long long capacity;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    {
        const struct domain_disk *it;
        WITH_GUEST(dom, -1);

        it = find_with_source(guest_doc(guest), disk);
        if (!it)
            return -1;
        capacity = disk_size(guest, it).capacity;
    }
    if (offset > capacity || size > capacity - offset) {
        test_error(INVALID_ARG, "cannot read %zu bytes at %llu of disk '%s': it has %llu", size,
                   offset, disk, capacity);
        return -1;
    }
    for (size_t i = 0; i < size; i++)
        bytes[i] = offset + i;
    return 0;
}

int test_domainGetDiskErrors(virDomainPtr dom, virDomainDiskErrorPtr errors, unsigned int maxerrors,
                             unsigned int flags)
{
    const struct domain_devices *devices;
    unsigned int n = 0;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    WITH_ACTIVE_GUEST(dom, -1);
    devices = &guest->live->doc->devices;
    if (!errors)
        return devices->n_disks;
    for (; n < maxerrors && n < devices->n_disks; n++) {
        errors[n].disk = g_strdup(devices->disks[n].target.dev);
        errors[n].error = n % (VIR_DOMAIN_DISK_ERROR_LAST - 1) + 1;
    }
    return n;
}
