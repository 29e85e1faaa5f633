/* The host's memory: what is free, pages in reserve, and equal pages that are merged. */
#include "core/host/node.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

#include "core/host/sysfs.h"
#include "core/host/topology.h"
#include "core/object/error.h"
#include "core/object/params_give.h"

#define memory_error(code, ...) error_set(VIR_FROM_NONE, VIR_ERR_##code, __VA_ARGS__)

static const struct host_node *find_node(const struct host_topology *topology, int id)
{
    for (size_t i = 0; i < topology->n_nodes; i++)
        if ((int)topology->nodes[i].id == id)
            return &topology->nodes[i];
    memory_error(INVALID_ARG, "Invalid cell %d: the host's last is %u", id,
                 topology->nodes[topology->n_nodes - 1].id);
    return NULL;
}

int host_get_memory_stats(int cell, virNodeMemoryStatsPtr params, int *nparams)
{
    g_autoptr(host_topology) topology = host_topology_read();
    bool all = cell == VIR_NODE_MEMORY_STATS_ALL_CELLS;
    const struct host_node *node = all ? NULL : find_node(topology, cell);
    int from = node && node->real ? cell : -1, n = all ? 4 : 2;
    const virNodeMemoryStats stats[] = {
        {VIR_NODE_MEMORY_STATS_TOTAL, host_memory(from, "MemTotal")},
        {VIR_NODE_MEMORY_STATS_FREE, host_memory(from, "MemFree")},
        {VIR_NODE_MEMORY_STATS_BUFFERS, host_memory(-1, "Buffers")},
        {VIR_NODE_MEMORY_STATS_CACHED, host_memory(-1, "Cached")},
    };

    if (!all && !node)
        return -1;
    if (params && *nparams > 0) {
        n = MIN(n, *nparams);
        memcpy(params, stats, n * sizeof(*stats));
    }
    *nparams = n;
    return 0;
}

unsigned long long host_get_free(void)
{
    unsigned long long free = host_memory(-1, "MemFree");

    if (!free)
        memory_error(INTERNAL_ERROR, "the kernel does not tell how much memory is free");
    return free * 1024;
}

/* Nodes with these numbers; -1 with an error when there is none from `first` on. */
static int check_first(const struct host_topology *topology, int first)
{
    int last = topology->nodes[topology->n_nodes - 1].id;

    if (first <= last)
        return last;
    memory_error(INTERNAL_ERROR, "start cell %d out of range (0-%d)", first, last);
    return -1;
}

int host_get_cells_free(unsigned long long *free, int first, int max)
{
    g_autoptr(host_topology) topology = host_topology_read();
    int last = check_first(topology, first), n = 0;

    if (last < 0)
        return -1;
    for (int cell = first; cell <= last && n < max; cell++)
        free[n++] = host_memory(topology->nodes[0].real ? cell : -1, "MemFree") * 1024;
    return n;
}

/* ---- pages ---- */

static int check_size(const struct host_topology *topology, unsigned size)
{
    for (unsigned i = 0; i < topology->pages->len; i++)
        if (g_array_index(topology->pages, unsigned, i) == size)
            return 0;
    memory_error(OPERATION_FAILED, "page size %u KiB is not available on this host", size);
    return -1;
}

static int check_pages(const struct host_topology *topology, unsigned n, const unsigned *sizes,
                       int first)
{
    for (unsigned i = 0; i < n; i++)
        if (check_size(topology, sizes[i]) < 0)
            return -1;
    return first < 0 ? 0 : check_first(topology, first);
}

static unsigned long long count_free(const struct host_topology *topology, int cell, unsigned size)
{
    unsigned long long sum = 0;

    for (size_t i = 0; i < topology->n_nodes; i++)
        if (cell < 0 || (int)topology->nodes[i].id == cell)
            sum += host_pages(&topology->nodes[i], size, true);
    return sum;
}

int host_get_free_pages(unsigned int n, const unsigned int *sizes, int first, unsigned int cells,
                        unsigned long long *counts)
{
    g_autoptr(host_topology) topology = host_topology_read();
    int last = topology->nodes[topology->n_nodes - 1].id;
    int end, given = 0;

    if (check_pages(topology, n, sizes, first) < 0)
        return -1;
    /* one row for the whole host, or one for each cell */
    end = first < 0 ? -1 : (int)MIN((gint64)first + cells - 1, last);
    for (int cell = first; cell <= end; cell++)
        for (unsigned i = 0; i < n; i++)
            counts[given++] = count_free(topology, cell, sizes[i]);
    return given;
}

