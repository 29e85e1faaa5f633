#include "core/host/topology.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/host/sysfs.h"

#define CPUS "/sys/devices/system/cpu"
#define NODES "/sys/devices/system/node"

/* ---- memory ---- */

unsigned long long host_memory(int node, const char *name)
{
    g_autofree char *text =
        node < 0 ? sysfs_text("/proc/meminfo") : sysfs_text(NODES "/node%d/meminfo", node);
    g_autofree char *key = g_strdup_printf("%s:", name);
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);

    for (char **line = lines; *line; line++) {
        /* "Node 0 MemFree:  1234 kB" */
        const char *at = *line;

        if (node >= 0 && (at = strchr(at, ' ')) && (at = strchr(at + 1, ' ')))
            at++;
        if (at && g_str_has_prefix(at, key))
            return g_ascii_strtoull(at + strlen(key), NULL, 10);
    }
    return 0;
}

char *host_pages_folder(int node, unsigned size)
{
    if (node < 0)
        return g_strdup_printf("/sys/kernel/mm/hugepages/hugepages-%ukB", size);
    return g_strdup_printf(NODES "/node%d/hugepages/hugepages-%ukB", node, size);
}

static GArray *page_sizes(void)
{
    GArray *sizes = g_array_new(FALSE, FALSE, sizeof(unsigned));
    g_autofree char *path = g_strconcat(sysfs_root, "/sys/kernel/mm/hugepages", NULL);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    unsigned size = sysconf(_SC_PAGESIZE) / 1024;
    const char *name;

    g_array_append_val(sizes, size);
    while (dir && (name = g_dir_read_name(dir))) {
        unsigned i = 0;

        if (sscanf(name, "hugepages-%ukB", &size) != 1)
            continue;
        while (i < sizes->len && g_array_index(sizes, unsigned, i) < size)
            i++;
        g_array_insert_val(sizes, i, size);
    }
    return sizes;
}

unsigned long long host_pages(const struct host_node *node, unsigned size, bool free_ones)
{
    int id = node->real ? (int)node->id : -1;
    g_autofree char *folder = NULL;

    if (size == sysconf(_SC_PAGESIZE) / 1024)
        return (free_ones ? host_memory(id, "MemFree") : node->memory) / size;
    folder = host_pages_folder(id, size);
    return sysfs_number(0, "%s/%s", folder, free_ones ? "free_hugepages" : "nr_hugepages");
}

/* ---- processors ---- */

static void read_cpu(struct host_cpu *cpu, unsigned id)
{
    g_autofree char *siblings = sysfs_text(CPUS "/cpu%u/topology/thread_siblings_list", id);
    g_autoptr(GArray) list = NULL;
    g_autofree char *own = g_strdup_printf("%u", id);

    /* the first may have no such file: it cannot be turned off */
    cpu->id = id;
    cpu->online = sysfs_number(1, CPUS "/cpu%u/online", id) != 0;
    if (!cpu->online) {
        cpu->siblings = NULL;
        return;
    }
    cpu->socket = MAX(0, sysfs_number(0, CPUS "/cpu%u/topology/physical_package_id", id));
    cpu->die = MAX(0, sysfs_number(0, CPUS "/cpu%u/topology/die_id", id));
    cpu->core = MAX(0, sysfs_number(0, CPUS "/cpu%u/topology/core_id", id));
    list = sysfs_list(siblings ? siblings : own);
    cpu->siblings = sysfs_list_text((unsigned *)list->data, list->len);
}

static void read_cpus(struct host_node *node, GArray *ids)
{
    node->cpus = g_new0(struct host_cpu, ids->len + 1);
    for (unsigned i = 0; i < ids->len; i++)
        read_cpu(&node->cpus[node->n_cpus++], g_array_index(ids, unsigned, i));
}

