#include "core/conf/domain/machine.h"

#include <string.h>

/* In KiB: as many bytes as a signed number of 64 bits can count. Limits of this size are none. */
#define MEMORY_MAX 9007199254740991ULL

static int refuse(const struct doc_call *call, const char *text)
{
    doc_error(call, VIR_ERR_XML_ERROR, "%s", text);
    return -1;
}

static int check_size(unsigned long long size, const struct doc_call *call)
{
    if (size <= MEMORY_MAX)
        return 0;
    doc_error(call, VIR_ERR_OVERFLOW, "value too large: %llu KiB, at most %llu", size, MEMORY_MAX);
    return -1;
}

/* A wrapped sum is larger than any total. */
static unsigned long long add(unsigned long long a, unsigned long long b)
{
    return a + b < a ? ~0ULL : a + b;
}

static unsigned long long cell_memory(const struct domain *def)
{
    unsigned long long sum = 0;

    for (size_t i = 0; i < def->cpu.numa.n_cells; i++)
        sum = add(sum, def->cpu.numa.cells[i].memory);
    return sum;
}

static unsigned long long device_memory(const struct domain *def)
{
    unsigned long long sum = 0;

    for (size_t i = 0; i < def->devices.n_memories; i++)
        sum = add(sum, def->devices.memories[i].target.size);
    return sum;
}

static int check_max_memory(const struct domain *def, const struct doc_call *call)
{
    const struct domain_max_memory *max = &def->max_memory;

    if (!max->text != !max->slots)
        return refuse(call, "both maximum memory size and memory slot count must be specified");
    if (max->text && max->text < def->memory.text)
        return refuse(call, "maximum memory size must be equal or greater than the actual memory "
                            "size");
    return 0;
}

/* The total counts what is there at first and what is plugged in. */
int domain_complete_memory(struct domain *def, const struct doc_call *call)
{
    unsigned long long devices = device_memory(def);

    if (check_size(def->memory.text, call) < 0 || check_size(def->current_memory, call) < 0 ||
        check_size(def->max_memory.text, call) < 0)
        return -1;
    if (!def->memory.text && def->cpu.numa.n_cells)
        def->memory.text = add(cell_memory(def), devices);
    if (def->memory.text && devices > def->memory.text)
        return refuse(call, "Total size of memory devices exceeds the total memory size");
    if (def->memory.text == devices)
        return refuse(call, "Memory size must be specified via <memory> or in the <numa> "
                            "configuration");
    def->memory.has_text = true;
    if (!def->current_memory || def->current_memory > def->memory.text)
        def->current_memory = def->memory.text;
    def->has_current_memory = true;
    return check_max_memory(def, call);
}

static void drop_unlimited(unsigned long long *limit, bool *has)
{
    if (*has && *limit >= MEMORY_MAX) {
        *has = false;
        *limit = 0;
    }
}

int domain_hook_memtune(void *part, const struct doc_call *call)
{
    struct domain_memtune *tune = part;
    bool has_minimum = true;

    if (check_size(tune->hard_limit, call) < 0 || check_size(tune->soft_limit, call) < 0 ||
        check_size(tune->swap_hard_limit, call) < 0 || check_size(tune->min_guarantee, call) < 0)
        return -1;
    drop_unlimited(&tune->hard_limit, &tune->has_hard_limit);
    drop_unlimited(&tune->soft_limit, &tune->has_soft_limit);
    drop_unlimited(&tune->swap_hard_limit, &tune->has_swap_hard_limit);
    drop_unlimited(&tune->min_guarantee, &has_minimum);
    return 0;
}

/* ---- huge pages */

/* Pages without nodes are for all that no other ones are for; where there are none to tell apart,
 * the first one's are as well. */
static bool is_master(const struct domain *def,
                      const struct domain_memory_backing_hugepages_pages *page)
{
    return !page->nodeset || (def->cpu.numa.n_cells == 0 && !strcmp(page->nodeset, "0"));
}

