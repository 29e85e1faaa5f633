/* Jobs that move what lower layers have up into the image in use, or lower layers into one another.
 */
#include "core/drivers/test/blockjob.h"
#include "core/drivers/test/chain.h"

static struct blockjob *blockjob_new(int type, unsigned int first, unsigned int last)
{
    struct blockjob *job = g_new0(struct blockjob, 1);

    job->type = type;
    job->first = first;
    job->last = last;
    return job;
}

static int refuse_layer(const struct domain_disk *disk, const char *name)
{
    test_error(INVALID_ARG, "could not find image '%s' in chain for '%s'", name,
               chain_image(disk, 0));
    return -1;
}

/* A job that copies up what lies between; `base` stays, NULL keeps nothing. */
static int pull(virDomainPtr dom, const char *name, const char *base, unsigned long long limit,
                const char *function)
{
    struct domain_disk *disk;
    int last;
    WITH_ACTIVE_GUEST(dom, -1);

    disk = guest_check_free(guest) < 0 ? NULL : blockjob_free_disk(guest, name);
    if (!disk)
        return -1;
    last = (int)chain_length(disk);
    if (base) {
        last = chain_find(disk, base) - 1;
        if (last < 0)
            return refuse_layer(disk, base);
    }
    blockjob_begin(world, guest, disk,
                   blockjob_new(VIR_DOMAIN_BLOCK_JOB_TYPE_PULL, 1, (unsigned int)last), limit,
                   function);
    return 0;
}

int test_domainBlockPull(virDomainPtr dom, const char *disk, unsigned long bandwidth,
                         unsigned int flags)
{
    unsigned long long limit;

    if (flags_check(flags, VIR_DOMAIN_BLOCK_PULL_BANDWIDTH_BYTES, __func__) < 0 ||
        blockjob_limit(bandwidth, flags != 0, &limit) < 0)
        return -1;
    return pull(dom, disk, NULL, limit, "virDomainBlockPull");
}

#define REBASE(flag) VIR_DOMAIN_BLOCK_REBASE_##flag
#define FOR_COPIES (REBASE(SHALLOW) | REBASE(REUSE_EXT) | REBASE(COPY_RAW) | REBASE(COPY_DEV))

static int refuse_argument(const char *argument, const char *text)
{
    error_set_argument(VIR_FROM_DOMAIN, argument, "virDomainBlockRebase", "%s", text);
    return -1;
}

static int check_rebase(const char *base, unsigned int flags)
{
    if (flags & REBASE(COPY) && !base)
        return refuse_argument("base", "base in virDomainBlockRebase must not be NULL");
    if (!(flags & REBASE(COPY)) && flags & FOR_COPIES)
        return refuse_argument("flags", "use of flags requires a copy job");
    if (flags & REBASE(RELATIVE) && !(flags & REBASE(COPY)) && !base)
        return refuse_argument(
            "flags", "flag VIR_DOMAIN_BLOCK_REBASE_RELATIVE is valid only with non-null base");
    return 0;
}

/* The document that virDomainBlockCopy() would take. */
static int copy_to_path(virDomainPtr dom, const char *disk, const char *path,
                        unsigned long long limit, unsigned int flags)
{
    struct domain_disk to = {.type = flags & REBASE(COPY_DEV) ? DOMAIN_DISK_TYPE_BLOCK
                                                              : DOMAIN_DISK_TYPE_FILE};

    if (flags & REBASE(COPY_DEV))
        to.source.dev = (char *)path;
    else
        to.source.file = (char *)path;
    if (flags & REBASE(COPY_RAW))
        to.driver.type = COMMON_IMAGE_FORMAT_RAW;
    return blockjob_copy(dom, disk, doc_copy(&domain_disk_layout, &to), flags & REBASE(SHALLOW),
                         limit, "virDomainBlockRebase");
}

