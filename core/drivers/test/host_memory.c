/* Memory of the host: pages in reserve, pages that are shared, and what is free. */
#include "core/drivers/test/domain.h"

#include <string.h>

#include "core/drivers/test/cells.h"
#include "core/object/params_give.h"

static int check_range(const struct world *world, int first, unsigned int count, const char *what)
{
    if (first >= 0 && (unsigned int)first < world->cells && count <= world->cells - first)
        return 0;
    test_error(INVALID_ARG, "Range exceeds available cells: %s, the host has %u", what,
               world->cells);
    return -1;
}

int test_nodeGetMemoryStats(virConnectPtr conn, int cellNum, virNodeMemoryStatsPtr params,
                            int *nparams, unsigned int flags)
{
    struct world *world = world_of(conn);
    bool all = cellNum == VIR_NODE_MEMORY_STATS_ALL_CELLS;
    unsigned long long total = all ? world->node.memory : 0;
    int room, n = all ? 4 : 2;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    if (!all) {
        g_autofree char *what = g_strdup_printf("cell %d", cellNum);

        if (check_range(world, cellNum, 1, what) < 0)
            return -1;
        total = cell_memory(cellNum);
    }
    /* half of it is in use, a part of that by caches */
    const virNodeMemoryStats stats[] = {
        {VIR_NODE_MEMORY_STATS_TOTAL, total},
        {VIR_NODE_MEMORY_STATS_FREE, total / 2},
        {VIR_NODE_MEMORY_STATS_BUFFERS, total / 16},
        {VIR_NODE_MEMORY_STATS_CACHED, total / 8},
    };

    room = *nparams;
    if (params && room)
        memcpy(params, stats, MIN(room, n) * sizeof(*stats));
    *nparams = params && room ? MIN(room, n) : n;
    return 0;
}

/* ---- equal pages of guests, merged */

int test_nodeGetMemoryParameters(virConnectPtr conn, virTypedParameterPtr params, int *nparams,
                                 unsigned int flags)
{
    struct world *world = world_of(conn);
    params_auto_t list = {0};

    if (flags_check(flags, VIR_TYPED_PARAM_STRING_OKAY, __func__) < 0)
        return -1;
    lock_guard(&world->lock);
    params_add_uint(&list, world->merging.pages_to_scan, VIR_NODE_MEMORY_SHARED_PAGES_TO_SCAN);
    params_add_uint(&list, world->merging.sleep, VIR_NODE_MEMORY_SHARED_SLEEP_MILLISECS);
    params_add_ullong(&list, 0, VIR_NODE_MEMORY_SHARED_PAGES_SHARED);
    params_add_ullong(&list, 0, VIR_NODE_MEMORY_SHARED_PAGES_SHARING);
    params_add_ullong(&list, 0, VIR_NODE_MEMORY_SHARED_PAGES_UNSHARED);
    params_add_ullong(&list, 0, VIR_NODE_MEMORY_SHARED_PAGES_VOLATILE);
    params_add_ullong(&list, 0, VIR_NODE_MEMORY_SHARED_FULL_SCANS);
    params_add_uint(&list, world->merging.across, VIR_NODE_MEMORY_SHARED_MERGE_ACROSS_NODES);
    return params_give(&list, params, nparams);
}

