/* How large disks are, and at which point of filling up somebody wants to hear. */
#include "core/drivers/test/jobs.h"

#include "core/drivers/test/chain.h"
#include "core/drivers/test/device.h"
#include "core/drivers/test/job_event.h"

const unsigned long long *guest_disk_number(GHashTable *numbers, const char *name)
{
    return name ? g_hash_table_lookup(numbers, name) : NULL;
}

const unsigned long long *guest_disk_threshold(const struct guest *guest, const char *name)
{
    return guest->jobs ? guest_disk_number(guest->jobs->thresholds, name) : NULL;
}

static void keep_number(GHashTable *numbers, const char *name, unsigned long long number)
{
    g_hash_table_replace(numbers, g_strdup(name), g_memdup2(&number, sizeof(number)));
}

/* The image in use, for which "vda" and "vda[0]" stand, else the layer. NULL with an error. */
static const struct domain_disk *find_layer(const struct guest *guest, const char *dev,
                                            int *ret_layer)
{
    g_autofree char *target = g_strndup(dev, strcspn(dev, "["));
    const struct domain_disk *disk = disk_find(guest->live->doc, target);

    *ret_layer = !disk ? -1 : strcmp(target, dev) ? chain_find(disk, dev) : 0;
    if (disk && *ret_layer >= 0 && !g_strcmp0(disk->target.dev, target))
        return disk;
    test_error(INVALID_ARG,
               "invalid disk or layer '%s': a target like 'vda', or 'vda[1]', is wanted", dev);
    return NULL;
}

/* Tells at once what has been passed already, since nothing in a guest writes: once, as ever. */
static void tell(struct world *world, struct guest *guest, const struct domain_disk *disk,
                 const char *dev, int layer, unsigned long long threshold)
{
    unsigned long long filled = disk_size(guest, disk).allocation;

    if (filled < threshold) {
        keep_number(guest_jobs(guest)->thresholds, dev, threshold);
        return;
    }
    g_hash_table_remove(guest_jobs(guest)->thresholds, dev);
    event_block_threshold(world, guest, dev, chain_image(disk, (unsigned int)layer), threshold,
                          filled - threshold);
}

int test_domainSetBlockThreshold(virDomainPtr domain, const char *dev, unsigned long long threshold,
                                 unsigned int flags)
{
    const struct domain_disk *disk;
    int layer;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    WITH_ACTIVE_GUEST(domain, -1);
    disk = find_layer(guest, dev, &layer);
    if (!disk)
        return -1;
    if (threshold)
        tell(world, guest, disk, dev, layer, threshold);
    else
        g_hash_table_remove(guest_jobs(guest)->thresholds, dev);
    return 0;
}

/* A larger disk is filled to its end, as all are. */
int test_domainBlockResize(virDomainPtr dom, const char *path, unsigned long long size,
                           unsigned int flags)
{
    const struct domain_disk *disk;
    const unsigned long long *threshold;

    if (flags_check(flags, VIR_DOMAIN_BLOCK_RESIZE_BYTES, __func__) < 0)
        return -1;
    if (!*path) {
        test_error(INVALID_ARG, "empty path");
        return -1;
    }
    if (!(flags & VIR_DOMAIN_BLOCK_RESIZE_BYTES)) {
        if (size > G_MAXUINT64 / 1024) {
            test_error(OVERFLOW, "size must be less than %llu, not %llu", G_MAXUINT64 / 1024 + 1ULL,
                       size);
            return -1;
        }
        size *= 1024;
    }
    WITH_ACTIVE_GUEST(dom, -1);
    if (guest_check_free(guest) < 0)
        return -1;
    disk = disk_find(guest->live->doc, path);
    if (!disk || !chain_image(disk, 0)) {
        test_error(INVALID_ARG, "disk '%s' was not found in the domain config", path);
        return -1;
    }
    keep_number(guest_jobs(guest)->sizes, disk->target.dev, size);
    threshold = guest_disk_threshold(guest, disk->target.dev);
    if (threshold)
        tell(world, guest, disk, disk->target.dev, 0, *threshold);
    return 0;
}
