#include "core/conf/domain/devices.h"
#include "core/conf/domain/machine.h"

#include <stdlib.h>

#define DISTANCE_LOCAL 10
#define DISTANCE_MAX 255

int domain_hook_distances(void *part, const struct doc_call *call)
{
    struct domain_cell_distances *distances = part;

    if (distances->n_siblings)
        return 0;
    doc_error(call, VIR_ERR_XML_ERROR, "NUMA distances defined without siblings");
    return -1;
}

/* ---- cells */

/* Cells without an id are counted; in the end all numbers from 0 must be there. */
static int number_cells(struct domain_cpu_numa *numa, const struct doc_call *call)
{
    g_autofree bool *taken = g_new0(bool, numa->n_cells);

    for (size_t i = 0; i < numa->n_cells; i++) {
        struct domain_cell *cell = &numa->cells[i];

        if (!cell->has_id)
            cell->id = (unsigned)i;
        cell->has_id = true;
        if (cell->id >= numa->n_cells) {
            doc_error(call, VIR_ERR_XML_ERROR,
                      "Exactly one 'cell' element per guest NUMA cell allowed, non-contiguous "
                      "ranges or ranges not starting from 0 are not allowed: cell id %u",
                      cell->id);
            return -1;
        }
        if (taken[cell->id]) {
            doc_error(call, VIR_ERR_XML_ERROR, "Duplicate NUMA cell info for cell id '%u'",
                      cell->id);
            return -1;
        }
        taken[cell->id] = true;
    }
    return 0;
}

static int compare_cells(const void *a, const void *b)
{
    const struct domain_cell *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

static int check_cpus(const struct domain_cpu_numa *numa, const struct doc_call *call)
{
    struct cpu_set all = {0};

    for (size_t i = 0; i < numa->n_cells; i++) {
        struct cpu_set own;

        if (!numa->cells[i].cpus || cpu_set_parse(&own, numa->cells[i].cpus) < 0)
            continue;
        if (cpu_set_overlap(&own, &all)) {
            size_t other = 0;
            struct cpu_set set;

            while (!numa->cells[other].cpus || cpu_set_parse(&set, numa->cells[other].cpus) < 0 ||
                   !cpu_set_overlap(&own, &set))
                other++;
            doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                      "NUMA cells %u and %u have overlapping vCPU ids", numa->cells[i].id,
                      numa->cells[other].id);
            return -1;
        }
        cpu_set_add(&all, &own);
    }
    return 0;
}

/* ---- caches */

static int check_caches(const struct domain_cell *cell, const struct doc_call *call)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

    for (size_t i = 0; i < cell->n_caches; i++) {
        if (!g_hash_table_add(seen, GUINT_TO_POINTER(cell->caches[i].level))) {
            doc_error(call, VIR_ERR_XML_ERROR, "Cache level '%u' already defined",
                      cell->caches[i].level);
            return -1;
        }
    }
    return 0;
}

/* ---- distances: what one side says holds for the other, unless that says otherwise */

static gint64 *pair_key(unsigned from, unsigned to)
{
    gint64 *key = g_new(gint64, 1);

    *key = (gint64)((guint64)from << 32 | to);
    return key;
}

static unsigned pair_value(GHashTable *pairs, unsigned from, unsigned to)
{
    g_autofree gint64 *key = pair_key(from, to);

    return GPOINTER_TO_UINT(g_hash_table_lookup(pairs, key));
}

static void put_pair(GHashTable *pairs, unsigned from, unsigned to, unsigned value)
{
    g_hash_table_insert(pairs, pair_key(from, to), GUINT_TO_POINTER(value));
}

static int check_sibling(const struct domain_cpu_numa *numa, unsigned cell,
                         const struct domain_cell_distances_siblings *sibling,
                         const struct doc_call *call)
{
    if (sibling->id >= numa->n_cells) {
        doc_error(call, VIR_ERR_XML_ERROR,
                  "'sibling_id %u' does not refer to a valid cell within NUMA 'cell id %u'",
                  sibling->id, cell);
        return -1;
    }
    if (sibling->value < DISTANCE_LOCAL || sibling->value > DISTANCE_MAX ||
        (sibling->id == cell) != (sibling->value == DISTANCE_LOCAL)) {
        doc_error(call, VIR_ERR_XML_ERROR,
                  "'value %u' is invalid for 'sibling id %u' under NUMA 'cell id %u'",
                  sibling->value, sibling->id, cell);
        return -1;
    }
    return 0;
}

static int gather_distances(const struct domain_cpu_numa *numa, GHashTable *pairs,
                            const struct doc_call *call)
{
    for (size_t i = 0; i < numa->n_cells; i++) {
        const struct domain_cell *cell = &numa->cells[i];

        for (size_t k = 0; k < cell->distances.n_siblings; k++) {
            const struct domain_cell_distances_siblings *sibling = &cell->distances.siblings[k];

            if (check_sibling(numa, cell->id, sibling, call) < 0)
                return -1;
            put_pair(pairs, cell->id, cell->id, DISTANCE_LOCAL);
            put_pair(pairs, sibling->id, sibling->id, DISTANCE_LOCAL);
            put_pair(pairs, cell->id, sibling->id, sibling->value);
            if (!pair_value(pairs, sibling->id, cell->id))
                put_pair(pairs, sibling->id, cell->id, sibling->value);
        }
    }
    return 0;
}

