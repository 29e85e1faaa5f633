#include "core/host/node.h"

#include <glib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "core/host/sysfs.h"
#include "core/host/topology.h"
#include "core/object/error.h"

#define CPUS "/sys/devices/system/cpu"

/* The kernel's name for it, where documents have another. */
static const struct {
    const char *kernel, *document;
} arches[] = {
    {"i386", "i686"}, {"i486", "i686"}, {"i586", "i686"}, {"amd64", "x86_64"}, {"arm64", "aarch64"},
};

const char *host_arch(void)
{
    static struct utsname name; /* the same in every thread */

    if (uname(&name) < 0)
        return "x86_64";
    for (size_t i = 0; i < G_N_ELEMENTS(arches); i++)
        if (strcmp(name.machine, arches[i].kernel) == 0)
            return arches[i].document;
    return name.machine;
}

/* 0 where the kernel does not tell. */
static unsigned megahertz(void)
{
    g_autofree char *text = sysfs_text("/proc/cpuinfo");
    const char *line = text ? strstr(text, "\ncpu MHz") : NULL;

    line = line ? strchr(line, ':') : NULL;
    if (line)
        return g_ascii_strtoull(line + 2, NULL, 10);
    return sysfs_number(0, CPUS "/cpu0/cpufreq/cpuinfo_max_freq") / 1000;
}

int host_get_info(virNodeInfoPtr info)
{
    g_autoptr(host_topology) topology = host_topology_read();
    virNodeInfo result = {
        .memory = host_memory(-1, "MemTotal"),
        .cpus = topology->online,
        .mhz = megahertz(),
        .nodes = topology->n_nodes,
        .sockets = topology->sockets,
        .cores = topology->cores * topology->dies,
        .threads = topology->threads,
    };

    g_strlcpy(result.model, host_arch(), sizeof(result.model));
    /* callers multiply them */
    if (!topology->even) {
        result.nodes = result.sockets = result.threads = 1;
        result.cores = result.cpus;
    }
    *info = result;
    return 0;
}

static GArray *read_cpu_list(const char *name)
{
    g_autofree char *text = sysfs_text(CPUS "/%s", name);

    return text ? sysfs_list(text) : host_cpu_ids();
}

int host_get_cpu_map(unsigned char **cpumap, unsigned int *online)
{
    g_autoptr(GArray) present = read_cpu_list("present"), running = read_cpu_list("online");
    unsigned n = present->len ? g_array_index(present, unsigned, present->len - 1) + 1 : 0;

    if (cpumap) {
        *cpumap = g_malloc0(n / 8 + 1);
        for (unsigned i = 0; i < running->len; i++) {
            unsigned cpu = g_array_index(running, unsigned, i);

            if (cpu < n)
                (*cpumap)[cpu / 8] |= 1 << cpu % 8;
        }
    }
    if (online)
        *online = running->len;
    return n;
}

/* ---- time ---- */

enum { TIME_USER, TIME_NICE, TIME_SYSTEM, TIME_IDLE, TIME_IOWAIT, TIME_IRQ, TIME_SOFTIRQ, TIMES };

/* The line of a processor, or of all with -1, in clock ticks. */
static bool read_times(int cpu, unsigned long long times[TIMES])
{
    g_autofree char *text = sysfs_text("/proc/stat");
    g_autofree char *name = cpu < 0 ? g_strdup("cpu ") : g_strdup_printf("cpu%d ", cpu);
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);

    for (char **line = lines; *line; line++) {
        char *at = *line + strlen(name);

        if (!g_str_has_prefix(*line, name))
            continue;
        for (unsigned i = 0; i < TIMES; i++)
            times[i] = g_ascii_strtoull(at, &at, 10);
        return true;
    }
    return false;
}

int host_get_cpu_stats(int cpu, virNodeCPUStatsPtr params, int *nparams)
{
    unsigned long long times[TIMES], tick = 1000000000ULL / sysconf(_SC_CLK_TCK);
    int n;

    if (!read_times(cpu == VIR_NODE_CPU_STATS_ALL_CPUS ? -1 : cpu, times)) {
        error_set(VIR_FROM_NONE, VIR_ERR_INVALID_ARG,
                  "Invalid cpuNum in virNodeGetCPUStats: %d; %d stands for all", cpu,
                  VIR_NODE_CPU_STATS_ALL_CPUS);
        return -1;
    }
    const virNodeCPUStats stats[] = {
        {VIR_NODE_CPU_STATS_KERNEL,
         (times[TIME_SYSTEM] + times[TIME_IRQ] + times[TIME_SOFTIRQ]) * tick},
        {VIR_NODE_CPU_STATS_USER, (times[TIME_USER] + times[TIME_NICE]) * tick},
        {VIR_NODE_CPU_STATS_IDLE, times[TIME_IDLE] * tick},
        {VIR_NODE_CPU_STATS_IOWAIT, times[TIME_IOWAIT] * tick},
    };

    n = G_N_ELEMENTS(stats);
    if (params && *nparams > 0) {
        n = MIN(n, *nparams);
        memcpy(params, stats, n * sizeof(*stats));
    }
    *nparams = n;
    return 0;
}
