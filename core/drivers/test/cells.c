/* Memory of the host, cell by cell, and the capabilities that tell of it. */
#include "core/drivers/test/cells.h"

#include "core/drivers/test/domain.h"

/* Page sizes in KiB; the small one differs between even and odd cells. */
static unsigned int small_page(unsigned int cell)
{
    return cell % 2 ? 8 : 4;
}

int test_nodeGetCellsFreeMemory(virConnectPtr conn, unsigned long long *freeMems, int startCell,
                                int maxCells)
{
    int cells = world_of(conn)->cells, n = 0;

    if (startCell < 0 || startCell >= cells) {
        test_error(INVALID_ARG,
                   "Range exceeds available cells: %d cells from %d on, the host has %d", maxCells,
                   startCell, cells);
        return -1;
    }
    for (int cell = startCell; cell < cells && n < maxCells; cell++)
        freeMems[n++] = cell_memory(cell);
    return n;
}

unsigned long long test_nodeGetFreeMemory(virConnectPtr conn)
{
    unsigned long long sum = 0;

    for (unsigned int cell = 0; cell < world_of(conn)->cells; cell++)
        sum += cell_memory(cell) / 2;
    return sum;
}

/* Of small pages a half is in use, of those in reserve none. With the world's lock held. */
static unsigned long long free_pages(const struct world *world, unsigned int cell,
                                     unsigned int size)
{
    for (int i = 0; i < HUGE_PAGES; i++)
        if (size == huge_page_sizes[i])
            return huge_pages(world, cell, i);
    return size == small_page(cell) ? cell_memory(cell) / 2 / size : 0;
}

int test_nodeGetFreePages(virConnectPtr conn, unsigned int npages, unsigned int *pages,
                          int startCell, unsigned int cellCount, unsigned long long *counts,
                          unsigned int flags)
{
    struct world *world = world_of(conn);
    unsigned int cells = world->cells;
    int n = 0;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    if (startCell < 0 || (unsigned int)startCell >= cells || cellCount > cells - startCell) {
        test_error(INVALID_ARG,
                   "Range exceeds available cells: %u cells from %d on, the host has %u", cellCount,
                   startCell, cells);
        return -1;
    }
    lock_guard(&world->lock);
    for (unsigned int cell = startCell; cell < startCell + cellCount; cell++)
        for (unsigned int i = 0; i < npages; i++)
            counts[n++] = free_pages(world, cell, pages[i]);
    return n;
}

static void put_cell(GString *out, struct world *world, unsigned int cell, unsigned int cpus)
{
    g_string_append_printf(out,
                           "        <cell id='%u'>\n"
                           "          <memory unit='KiB'>%llu</memory>\n"
                           "          <pages unit='KiB' size='%u'>%llu</pages>\n"
                           "          <pages unit='KiB' size='%u'>%llu</pages>\n"
                           "          <pages unit='KiB' size='%u'>%llu</pages>\n"
                           "          <cpus num='%u'>\n",
                           cell, cell_memory(cell), small_page(cell),
                           cell_memory(cell) / small_page(cell), huge_page_sizes[0],
                           huge_pages(world, cell, 0), huge_page_sizes[1],
                           huge_pages(world, cell, 1), cpus);
    for (unsigned int i = 0; i < cpus; i++)
        g_string_append_printf(
            out,
            "            <cpu id='%u' socket_id='%u' die_id='0' core_id='%u' siblings='%u'/>\n",
            cell * cpus + i, cell, i, cell * cpus + i);
    g_string_append(out, "          </cpus>\n        </cell>\n");
}

static void put_host(GString *out, struct world *world)
{
    const virNodeInfo *node = &world->node;
    unsigned int cpus = node->sockets * node->cores * node->threads;

    g_string_append_printf(
        out,
        "  <host>\n"
        "    <cpu>\n"
        "      <arch>i686</arch>\n"
        "      <features>\n        <pae/>\n        <nonpae/>\n      </features>\n"
        "      <pages unit='KiB' size='4'/>\n"
        "      <pages unit='KiB' size='8'/>\n"
        "      <pages unit='KiB' size='2048'/>\n"
        "      <pages unit='KiB' size='1048576'/>\n"
        "    </cpu>\n"
        "    <power_management/>\n"
        "    <iommu support='no'/>\n"
        "    <topology>\n"
        "      <cells num='%u'>\n",
        world->cells);
    for (unsigned int cell = 0; cell < world->cells; cell++)
        put_cell(out, world, cell, cpus);
    g_string_append(out, "      </cells>\n"
                         "    </topology>\n"
                         "    <secmodel>\n"
                         "      <model>testSecurity</model>\n"
                         "      <doi></doi>\n"
                         "    </secmodel>\n"
                         "  </host>\n\n");
}

static void put_guest(GString *out, const char *os_type)
{
    g_string_append_printf(out,
                           "  <guest>\n"
                           "    <os_type>%s</os_type>\n"
                           "    <arch name='i686'>\n"
                           "      <wordsize>32</wordsize>\n"
                           "      <emulator>/usr/bin/test-hv</emulator>\n"
                           "      <domain type='test'/>\n"
                           "    </arch>\n"
                           "    <features>\n      <pae/>\n      <nonpae/>\n    </features>\n"
                           "  </guest>\n\n",
                           os_type);
}

char *test_connectGetCapabilities(virConnectPtr conn)
{
    struct world *world = world_of(conn);
    GString *out = g_string_new("<capabilities>\n\n");

    lock_guard(&world->lock);
    put_host(out, world);
    put_guest(out, "hvm");
    put_guest(out, "xen");
    g_string_append(out, "</capabilities>\n");
    return g_string_free(out, FALSE);
}