static int check_page(const struct domain *def, size_t at, const struct doc_call *call)
{
    const struct domain_memory_backing_hugepages *huge = def->memory_backing.hugepages;
    const struct domain_memory_backing_hugepages_pages *page = &huge->pages[at], *other;
    struct cpu_set set = {0}, used;

    if (is_master(def, page)) {
        for (size_t i = 0; i < at; i++) {
            if (is_master(def, &huge->pages[i])) {
                doc_error(call, VIR_ERR_XML_DETAIL, "two master hugepages detected: %llu and %llu",
                          page->size, huge->pages[i].size);
                return -1;
            }
        }
        return 0;
    }
    if (page->nodeset && cpu_set_parse(&set, page->nodeset) < 0)
        return -1;
    for (size_t i = 0; i < at; i++) {
        other = &huge->pages[i];
        if (!is_master(def, other) && cpu_set_parse(&used, other->nodeset) == 0 &&
            cpu_set_overlap(&set, &used)) {
            doc_error(call, VIR_ERR_XML_DETAIL,
                      "nodeset attribute of hugepages of sizes %llu and %llu intersect", page->size,
                      other->size);
            return -1;
        }
    }
    return 0;
}

static int check_nodes(const struct domain *def, const char *nodeset, const struct doc_call *call)
{
    struct cpu_set set;

    if (cpu_set_parse(&set, nodeset) < 0)
        return -1;
    for (unsigned node = MAX(1, def->cpu.numa.n_cells); node < CPU_SET_SIZE; node++) {
        if (cpu_set_has(&set, node)) {
            doc_error(call, VIR_ERR_XML_DETAIL, "hugepages: node %u not found", node);
            return -1;
        }
    }
    return 0;
}

int domain_check_page_sizes(struct domain *def, const struct doc_call *call)
{
    const struct domain_memory_backing_hugepages *huge = def->memory_backing.hugepages;

    for (size_t i = 0; huge && i < huge->n_pages; i++) {
        if (!huge->pages[i].size) {
            doc_error(call, VIR_ERR_XML_DETAIL, "hugepage size can't be zero");
            return -1;
        }
    }
    return 0;
}

int domain_check_hugepages(struct domain *def, const struct doc_call *call)
{
    struct domain_memory_backing_hugepages *huge = def->memory_backing.hugepages;

    for (size_t i = 0; huge && i < huge->n_pages; i++) {
        if (check_page(def, i, call) < 0 ||
            (huge->pages[i].nodeset && check_nodes(def, huge->pages[i].nodeset, call) < 0))
            return -1;
    }
    /* One node needs no naming. */
    if (huge && huge->n_pages == 1 && !def->cpu.numa.n_cells)
        g_clear_pointer(&huge->pages[0].nodeset, g_free);
    return 0;
}

/* ---- block i/o */

static bool sets_anything(const struct domain_blkiotune_devices *device)
{
    return device->weight || device->read_iops_sec || device->write_iops_sec ||
           device->read_bytes_sec || device->write_bytes_sec;
}

int domain_hook_blkio_device(void *part, const struct doc_call *call)
{
    struct domain_blkiotune_devices *device = part;

    if (device->path)
        return 0;
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "missing per-device path");
    return -1;
}

int domain_complete_blkio(struct domain *def, const struct doc_call *call)
{
    struct domain_blkiotune *tune = &def->blkiotune;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    size_t kept = 0;

    for (size_t i = 0; i < tune->n_devices; i++) {
        if (!g_hash_table_add(seen, tune->devices[i].path)) {
            doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "duplicate blkio device path '%s'",
                      tune->devices[i].path);
            return -1;
        }
    }
    g_hash_table_remove_all(seen);
    for (size_t i = 0; i < tune->n_devices; i++) {
        if (sets_anything(&tune->devices[i]))
            tune->devices[kept++] = tune->devices[i];
        else
            g_free(tune->devices[i].path);
    }
    tune->n_devices = kept;
    return 0;
}