static void read_node(struct host_node *node, unsigned id)
{
    g_autofree char *list = sysfs_text(NODES "/node%u/cpulist", id);
    g_autofree char *distances = sysfs_text(NODES "/node%u/distance", id);
    g_autoptr(GArray) ids = sysfs_list(list);
    g_auto(GStrv) words = g_strsplit_set(distances ? distances : "", " \t", -1);

    node->id = id;
    node->real = true;
    node->memory = host_memory(id, "MemTotal");
    node->distances = g_array_new(FALSE, FALSE, sizeof(unsigned));
    for (char **word = words; *word; word++) {
        unsigned distance = g_ascii_strtoull(*word, NULL, 10);

        if (**word)
            g_array_append_val(node->distances, distance);
    }
    read_cpus(node, ids);
}

GArray *host_cpu_ids(void)
{
    GArray *ids = sysfs_numbered(CPUS, "cpu");
    unsigned n = ids->len ? 0 : MAX(1, sysconf(_SC_NPROCESSORS_ONLN));

    for (unsigned i = 0; i < n; i++)
        g_array_append_val(ids, i);
    return ids;
}

/* Kernels without NUMA. */
static void read_only_node(struct host_node *node)
{
    g_autoptr(GArray) ids = host_cpu_ids();

    node->memory = host_memory(-1, "MemTotal");
    node->distances = g_array_new(FALSE, FALSE, sizeof(unsigned));
    read_cpus(node, ids);
}

/* The different places in a node. */
struct census {
    GHashTable *sockets, *dies, *cores; /* sets of printed places */
};

static void count_cpu(struct census *census, const struct host_cpu *cpu)
{
    g_hash_table_add(census->sockets, g_strdup_printf("%u", cpu->socket));
    g_hash_table_add(census->dies, g_strdup_printf("%u %u", cpu->socket, cpu->die));
    g_hash_table_add(census->cores, g_strdup_printf("%u %u %u", cpu->socket, cpu->die, cpu->core));
}

static void count_node(struct host_topology *topology, const struct host_node *node)
{
    struct census census;
    unsigned sockets, dies, cores, online = 0;

    census.sockets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    census.dies = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    census.cores = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < node->n_cpus; i++) {
        if (!node->cpus[i].online)
            continue;
        count_cpu(&census, &node->cpus[i]);
        online++;
    }
    sockets = g_hash_table_size(census.sockets);
    dies = g_hash_table_size(census.dies);
    cores = g_hash_table_size(census.cores);
    topology->online += online;
    if (online) {
        topology->sockets = MAX(topology->sockets, sockets);
        topology->dies = MAX(topology->dies, dies / sockets);
        topology->cores = MAX(topology->cores, cores / dies);
        topology->threads = MAX(topology->threads, online / cores);
    }
    g_hash_table_unref(census.sockets);
    g_hash_table_unref(census.dies);
    g_hash_table_unref(census.cores);
}

static void count(struct host_topology *topology)
{
    topology->sockets = topology->dies = topology->cores = topology->threads = 1;
    for (size_t i = 0; i < topology->n_nodes; i++)
        count_node(topology, &topology->nodes[i]);
    topology->even = (unsigned long long)topology->n_nodes * topology->sockets * topology->dies *
                         topology->cores * topology->threads ==
                     topology->online;
}

struct host_topology *host_topology_read(void)
{
    struct host_topology *topology = g_new0(struct host_topology, 1);
    g_autoptr(GArray) ids = sysfs_numbered(NODES, "node");

    topology->pages = page_sizes();
    topology->nodes = g_new0(struct host_node, ids->len + 1);
    for (unsigned i = 0; i < ids->len; i++)
        read_node(&topology->nodes[topology->n_nodes++], g_array_index(ids, unsigned, i));
    if (!topology->n_nodes)
        read_only_node(&topology->nodes[topology->n_nodes++]);
    count(topology);
    return topology;
}

void host_topology_free(struct host_topology *topology)
{
    if (!topology)
        return;
    for (size_t i = 0; i < topology->n_nodes; i++) {
        struct host_node *node = &topology->nodes[i];

        for (size_t k = 0; k < node->n_cpus; k++)
            g_free(node->cpus[k].siblings);
        g_free(node->cpus);
        g_array_unref(node->distances);
    }
    g_array_unref(topology->pages);
    g_free(topology->nodes);
    g_free(topology);
}