static int alloc(const struct host_node *node, unsigned size, unsigned long long count, bool set)
{
    g_autofree char *folder = host_pages_folder(node->real ? (int)node->id : -1, size);
    g_autofree char *text = NULL;
    unsigned long long old = host_pages(node, size, false), now;

    text = g_strdup_printf("%llu", set ? count : old + count);
    if (sysfs_write(text, "%s/nr_hugepages", folder) < 0) {
        error_set_system(VIR_FROM_NONE, errno, "cannot write '%s' to '%s/nr_hugepages'", text,
                         folder);
        return -1;
    }
    now = host_pages(node, size, false);
    if (now == (set ? count : old + count))
        return 0;
    memory_error(OPERATION_FAILED, "Unable to allocate %s pages of %u KiB: there are %llu now",
                 text, size, now);
    return -1;
}

int host_alloc_pages(unsigned int n, const unsigned int *sizes, const unsigned long long *counts,
                     int first, unsigned int cells, bool set)
{
    g_autoptr(host_topology) topology = host_topology_read();
    int given = 0;

    if (check_pages(topology, n, sizes, first) < 0)
        return -1;
    for (size_t k = 0; k < topology->n_nodes; k++) {
        const struct host_node *node = &topology->nodes[k];

        if (first >= 0 && ((int)node->id < first || node->id - first >= cells))
            continue;
        for (unsigned i = 0; i < n; i++, given++) {
            if (sizes[i] == g_array_index(topology->pages, unsigned, 0)) {
                memory_error(OPERATION_FAILED,
                             "pages of %u KiB are the system's own, and not to be allocated",
                             sizes[i]);
                return -1;
            }
            if (alloc(node, sizes[i], counts[i], set) < 0)
                return -1;
        }
    }
    return given;
}

/* ---- equal pages ---- */

#define KSM "/sys/kernel/mm/ksm"

static const struct {
    const char *name, *file;
    int type;
} merging[] = {
    {VIR_NODE_MEMORY_SHARED_PAGES_TO_SCAN, "pages_to_scan", VIR_TYPED_PARAM_UINT},
    {VIR_NODE_MEMORY_SHARED_SLEEP_MILLISECS, "sleep_millisecs", VIR_TYPED_PARAM_UINT},
    {VIR_NODE_MEMORY_SHARED_PAGES_SHARED, "pages_shared", VIR_TYPED_PARAM_ULLONG},
    {VIR_NODE_MEMORY_SHARED_PAGES_SHARING, "pages_sharing", VIR_TYPED_PARAM_ULLONG},
    {VIR_NODE_MEMORY_SHARED_PAGES_UNSHARED, "pages_unshared", VIR_TYPED_PARAM_ULLONG},
    {VIR_NODE_MEMORY_SHARED_PAGES_VOLATILE, "pages_volatile", VIR_TYPED_PARAM_ULLONG},
    {VIR_NODE_MEMORY_SHARED_FULL_SCANS, "full_scans", VIR_TYPED_PARAM_ULLONG},
    {VIR_NODE_MEMORY_SHARED_MERGE_ACROSS_NODES, "merge_across_nodes", VIR_TYPED_PARAM_UINT},
};

int host_get_memory_parameters(virTypedParameterPtr params, int *nparams)
{
    params_auto_t list = {0};

    for (size_t i = 0; i < G_N_ELEMENTS(merging); i++) {
        gint64 value = sysfs_number(-1, KSM "/%s", merging[i].file);

        if (value >= 0 && merging[i].type == VIR_TYPED_PARAM_UINT)
            params_add_uint(&list, value, merging[i].name);
        else if (value >= 0)
            params_add_ullong(&list, value, merging[i].name);
    }
    return params_give(&list, params, nparams);
}

int host_set_memory_parameters(virTypedParameterPtr params, int nparams)
{
    for (size_t i = 0; i < G_N_ELEMENTS(merging); i++) {
        g_autofree char *text = NULL;
        unsigned value;

        if (merging[i].type != VIR_TYPED_PARAM_UINT ||
            !params_get_uint(params, nparams, merging[i].name, &value))
            continue;
        text = g_strdup_printf("%u", value);
        if (sysfs_write(text, KSM "/%s", merging[i].file) < 0) {
            error_set_system(VIR_FROM_NONE, errno, "failed to set %s", merging[i].name);
            return -1;
        }
    }
    return 0;
}
