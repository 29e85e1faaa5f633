/* What guests make of their memory, as their balloon tells. */
#include <string.h>
#include <unistd.h>

#include "core/drivers/qemu/qmp/json.h"
#include "core/drivers/qemu/sample.h"
#include "core/object/params.h"

static const struct {
    const char *told; /* the balloon's name */
    const char *name; /* of the bulk field */
    int tag;
    bool bytes;
} stats[] = {
    {"stat-swap-in", "swap_in", VIR_DOMAIN_MEMORY_STAT_SWAP_IN, true},
    {"stat-swap-out", "swap_out", VIR_DOMAIN_MEMORY_STAT_SWAP_OUT, true},
    {"stat-major-faults", "major_fault", VIR_DOMAIN_MEMORY_STAT_MAJOR_FAULT, false},
    {"stat-minor-faults", "minor_fault", VIR_DOMAIN_MEMORY_STAT_MINOR_FAULT, false},
    {"stat-free-memory", "unused", VIR_DOMAIN_MEMORY_STAT_UNUSED, true},
    {"stat-total-memory", "available", VIR_DOMAIN_MEMORY_STAT_AVAILABLE, true},
    {"stat-available-memory", "usable", VIR_DOMAIN_MEMORY_STAT_USABLE, true},
    {"stat-disk-caches", "disk_caches", VIR_DOMAIN_MEMORY_STAT_DISK_CACHES, true},
    {"stat-htlb-pgalloc", "hugetlb_pgalloc", VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGALLOC, false},
    {"stat-htlb-pgfail", "hugetlb_pgfail", VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGFAIL, false},
};

static bool has_balloon(const struct domain *doc)
{
    return doc->devices.memballoon.model &&
           doc->devices.memballoon.model != DOMAIN_MEMBALLOON_MODEL_NONE;
}

/* KiB; 0: not known. */
static unsigned long long resident(pid_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/statm", (int)pid);
    g_autofree char *text = NULL;
    unsigned long long pages = 0;

    if (pid && g_file_get_contents(path, &text, NULL, NULL))
        sscanf(text, "%*u %llu", &pages);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* KiB that the guest has now. */
static unsigned long long current(struct sample *sample)
{
    const struct domain *doc = sample_doc(sample);
    g_autoptr(json_t) told = has_balloon(doc) ? sample_ask(sample, SAMPLE_BALLOON) : NULL;
    gint64 actual = json_number_of(told, "actual", -1);

    return actual >= 0 ? (unsigned long long)actual / 1024 : doc->current_memory;
}

struct values {
    virDomainMemoryStatStruct items[VIR_DOMAIN_MEMORY_STAT_NR];
    const char *names[VIR_DOMAIN_MEMORY_STAT_NR];
    unsigned n;
};

static void add(struct values *values, int tag, const char *name, unsigned long long value)
{
    values->items[values->n] = (virDomainMemoryStatStruct){.tag = tag, .val = value};
    values->names[values->n++] = name;
}

static void read_values(struct sample *sample, struct values *values)
{
    g_autoptr(json_t) told =
        has_balloon(sample_doc(sample)) ? sample_ask(sample, SAMPLE_MEMORY) : NULL;
    json_t *list = json_object_get(told, "stats");
    gint64 updated = json_number_of(told, "last-update", 0);

    for (size_t i = 0; i < G_N_ELEMENTS(stats); i++) {
        /* what the guest has not told is all ones */
        gint64 value = json_number_of(list, stats[i].told, -1);

        if (value != -1)
            add(values, stats[i].tag, stats[i].name,
                stats[i].bytes ? (guint64)value / 1024 : (guint64)value);
    }
    if (updated > 0)
        add(values, VIR_DOMAIN_MEMORY_STAT_LAST_UPDATE, "last-update", updated);
    add(values, VIR_DOMAIN_MEMORY_STAT_RSS, "rss", resident(sample->pid));
}

void balloon_stats(struct sample *sample, struct params *list)
{
    struct values values = {.n = 0};

    if (sample->run)
        params_add_ullong(list, current(sample), "balloon.current");
    params_add_ullong(list, sample_doc(sample)->memory.text, "balloon.maximum");
    if (!sample->run)
        return;
    read_values(sample, &values);
    for (unsigned i = 0; i < values.n; i++)
        params_add_ullong(list, values.items[i].val, "balloon.%s", values.names[i]);
}

int qemu_domainMemoryStats(virDomainPtr domain, virDomainMemoryStatPtr ret, unsigned int max,
                           unsigned int flags)
{
    g_auto(sample_auto_t) sample = {0};
    struct values values = {.n = 0};
    unsigned n;

    if (qemu_flags(flags, 0) < 0 || sample_find(&sample, domain, true) < 0)
        return -1;
    add(&values, VIR_DOMAIN_MEMORY_STAT_ACTUAL_BALLOON, NULL, current(&sample));
    read_values(&sample, &values);
    n = MIN(values.n, max);
    memcpy(ret, values.items, n * sizeof(*ret));
    return n;
}
