/* Cells: processors and memory that are near each other; memory that is plugged in. */
#include "core/drivers/qemu/command/ram.h"

#include <string.h>

#include "core/conf/domain/machine.h"

static int build_cell_memory(struct builder *build, const struct domain_cell *cell)
{
    g_autofree char *id = g_strdup_printf("ram-node%u", cell->id);
    struct ram_request request = {.id = id,
                                  .kib = rounded_kib(cell->memory),
                                  .cell = (int)cell->id,
                                  .access = cell->mem_access,
                                  .discard = cell->discard};

    return add_json(build, "-object", object_ram(build->doc, build->launch, &request));
}

/* "0-1,4" is said as several values of one name. */
static void append_cpus(GString *text, const char *cpus)
{
    g_autofree struct cpu_set *set = g_new0(struct cpu_set, 1);
    g_autofree char *canonical = NULL;
    g_auto(GStrv) ranges = NULL;

    if (!cpus || cpu_set_parse(set, cpus) < 0)
        return;
    canonical = cpu_set_format(set);
    ranges = g_strsplit(canonical, ",", -1);
    for (char **range = ranges; *range; range++)
        g_string_append_printf(text, ",cpus=%s", *range);
}

static void build_cell(struct builder *build, const struct domain_cell *cell)
{
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_printf(text, "node,nodeid=%u", cell->id);
    append_cpus(text, cell->cpus);
    if (cell->memory)
        g_string_append_printf(text, ",memdev=ram-node%u", cell->id);
    add_option(build, "-numa", text->str);
}

static void build_distances(struct builder *build, const struct domain_cell *cell)
{
    for (size_t i = 0; i < cell->distances.n_siblings; i++)
        add_optionf(build, "-numa", "dist,src=%u,dst=%u,val=%u", cell->id,
                    cell->distances.siblings[i].id, cell->distances.siblings[i].value);
}

int build_numa(struct builder *build)
{
    const struct domain_cpu_numa *numa = &build->doc->cpu.numa;

    for (size_t i = 0; i < numa->n_cells; i++) {
        if (numa->cells[i].memory && build_cell_memory(build, &numa->cells[i]) < 0)
            return -1;
        build_cell(build, &numa->cells[i]);
    }
    for (size_t i = 0; i < numa->n_cells; i++)
        build_distances(build, &numa->cells[i]);
    return 0;
}

/* ---- modules */

static const char *const module_drivers[] = {
    [DOMAIN_MEMORY_DEVICE_MODEL_DIMM] = "pc-dimm",
    [DOMAIN_MEMORY_DEVICE_MODEL_NVDIMM] = "nvdimm",
    [DOMAIN_MEMORY_DEVICE_MODEL_VIRTIO_PMEM] = "virtio-pmem-pci",
    [DOMAIN_MEMORY_DEVICE_MODEL_VIRTIO_MEM] = "virtio-mem-pci",
};

json_t *object_props_memory(const struct domain *doc, const struct domain_memory_device *memory,
                            const struct launch *launch)
{
    g_autofree char *id = g_strdup_printf("mem%s", memory->alias.name);
    struct ram_request request = {.id = id,
                                  .kib = memory->target.size,
                                  .cell = memory->target.has_node ? (int)memory->target.node : -1,
                                  .access = memory->access,
                                  .discard = memory->discard,
                                  .path = memory->source.path,
                                  .nodeset = memory->source.nodemask,
                                  .page_kib = memory->source.pagesize,
                                  .align_kib = memory->source.alignsize,
                                  .prealloc = memory->source.path != NULL,
                                  .pmem = memory->source.pmem};

    return object_ram(doc, launch, &request);
}

json_t *device_props_memory(const struct domain *doc, const struct domain_memory_device *memory,
                            const struct launch *launch)
{
    const char *driver = module_drivers[memory->model];
    json_t *props;

    if (!driver) {
        refuse("memory devices of model '%s' are not supported here",
               doc_word(&domain_memory_device_model_words, memory->model));
        return NULL;
    }
    props = props_of("driver", driver);
    if (memory->target.has_node)
        prop_uint(props, "node", memory->target.node);
    if (memory->target.label.size)
        prop_uint(props, "label-size", memory->target.label.size * 1024);
    if (memory->target.has_block)
        prop_uint(props, "block-size", memory->target.block * 1024);
    if (memory->target.has_requested)
        prop_uint(props, "requested-size", memory->target.requested * 1024);
    prop_string(props, "uuid", memory->uuid);
    if (memory->target.readonly)
        prop_bool(props, "unarmed", true);
    prop_format(props, "memdev", "mem%s", memory->alias.name);
    return device_finish(doc, launch, props, (const struct domain_info *)&memory->alias,
                         &memory->address);
}

int build_memories(struct builder *build)
{
    const struct domain_devices *devices = &build->doc->devices;

    for (size_t i = 0; i < devices->n_memories; i++) {
        const struct domain_memory_device *memory = &devices->memories[i];

        if (add_json(build, "-object", object_props_memory(build->doc, memory, build->launch)) <
                0 ||
            add_device(build, device_props_memory(build->doc, memory, build->launch)) < 0)
            return -1;
    }
    return 0;
}
