/* What goes through guests' disks, and how large they are. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/drivers/qemu/qmp/json.h"
#include "core/drivers/qemu/sample.h"
#include "core/object/params_give.h"

static const char *source_of(const struct domain_disk *disk)
{
    return disk->source.file  ? disk->source.file
           : disk->source.dev ? disk->source.dev
                              : disk->source.name;
}

/* By its target, else by its source. NULL with an error. */
static const struct domain_disk *find_disk(const struct domain *doc, const char *path)
{
    for (unsigned pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < doc->devices.n_disks; i++) {
            const struct domain_disk *disk = &doc->devices.disks[i];

            if (*path && !g_strcmp0(pass ? source_of(disk) : disk->target.dev, path))
                return disk;
        }
    qemu_error(INVALID_ARG, "invalid path '%s' not assigned to domain", path);
    return NULL;
}

/* The list's item of the device with this alias: "/machine/peripheral/ALIAS" or below. */
static json_t *find_item(const json_t *list, const char *alias)
{
    g_autofree char *path = g_strdup_printf("/machine/peripheral/%s", alias ? alias : "");
    size_t length = strlen(path), i;
    json_t *item;

    json_array_foreach(list, i, item)
    {
        const char *device = json_text_of(item, "qdev");

        if (alias && device && strncmp(device, path, length) == 0 &&
            (device[length] == '\0' || device[length] == '/'))
            return item;
    }
    return NULL;
}

/* ---- sizes ---- */

struct size {
    unsigned long long capacity, allocation, physical;
};

/* A qcow2 tells it at its beginning; others are as large as they look. */
#define QCOW_MAGIC "QFI\xfb"

static unsigned long long read_capacity(int fd, unsigned long long physical)
{
    unsigned char head[32];
    guint64 size;

    if (pread(fd, head, sizeof(head), 0) != sizeof(head) || memcmp(head, QCOW_MAGIC, 4) != 0)
        return physical;
    memcpy(&size, head + 24, sizeof(size));
    return GUINT64_FROM_BE(size);
}

/* Of what lies on this host; -1 with errno. */
static int read_size(const char *path, bool raw, struct size *ret)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat info;
    off_t end;

    if (fd < 0)
        return -1;
    if (fstat(fd, &info) < 0 || (end = lseek(fd, 0, SEEK_END)) < 0) {
        close(fd);
        return -1;
    }
    ret->physical = end;
    ret->allocation = S_ISBLK(info.st_mode) ? (guint64)end : (guint64)info.st_blocks * 512;
    ret->capacity = raw ? (guint64)end : read_capacity(fd, end);
    close(fd);
    return 0;
}

static bool is_raw(const struct domain_disk *disk)
{
    return disk->driver.type == COMMON_IMAGE_FORMAT_RAW;
}

static bool is_local(const struct domain_disk *disk)
{
    return disk->source.file || disk->source.dev;
}

/* QEMU knows better what it works with. */
static void refine(const struct domain_disk *disk, const json_t *block, const json_t *stats,
                   struct size *size)
{
    json_t *image = json_path(block, "inserted.image");
    json_t *highest = json_path(stats, "parent.stats.wr_highest_offset");

    size->capacity = json_number_of(image, "virtual-size", size->capacity);
    if (!is_local(disk))
        size->allocation = size->physical = json_number_of(image, "actual-size", size->physical);
    else if (!is_raw(disk) && disk->source.dev && json_is_integer(highest))
        size->allocation = json_integer_value(highest);
}

/* ---- bulk ---- */

static unsigned long long number(const json_t *stats, const char *key)
{
    return json_number_of(stats, key, 0);
}

static void add_traffic(struct params *list, const json_t *stats, unsigned n)
{
    if (!stats)
        return;
    params_add_ullong(list, number(stats, "rd_operations"), "block.%u.rd.reqs", n);
    params_add_ullong(list, number(stats, "rd_bytes"), "block.%u.rd.bytes", n);
    params_add_ullong(list, number(stats, "rd_total_time_ns"), "block.%u.rd.times", n);
    params_add_ullong(list, number(stats, "wr_operations"), "block.%u.wr.reqs", n);
    params_add_ullong(list, number(stats, "wr_bytes"), "block.%u.wr.bytes", n);
    params_add_ullong(list, number(stats, "wr_total_time_ns"), "block.%u.wr.times", n);
    params_add_ullong(list, number(stats, "flush_operations"), "block.%u.fl.reqs", n);
    params_add_ullong(list, number(stats, "flush_total_time_ns"), "block.%u.fl.times", n);
}

static void add_disk(struct params *list, const struct domain_disk *disk, const json_t *stats,
                     const json_t *block, unsigned n)
{
    const char *path = source_of(disk);
    gint64 threshold = json_number_of(json_path(block, "inserted"), "write_threshold", 0);
    struct size size = {0};

    params_add_string(list, disk->target.dev, "block.%u.name", n);
    if (!path)
        return;
    params_add_string(list, path, "block.%u.path", n);
    add_traffic(list, json_object_get(stats, "stats"), n);
    if (is_local(disk) && read_size(path, is_raw(disk), &size) < 0 && !block)
        return;
    refine(disk, block, stats, &size);
    params_add_ullong(list, size.allocation, "block.%u.allocation", n);
    params_add_ullong(list, size.capacity, "block.%u.capacity", n);
    params_add_ullong(list, size.physical, "block.%u.physical", n);
    if (threshold > 0)
        params_add_ullong(list, threshold, "block.%u.threshold", n);
}