int test_nodeSetMemoryParameters(virConnectPtr conn, virTypedParameterPtr params, int nparams,
                                 unsigned int flags)
{
    static const struct params_rule rules[] = {
        {VIR_NODE_MEMORY_SHARED_PAGES_TO_SCAN, VIR_TYPED_PARAM_UINT, FALSE},
        {VIR_NODE_MEMORY_SHARED_SLEEP_MILLISECS, VIR_TYPED_PARAM_UINT, FALSE},
        {VIR_NODE_MEMORY_SHARED_MERGE_ACROSS_NODES, VIR_TYPED_PARAM_UINT, FALSE},
    };
    struct world *world = world_of(conn);
    unsigned int across = 0;

    if (flags_check(flags, 0, __func__) < 0 ||
        params_validate(params, nparams, rules, G_N_ELEMENTS(rules), 0) < 0)
        return -1;
    if (params_get_uint(params, nparams, VIR_NODE_MEMORY_SHARED_MERGE_ACROSS_NODES, &across) &&
        across > 1) {
        test_error(INVALID_ARG, "%s must be 0 or 1, not %u",
                   VIR_NODE_MEMORY_SHARED_MERGE_ACROSS_NODES, across);
        return -1;
    }
    lock_guard(&world->lock);
    params_get_uint(params, nparams, VIR_NODE_MEMORY_SHARED_PAGES_TO_SCAN,
                    &world->merging.pages_to_scan);
    params_get_uint(params, nparams, VIR_NODE_MEMORY_SHARED_SLEEP_MILLISECS, &world->merging.sleep);
    params_get_uint(params, nparams, VIR_NODE_MEMORY_SHARED_MERGE_ACROSS_NODES,
                    &world->merging.across);
    return 0;
}

/* ---- pages in reserve */

unsigned long long huge_pages(const struct world *world, unsigned int cell, int kind)
{
    return world->huge_pages ? world->huge_pages[cell * HUGE_PAGES + kind] : 0;
}

static int page_kind(unsigned int size)
{
    for (int i = 0; i < HUGE_PAGES; i++)
        if (huge_page_sizes[i] == size)
            return i;
    return -1;
}

static int check_pages(const struct world *world, unsigned int npages, const unsigned int *sizes,
                       const unsigned long long *counts)
{
    for (unsigned int i = 0; i < npages; i++) {
        if (page_kind(sizes[i]) < 0) {
            test_error(OPERATION_FAILED,
                       "pages of %u KiB cannot be allocated: the host has sizes %u and %u",
                       sizes[i], huge_page_sizes[0], huge_page_sizes[1]);
            return -1;
        }
        if (counts[i] > G_MAXINT64 / HUGE_PAGES) {
            test_error(INVALID_ARG, "%llu pages are more than any host has", counts[i]);
            return -1;
        }
    }
    return 0;
}

/* As many as there is memory for: a cell keeps half of its own for what is in use. */
static void reserve(struct world *world, unsigned int cell, unsigned int size,
                    unsigned long long count, bool add)
{
    unsigned long long *pages = &world->huge_pages[cell * HUGE_PAGES + page_kind(size)];
    unsigned long long others = 0, room;

    for (int i = 0; i < HUGE_PAGES; i++)
        if (huge_page_sizes[i] != size)
            others += world->huge_pages[cell * HUGE_PAGES + i] * huge_page_sizes[i];
    room = cell_memory(cell) / 2;
    room = room > others ? (room - others) / size : 0;
    *pages = MIN(add ? *pages + count : count, room);
}

int test_nodeAllocPages(virConnectPtr conn, unsigned int npages, unsigned int *pageSizes,
                        unsigned long long *pageCounts, int startCell, unsigned int cellCount,
                        unsigned int flags)
{
    struct world *world = world_of(conn);
    unsigned int first = startCell < 0 ? 0 : startCell;
    unsigned int cells = startCell < 0 ? world->cells : cellCount;
    g_autofree char *what = g_strdup_printf("%u cells from %d on", cellCount, startCell);

    if (!cellCount) {
        error_set_argument(VIR_FROM_TEST, "cellCount", "virNodeAllocPages",
                           "cellCount in virNodeAllocPages must not be zero");
        return -1;
    }
    if (flags_check(flags, VIR_NODE_ALLOC_PAGES_SET, __func__) < 0 ||
        (startCell != -1 && check_range(world, startCell, cellCount, what) < 0) ||
        check_pages(world, npages, pageSizes, pageCounts) < 0)
        return -1;
    lock_guard(&world->lock);
    if (!world->huge_pages)
        world->huge_pages = g_new0(unsigned long long, (gsize)MAX(world->cells, 1) * HUGE_PAGES);
    for (unsigned int cell = first; cell < first + cells; cell++)
        for (unsigned int i = 0; i < npages; i++)
            reserve(world, cell, pageSizes[i], pageCounts[i], !(flags & VIR_NODE_ALLOC_PAGES_SET));
    return cells * npages;
}
