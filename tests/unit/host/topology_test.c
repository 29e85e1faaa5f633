/* Hosts of other shapes than the one that the tests run on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <string.h>

#include "core/host/node.h"
#include "core/host/sysfs.h"
#include "core/host/topology.h"
#include "core/object/error.h"

static char *folder;

static void put(const char *text, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void put(const char *text, const char *format, ...)
{
    g_autofree char *name = NULL, *path = NULL, *parent = NULL;
    va_list args;

    va_start(args, format);
    name = g_strdup_vprintf(format, args);
    va_end(args);
    path = g_build_filename(folder, name, NULL);
    parent = g_path_get_dirname(path);
    assert_int_equal(g_mkdir_with_parents(parent, 0700), 0);
    assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void put_cpu(unsigned cpu, unsigned socket, unsigned core, const char *siblings)
{
    g_autofree char *socket_text = g_strdup_printf("%u\n", socket);
    g_autofree char *core_text = g_strdup_printf("%u\n", core);

    put("1\n", "sys/devices/system/cpu/cpu%u/online", cpu);
    put(socket_text, "sys/devices/system/cpu/cpu%u/topology/physical_package_id", cpu);
    put("0\n", "sys/devices/system/cpu/cpu%u/topology/die_id", cpu);
    put(core_text, "sys/devices/system/cpu/cpu%u/topology/core_id", cpu);
    put(siblings, "sys/devices/system/cpu/cpu%u/topology/thread_siblings_list", cpu);
}

/* Two nodes of two cores of two threads each. */
static void put_large_host(void)
{
    for (unsigned cpu = 0; cpu < 8; cpu++) {
        g_autofree char *siblings = g_strdup_printf("%u,%u\n", cpu % 4, cpu % 4 + 4);

        put_cpu(cpu, cpu % 4 / 2, cpu % 2, siblings);
    }
    for (unsigned node = 0; node < 2; node++) {
        put(node ? "2-3,6-7\n" : "0-1,4-5\n", "sys/devices/system/node/node%u/cpulist", node);
        put(node ? "20 10\n" : "10 20\n", "sys/devices/system/node/node%u/distance", node);
        put(node ? "Node 1 MemTotal:  2048 kB\nNode 1 MemFree:  1024 kB\n"
                 : "Node 0 MemTotal:  4096 kB\nNode 0 MemFree:  512 kB\n",
            "sys/devices/system/node/node%u/meminfo", node);
        put(node ? "3\n" : "0\n",
            "sys/devices/system/node/node%u/hugepages/hugepages-2048kB/free_hugepages", node);
    }
    put("0-7\n", "sys/devices/system/cpu/present");
    put("0-5,7\n", "sys/devices/system/cpu/online");
    put("1\n", "sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages");
    put("MemTotal: 6144 kB\nMemFree: 1536 kB\nBuffers: 7 kB\nCached: 8 kB\n", "proc/meminfo");
    put("cpu  1 2 3 4 5 6 7\ncpu0 1 1 1 1 1 1 1\n", "proc/stat");
}

static int set_up(void **state)
{
    folder = g_dir_make_tmp("host-XXXXXX", NULL);
    sysfs_root = folder;
    return 0;
}

static void remove_all(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *child = g_build_filename(path, name, NULL);

        if (g_file_test(child, G_FILE_TEST_IS_DIR))
            remove_all(child);
        else
            g_unlink(child);
    }
    if (dir)
        g_dir_close(dir);
    g_rmdir(path);
}

static int tear_down(void **state)
{
    remove_all(folder);
    g_free(folder);
    sysfs_root = "";
    error_reset();
    return 0;
}

static void lists_are_read_and_written(void **state)
{
    g_autoptr(GArray) list = sysfs_list("0-2,5,7-8\n");
    g_autoptr(GArray) none = sysfs_list("nonsense");
    g_autoptr(GArray) wide = sysfs_list("65530-99999999999");
    g_autofree char *text = sysfs_list_text((unsigned *)list->data, list->len);

    assert_int_equal(list->len, 6);
    assert_string_equal(text, "0-2,5,7-8");
    assert_int_equal(none->len, 0);
    assert_int_equal(wide->len, 6);
}