void block_stats(struct sample *sample, struct params *list)
{
    const struct domain *doc = sample_doc(sample);
    g_autoptr(json_t) stats = NULL, blocks = NULL;

    if (sample->run && doc->devices.n_disks) {
        stats = sample_ask(sample, SAMPLE_BLOCK_STATS);
        blocks = sample_ask(sample, SAMPLE_BLOCKS);
    }
    params_add_uint(list, doc->devices.n_disks, "block.count");
    for (unsigned i = 0; i < doc->devices.n_disks; i++) {
        const struct domain_disk *disk = &doc->devices.disks[i];

        add_disk(list, disk, find_item(stats, disk->alias.name),
                 find_item(blocks, disk->alias.name), i);
    }
}

/* ---- one disk ---- */

int qemu_domainGetBlockInfo(virDomainPtr domain, const char *path, virDomainBlockInfoPtr info,
                            unsigned int flags)
{
    g_auto(sample_auto_t) sample = {0};
    const struct domain_disk *disk;
    struct size size = {0};

    if (qemu_flags(flags, 0) < 0 || sample_find(&sample, domain, false) < 0 ||
        !(disk = find_disk(sample_doc(&sample), path)))
        return -1;
    if (!source_of(disk)) {
        qemu_error(INVALID_ARG, "disk '%s' does not currently have a source assigned", path);
        return -1;
    }
    if (is_local(disk) && read_size(source_of(disk), is_raw(disk), &size) < 0) {
        error_set_system(VIR_FROM_QEMU, errno, "cannot look at '%s'", source_of(disk));
        return -1;
    }
    if (sample.run) {
        g_autoptr(json_t) stats = sample_ask(&sample, SAMPLE_BLOCK_STATS);
        g_autoptr(json_t) blocks = sample_ask(&sample, SAMPLE_BLOCKS);

        refine(disk, find_item(blocks, disk->alias.name), find_item(stats, disk->alias.name),
               &size);
    } else if (!is_local(disk)) {
        qemu_error(OPERATION_UNSUPPORTED,
                   "the size of disk '%s', which is not on this host, is known while the domain "
                   "runs",
                   path);
        return -1;
    }
    *info = (virDomainBlockInfo){size.capacity, size.allocation, size.physical};
    return 0;
}

/* Numbers of one disk, or the sum of all for an empty path. -1 with an error. */
static int read_traffic(virDomainPtr domain, const char *path, json_t **ret)
{
    static const char *const keys[] = {
        "rd_operations", "rd_bytes",         "rd_total_time_ns", "wr_operations",
        "wr_bytes",      "wr_total_time_ns", "flush_operations", "flush_total_time_ns",
    };
    g_auto(sample_auto_t) sample = {0};
    g_autoptr(json_t) told = NULL, sum = json_object();
    const struct domain *doc;
    const struct domain_disk *only = NULL;

    if (sample_find(&sample, domain, true) < 0)
        return -1;
    doc = sample_doc(&sample);
    if (*path && !(only = find_disk(doc, path)))
        return -1;
    told = sample_ask(&sample, SAMPLE_BLOCK_STATS);
    for (size_t i = 0; i < doc->devices.n_disks; i++) {
        json_t *stats = json_object_get(find_item(told, doc->devices.disks[i].alias.name), "stats");

        for (size_t k = 0; k < G_N_ELEMENTS(keys) && (!only || only == &doc->devices.disks[i]); k++)
            json_object_set_new(sum, keys[k],
                                json_integer(number(sum, keys[k]) + number(stats, keys[k])));
    }
    *ret = g_steal_pointer(&sum);
    return 0;
}

int qemu_domainBlockStats(virDomainPtr domain, const char *path, virDomainBlockStatsPtr ret,
                          size_t size)
{
    g_autoptr(json_t) stats = NULL;

    if (read_traffic(domain, path, &stats) < 0)
        return -1;
    const virDomainBlockStatsStruct all = {
        .rd_req = number(stats, "rd_operations"),
        .rd_bytes = number(stats, "rd_bytes"),
        .wr_req = number(stats, "wr_operations"),
        .wr_bytes = number(stats, "wr_bytes"),
        .errs = -1,
    };

    memcpy(ret, &all, MIN(size, sizeof(all)));
    return 0;
}

int qemu_domainBlockStatsFlags(virDomainPtr domain, const char *path, virTypedParameterPtr params,
                               int *nparams, unsigned int flags)
{
    static const struct {
        const char *key, *name;
    } fields[] = {
        {"wr_bytes", VIR_DOMAIN_BLOCK_STATS_WRITE_BYTES},
        {"wr_operations", VIR_DOMAIN_BLOCK_STATS_WRITE_REQ},
        {"rd_bytes", VIR_DOMAIN_BLOCK_STATS_READ_BYTES},
        {"rd_operations", VIR_DOMAIN_BLOCK_STATS_READ_REQ},
        {"flush_operations", VIR_DOMAIN_BLOCK_STATS_FLUSH_REQ},
        {"wr_total_time_ns", VIR_DOMAIN_BLOCK_STATS_WRITE_TOTAL_TIMES},
        {"rd_total_time_ns", VIR_DOMAIN_BLOCK_STATS_READ_TOTAL_TIMES},
        {"flush_total_time_ns", VIR_DOMAIN_BLOCK_STATS_FLUSH_TOTAL_TIMES},
    };
    g_autoptr(json_t) stats = NULL;
    g_auto(params_auto_t) list = {0};

    if (qemu_flags(flags, VIR_TYPED_PARAM_STRING_OKAY) < 0 ||
        read_traffic(domain, path, &stats) < 0)
        return -1;
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
        params_add_llong(&list, number(stats, fields[i].key), "%s", fields[i].name);
    return params_give(&list, params, nparams);
}
