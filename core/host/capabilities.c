#include "core/host/capabilities.h"

#include <string.h>

#include "core/base/uuid.h"
#include "core/host/processor.h"
#include "core/host/sysfs.h"
#include "core/host/topology.h"

#define CPUS "/sys/devices/system/cpu"

char *host_uuid(void)
{
    static const char *const files[] = {"/sys/class/dmi/id/product_uuid", "/etc/machine-id"};
    unsigned char uuid[UUID_BYTES];

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *text = sysfs_text("%s", files[i]);
        char *result;

        if (!text || !uuid_parse(text, uuid))
            continue;
        result = g_malloc(UUID_TEXT);
        uuid_format(uuid, result);
        return result;
    }
    return NULL;
}

/* ---- nodes ---- */

static void fill_pages(struct capabilities_cell *cell, const struct host_topology *topology,
                       const struct host_node *node)
{
    unsigned long long reserved = 0;

    cell->pages = g_new0(struct capabilities_page_count, topology->pages->len + 1);
    for (unsigned i = topology->pages->len; i-- > 0;) {
        unsigned size = g_array_index(topology->pages, unsigned, i);
        unsigned long long count = host_pages(node, size, false);

        /* the small ones are what the others leave */
        if (i == 0)
            count = (node->memory - MIN(node->memory, reserved)) / size;
        reserved += count * size;
        cell->pages[i] =
            (struct capabilities_page_count){.unit = g_strdup("KiB"), .size = size, .text = count};
    }
    cell->n_pages = topology->pages->len;
}

static void fill_distances(struct capabilities_cell *cell, const struct host_topology *topology,
                           const struct host_node *node)
{
    size_t n = MIN(topology->n_nodes, node->distances->len);

    cell->distances.siblings = g_new0(struct capabilities_cell_distances_siblings, n + 1);
    for (size_t i = 0; i < n; i++)
        cell->distances.siblings[cell->distances.n_siblings++] =
            (struct capabilities_cell_distances_siblings){
                .id = topology->nodes[i].id, .value = g_array_index(node->distances, unsigned, i)};
}

static void fill_cpus(struct capabilities_cell *cell, const struct host_node *node)
{
    cell->cpus.num = node->n_cpus;
    cell->cpus.has_num = true;
    cell->cpus.cpus = g_new0(struct capabilities_cell_cpus_cpus, node->n_cpus + 1);
    for (size_t i = 0; i < node->n_cpus; i++) {
        const struct host_cpu *cpu = &node->cpus[i];

        /* one that is off has no place */
        cell->cpus.cpus[cell->cpus.n_cpus++] =
            (struct capabilities_cell_cpus_cpus){.id = cpu->id,
                                                 .socket_id = cpu->socket,
                                                 .has_socket_id = cpu->online,
                                                 .die_id = cpu->die,
                                                 .has_die_id = cpu->online,
                                                 .core_id = cpu->core,
                                                 .has_core_id = cpu->online,
                                                 .siblings = g_strdup(cpu->siblings)};
    }
}

static void fill_nodes(struct capabilities_host *host, const struct host_topology *topology)
{
    struct capabilities_host_topology_cells *cells = &host->topology.cells;

    cells->num = topology->n_nodes;
    cells->has_num = true;
    cells->cells = g_new0(struct capabilities_cell, topology->n_nodes + 1);
    for (size_t i = 0; i < topology->n_nodes; i++) {
        const struct host_node *node = &topology->nodes[i];
        struct capabilities_cell *cell = &cells->cells[cells->n_cells++];

        cell->id = node->id;
        cell->has_id = true;
        cell->memory = node->memory;
        cell->has_memory = true;
        fill_pages(cell, topology, node);
        fill_distances(cell, topology, node);
        fill_cpus(cell, node);
    }
}

/* ---- caches ---- */

/* Smaller ones belong to one core, and there is nothing to be divided. */
#define LEVEL_MIN 3

static bool is_known(const struct capabilities_host_cache *cache, unsigned level, unsigned id,
                     enum capabilities_host_cache_banks_type type)
{
    for (size_t i = 0; i < cache->n_banks; i++)
        if (cache->banks[i].level == level && cache->banks[i].id == id &&
            cache->banks[i].type == type)
            return true;
    return false;
}

static enum capabilities_host_cache_banks_type cache_type(const char *text)
{
    if (g_strcmp0(text, "Data") == 0)
        return CAPABILITIES_HOST_CACHE_BANKS_TYPE_DATA;
    if (g_strcmp0(text, "Instruction") == 0)
        return CAPABILITIES_HOST_CACHE_BANKS_TYPE_CODE;
    return CAPABILITIES_HOST_CACHE_BANKS_TYPE_BOTH;
}

static void add_bank(struct capabilities_host_cache *cache, unsigned cpu, unsigned index)
{
    g_autofree char *folder = g_strdup_printf(CPUS "/cpu%u/cache/index%u", cpu, index);
    g_autofree char *type_text = sysfs_text("%s/type", folder);
    g_autofree char *size = sysfs_text("%s/size", folder);
    g_autofree char *cpus = sysfs_text("%s/shared_cpu_list", folder);
    unsigned level = sysfs_number(0, "%s/level", folder), id = sysfs_number(0, "%s/id", folder);
    enum capabilities_host_cache_banks_type type = cache_type(type_text);
    unsigned long long kib = size ? g_ascii_strtoull(size, NULL, 10) : 0;

    if (level < LEVEL_MIN || !kib || is_known(cache, level, id, type))
        return;
    cache->banks = g_renew(struct capabilities_host_cache_banks, cache->banks, cache->n_banks + 1);
    cache->banks[cache->n_banks++] = (struct capabilities_host_cache_banks){
        .id = id,
        .level = level,
        .type = type,
        .size = kib % 1024 ? kib : kib / 1024,
        .unit = g_strdup(kib % 1024 ? "KiB" : "MiB"),
        .cpus = g_steal_pointer(&cpus),
    };
}

static void fill_caches(struct capabilities_host *host, const struct host_topology *topology)
{
    for (size_t i = 0; i < topology->n_nodes; i++)
        for (size_t k = 0; k < topology->nodes[i].n_cpus; k++)
            for (unsigned index = 0; index < 8; index++)
                add_bank(&host->cache, topology->nodes[i].cpus[k].id, index);
}

/* ---- the rest ---- */

static void fill_sleep(struct capabilities_host *host)
{
    g_autofree char *text = sysfs_text("/sys/power/state");
    g_auto(GStrv) words = g_strsplit(text ? text : "", " ", -1);

    host->power_management = g_new0(struct capabilities_host_power_management, 1);
    host->power_management->suspend_mem = g_strv_contains((const char *const *)words, "mem");
    host->power_management->suspend_disk = g_strv_contains((const char *const *)words, "disk");
    host->power_management->suspend_hybrid =
        host->power_management->suspend_mem && host->power_management->suspend_disk;
}

void host_fill_capabilities(struct capabilities_host *host)
{
    g_autoptr(host_topology) topology = host_topology_read();
    g_autoptr(GArray) groups = sysfs_numbered("/sys/kernel/iommu_groups", "");

    host->uuid = host_uuid();
    host->cpu = host_processor();
    fill_sleep(host);
    host->iommu.support = groups->len ? TRISTATE_YES : TRISTATE_NO;
    fill_nodes(host, topology);
    fill_caches(host, topology);
}