int test_domainBlockRebase(virDomainPtr dom, const char *disk, const char *base,
                           unsigned long bandwidth, unsigned int flags)
{
    unsigned long long limit;

    if (flags_check(flags, FOR_COPIES | REBASE(COPY) | REBASE(RELATIVE) | REBASE(BANDWIDTH_BYTES),
                    __func__) < 0 ||
        check_rebase(base, flags) < 0 ||
        blockjob_limit(bandwidth, flags & REBASE(BANDWIDTH_BYTES), &limit) < 0)
        return -1;
    if (flags & REBASE(COPY))
        return copy_to_path(dom, disk, base, limit, flags);
    return pull(dom, disk, base, limit, "virDomainBlockRebase");
}

#define COMMIT(flag) VIR_DOMAIN_BLOCK_COMMIT_##flag

static int check_top(const struct domain_disk *disk, int top, const char *name, unsigned int flags)
{
    if (top < 0)
        return refuse_layer(disk, name);
    if (!top && !(flags & COMMIT(ACTIVE))) {
        test_error(INVALID_ARG, "commit of '%s' active layer requires active flag",
                   disk->target.dev);
        return -1;
    }
    if (top && flags & COMMIT(ACTIVE)) {
        test_error(INVALID_ARG, "active commit requested but '%s' is not active", name);
        return -1;
    }
    if ((unsigned int)top == chain_length(disk)) {
        test_error(INVALID_ARG, "top '%s' in chain for '%s' has no backing file",
                   name ? name : chain_image(disk, 0), disk->target.dev);
        return -1;
    }
    return 0;
}

/* The layer that takes the data; -1 with an error. */
static int find_base(const struct domain_disk *disk, int top, const char *name, unsigned int flags)
{
    int base;

    if (!name)
        return flags & COMMIT(SHALLOW) ? top + 1 : (int)chain_length(disk);
    base = chain_find(disk, name);
    if (base <= top) {
        test_error(INVALID_ARG, "could not find base '%s' below '%s' in chain for '%s'", name,
                   chain_image(disk, (unsigned int)top), disk->target.dev);
        return -1;
    }
    if (flags & COMMIT(SHALLOW) && base != top + 1) {
        test_error(INVALID_ARG, "base '%s' is not immediately below '%s' in chain for '%s'", name,
                   chain_image(disk, (unsigned int)top), disk->target.dev);
        return -1;
    }
    return base;
}

/* Nothing is lost with the files of layers that go: there are none. */
int test_domainBlockCommit(virDomainPtr dom, const char *disk_name, const char *base,
                           const char *top, unsigned long bandwidth, unsigned int flags)
{
    struct domain_disk *disk;
    struct blockjob *job;
    unsigned long long limit;
    int upper, lower;

    if (flags_check(flags,
                    COMMIT(SHALLOW) | COMMIT(DELETE) | COMMIT(ACTIVE) | COMMIT(RELATIVE) |
                        COMMIT(BANDWIDTH_BYTES),
                    __func__) < 0 ||
        blockjob_limit(bandwidth, flags & COMMIT(BANDWIDTH_BYTES), &limit) < 0)
        return -1;
    WITH_ACTIVE_GUEST(dom, -1);
    disk = guest_check_free(guest) < 0 ? NULL : blockjob_free_disk(guest, disk_name);
    if (!disk)
        return -1;
    upper = top ? chain_find(disk, top) : 0;
    if (check_top(disk, upper, top, flags) < 0)
        return -1;
    lower = find_base(disk, upper, base, flags);
    if (lower < 0)
        return -1;
    job = upper ? blockjob_new(VIR_DOMAIN_BLOCK_JOB_TYPE_COMMIT, (unsigned int)upper,
                               (unsigned int)lower - 1)
                : blockjob_new(VIR_DOMAIN_BLOCK_JOB_TYPE_ACTIVE_COMMIT, 1, (unsigned int)lower);
    blockjob_begin(world, guest, disk, job, limit, "virDomainBlockCommit");
    return 0;
}