static int compare_siblings(const void *a, const void *b)
{
    const struct domain_cell_distances_siblings *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

/* Cells are in the order of their ids here. */
static void spread_distances(struct domain_cpu_numa *numa, GHashTable *pairs)
{
    GHashTableIter iter;
    gpointer key, value;

    for (size_t i = 0; i < numa->n_cells; i++) {
        g_clear_pointer(&numa->cells[i].distances.siblings, g_free);
        numa->cells[i].distances.n_siblings = 0;
    }
    g_hash_table_iter_init(&iter, pairs);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        guint64 pair = (guint64) * (gint64 *)key;
        struct domain_cell_distances *distances = &numa->cells[pair >> 32].distances;
        struct domain_cell_distances_siblings *sibling =
            LIST_APPEND(distances->siblings, distances->n_siblings);

        sibling->id = (unsigned)pair;
        sibling->value = GPOINTER_TO_UINT(value);
    }
    for (size_t i = 0; i < numa->n_cells; i++) {
        struct domain_cell_distances *distances = &numa->cells[i].distances;

        if (distances->n_siblings)
            qsort(distances->siblings, distances->n_siblings, sizeof(*distances->siblings),
                  compare_siblings);
    }
}

/* ---- interconnects */

static bool has_cache(const struct domain_cell *cell, unsigned level)
{
    for (size_t i = 0; i < cell->n_caches; i++) {
        if (cell->caches[i].level == level)
            return true;
    }
    return !level;
}

struct link {
    unsigned initiator, target, cache, type;
};

static int check_link(const struct domain_cpu_numa *numa, struct link link, GHashTable *seen,
                      const char *what, const struct doc_call *call)
{
    const char *wrong = NULL;

    if (link.initiator >= numa->n_cells)
        wrong = "'initiator' refers to a non-existent NUMA node";
    else if (link.target >= numa->n_cells)
        wrong = "'target' refers to a non-existent NUMA node";
    else if (!has_cache(&numa->cells[link.target], link.cache))
        wrong = "'cache' refers to a non-existent NUMA node cache";
    if (wrong) {
        doc_error(call, VIR_ERR_XML_ERROR, "%s", wrong);
        return -1;
    }
    if (!g_hash_table_add(seen, g_strdup_printf("%u %u %u %u", link.initiator, link.target,
                                                link.cache, link.type))) {
        doc_error(call, VIR_ERR_XML_ERROR, "Duplicate info for NUMA %s", what);
        return -1;
    }
    return 0;
}

static int check_interconnects(const struct domain_cpu_numa *numa, const struct doc_call *call)
{
    const struct domain_cpu_numa_interconnects *all = &numa->interconnects;
    g_autoptr(GHashTable) latencies = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) widths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (size_t i = 0; i < all->n_latencies; i++) {
        const struct domain_cpu_numa_interconnects_latencies *item = &all->latencies[i];
        struct link link = {item->initiator, item->target, item->cache, item->type};

        if (check_link(numa, link, latencies, "latencies", call) < 0)
            return -1;
    }
    for (size_t i = 0; i < all->n_bandwidths; i++) {
        const struct domain_cpu_numa_interconnects_bandwidths *item = &all->bandwidths[i];
        struct link link = {item->initiator, item->target, item->cache, item->type};

        if (check_link(numa, link, widths, "bandwidths", call) < 0)
            return -1;
    }
    return 0;
}

int domain_hook_numa(void *part, const struct doc_call *call)
{
    struct domain_cpu_numa *numa = part;
    g_autoptr(GHashTable) pairs = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    if (!numa->n_cells) {
        doc_error(call, VIR_ERR_XML_ERROR, "NUMA topology defined without NUMA cells");
        return -1;
    }
    if (number_cells(numa, call) < 0 || gather_distances(numa, pairs, call) < 0 ||
        check_cpus(numa, call) < 0)
        return -1;
    qsort(numa->cells, numa->n_cells, sizeof(*numa->cells), compare_cells);
    for (size_t i = 0; i < numa->n_cells; i++) {
        if (check_caches(&numa->cells[i], call) < 0)
            return -1;
    }
    spread_distances(numa, pairs);
    return check_interconnects(numa, call);
}

/* ---- against the rest of the guest */

int domain_check_numa(struct domain *def, const struct doc_call *call)
{
    const struct domain_cpu_numa *numa = &def->cpu.numa;
    unsigned count = 0, end = 0;

    for (size_t i = 0; i < numa->n_cells; i++) {
        struct cpu_set set;

        if (!numa->cells[i].cpus || cpu_set_parse(&set, numa->cells[i].cpus) < 0)
            continue;
        for (unsigned cpu = 0; cpu < CPU_SET_SIZE; cpu++) {
            if (cpu_set_has(&set, cpu)) {
                count++;
                end = MAX(end, cpu + 1);
            }
        }
    }
    if (count > def->vcpu.text) {
        doc_error(call, VIR_ERR_INTERNAL_ERROR,
                  "Number of CPUs in <numa> exceeds the <vcpu> count: %u and %u", count,
                  def->vcpu.text);
        return -1;
    }
    if (end > def->vcpu.text || !def->vcpu.text) {
        doc_error(call, VIR_ERR_INTERNAL_ERROR, "CPU IDs in <numa> exceed the <vcpu> count: %u",
                  def->vcpu.text);
        return -1;
    }
    return 0;
}