static void nodes_cores_and_threads_are_counted(void **state)
{
    g_autoptr(host_topology) topology = NULL;
    virNodeInfo info;

    put_large_host();
    topology = host_topology_read();
    assert_int_equal(topology->n_nodes, 2);
    assert_int_equal(topology->nodes[1].n_cpus, 4);
    assert_int_equal(topology->nodes[1].memory, 2048);
    assert_int_equal(g_array_index(topology->nodes[1].distances, unsigned, 0), 20);
    assert_string_equal(topology->nodes[0].cpus[2].siblings, "0,4");
    assert_int_equal(host_pages(&topology->nodes[1], 2048, true), 3);
    assert_true(topology->even);
    assert_int_equal(host_get_info(&info), 0);
    assert_int_equal(info.cpus, 8);
    assert_int_equal(info.nodes, 2);
    assert_int_equal(info.sockets, 1);
    assert_int_equal(info.cores, 2);
    assert_int_equal(info.threads, 2);
    assert_int_equal(info.memory, 6144);
}

static void what_does_not_come_out_even_is_told_flat(void **state)
{
    virNodeInfo info;

    put_large_host();
    put("0\n", "sys/devices/system/cpu/cpu6/online");
    assert_int_equal(host_get_info(&info), 0);
    assert_int_equal(info.cpus, 7);
    assert_int_equal(info.nodes * info.sockets * info.cores * info.threads, 7);
}

static void a_kernel_without_nodes_has_one(void **state)
{
    g_autoptr(host_topology) topology = NULL;

    put("MemTotal: 100 kB\n", "proc/meminfo");
    put_cpu(0, 0, 0, "0\n");
    put_cpu(1, 0, 1, "1\n");
    topology = host_topology_read();
    assert_int_equal(topology->n_nodes, 1);
    assert_false(topology->nodes[0].real);
    assert_int_equal(topology->nodes[0].n_cpus, 2);
    assert_int_equal(topology->nodes[0].memory, 100);
    assert_int_equal(topology->cores, 2);
}

static void maps_and_memory_are_told(void **state)
{
    g_autofree unsigned char *map = NULL;
    unsigned online, sizes[] = {2048}, wrong[] = {77};
    unsigned long long free[4], counts[2];
    virNodeMemoryStats stats[4];
    int n = 4;

    put_large_host();
    assert_int_equal(host_get_cpu_map(&map, &online), 8);
    assert_int_equal(map[0], 0xbf);
    assert_int_equal(online, 7);
    assert_int_equal(host_get_cells_free(free, 0, 4), 2);
    assert_int_equal(free[0], 512 * 1024);
    assert_int_equal(free[1], 1024 * 1024);
    assert_int_equal(host_get_cells_free(free, 2, 4), -1);
    assert_int_equal(host_get_memory_stats(1, stats, &n), 0);
    assert_int_equal(n, 2);
    assert_int_equal(stats[0].value, 2048);
    assert_int_equal(host_get_free_pages(1, sizes, 0, 2, counts), 2);
    assert_int_equal(counts[1], 3);
    assert_int_equal(host_get_free_pages(1, sizes, -1, 1, counts), 1);
    assert_int_equal(counts[0], 3);
    assert_int_equal(host_get_free_pages(1, wrong, 0, 1, counts), -1);
    assert_int_equal(error_code(), VIR_ERR_OPERATION_FAILED);
    assert_int_equal(host_get_memory_stats(2, stats, &n), -1);
    assert_int_equal(error_code(), VIR_ERR_INVALID_ARG);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(lists_are_read_and_written),
        TEST(nodes_cores_and_threads_are_counted),
        TEST(what_does_not_come_out_even_is_told_flat),
        TEST(a_kernel_without_nodes_has_one),
        TEST(maps_and_memory_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
