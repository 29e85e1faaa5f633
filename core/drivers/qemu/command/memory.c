/* Memory: how much, of what, and what can be added while the guest runs. */
#include "core/drivers/qemu/command/props.h"

#include "core/conf/domain/machine.h"
#include "core/drivers/qemu/caps/caps.h"
#include "core/drivers/qemu/command/ram.h"

enum { KIB_A_MIB = 1024 };

unsigned long long rounded_kib(unsigned long long kib)
{
    return (kib + KIB_A_MIB - 1) / KIB_A_MIB * KIB_A_MIB;
}

/* Cells are counted one by one. */
static unsigned long long cells_kib(const struct domain *doc)
{
    unsigned long long total = 0;

    for (size_t i = 0; i < doc->cpu.numa.n_cells; i++)
        total += rounded_kib(doc->cpu.numa.cells[i].memory);
    return total;
}

static unsigned long long initial_kib(const struct domain *doc)
{
    unsigned long long total = doc->memory.text;

    if (cells_kib(doc))
        return cells_kib(doc);
    for (size_t i = 0; i < doc->devices.n_memories; i++)
        total -= MIN(total, doc->devices.memories[i].target.size);
    return total;
}

static void set_nodes(json_t *props, const char *nodeset, const char *policy)
{
    json_t *nodes = json_array();
    struct cpu_set *set = g_new0(struct cpu_set, 1);

    if (cpu_set_parse(set, nodeset) == 0)
        for (unsigned i = 0; i < CPU_SET_SIZE; i++)
            if (cpu_set_has(set, i))
                json_array_append_new(nodes, json_integer(i));
    g_free(set);
    json_object_set_new(props, "host-nodes", nodes);
    prop_string(props, "policy", policy);
}

static const char *policy_of(unsigned mode)
{
    switch (mode) {
    case DOMAIN_NUMATUNE_MEMORY_MODE_PREFERRED:
        return "preferred";
    case DOMAIN_NUMATUNE_MEMORY_MODE_INTERLEAVE:
        return "interleave";
    case DOMAIN_NUMATUNE_MEMORY_MODE_RESTRICTIVE:
        return NULL;
    default:
        return "bind";
    }
}

static void add_policy(const struct domain *doc, json_t *props, int cell, const char *own)
{
    const struct domain_numatune *tune = &doc->numatune;
    const char *nodeset = own, *policy = policy_of(tune->memory.mode);

    for (size_t i = 0; !nodeset && cell >= 0 && i < tune->n_memnodes; i++) {
        if (tune->memnodes[i].cellid != (unsigned)cell)
            continue;
        nodeset = tune->memnodes[i].nodeset;
        policy = policy_of(tune->memnodes[i].mode);
    }
    if (!nodeset && tune->memory.placement != DOMAIN_NUMATUNE_MEMORY_PLACEMENT_AUTO)
        nodeset = tune->memory.nodeset;
    if (nodeset && policy)
        set_nodes(props, nodeset, policy);
}

/* The size of the pages that a cell stands on; 0: those of any memory. */
static unsigned long long page_kib(const struct domain *doc, int cell)
{
    const struct domain_memory_backing_hugepages *huge = doc->memory_backing.hugepages;
    unsigned long long general = 0;

    if (!huge)
        return 0;
    if (!huge->n_pages)
        return DEFAULT_HUGEPAGE_KIB;
    for (size_t i = 0; i < huge->n_pages; i++) {
        unsigned long long size = huge->pages[i].size;

        if (!huge->pages[i].nodeset) {
            general = size ? size : DEFAULT_HUGEPAGE_KIB;
        } else if (cell >= 0) {
            g_autofree struct cpu_set *set = g_new0(struct cpu_set, 1);

            if (cpu_set_parse(set, huge->pages[i].nodeset) == 0 && cpu_set_has(set, (unsigned)cell))
                return size ? size : DEFAULT_HUGEPAGE_KIB;
        }
    }
    return general;
}

static enum tristate shared_of(const struct domain *doc, unsigned access)
{
    unsigned mode = access ? access : doc->memory_backing.access.mode;

    if (mode == DOMAIN_MEMORY_BACKING_ACCESS_MODE_SHARED)
        return TRISTATE_YES;
    return mode ? TRISTATE_NO : TRISTATE_ABSENT;
}

/* Memory that others are to see as well needs something with a descriptor. */
static bool wants_memfd(const struct domain *doc, const struct launch *launch,
                        const struct ram_request *request, unsigned long long huge)
{
    unsigned source = doc->memory_backing.source.type;

    if (source == DOMAIN_MEMORY_BACKING_SOURCE_TYPE_MEMFD)
        return true;
    return !source && !huge && shared_of(doc, request->access) == TRISTATE_YES &&
           (!launch->caps || caps_has(launch->caps, CAPS_MEMFD));
}

/* What one piece of memory stands on: files of huge pages, a memfd, a file, or nothing. */
static json_t *backend_kind(const struct domain *doc, const struct launch *launch,
                            const struct ram_request *request, unsigned long long huge)
{
    json_t *props;

    if (request->path) {
        props = props_of("qom-type", "memory-backend-file");
        prop_string(props, "id", request->id);
        prop_string(props, "mem-path", request->path);
    } else if (wants_memfd(doc, launch, request, huge)) {
        props = props_of("qom-type", "memory-backend-memfd");
        prop_string(props, "id", request->id);
        if (huge) {
            prop_bool(props, "hugetlb", true);
            prop_uint(props, "hugetlbsize", huge * 1024);
        }
    } else if (huge || doc->memory_backing.source.type == DOMAIN_MEMORY_BACKING_SOURCE_TYPE_FILE) {
        props = props_of("qom-type", "memory-backend-file");
        prop_string(props, "id", request->id);
        if (huge)
            prop_format(props, "mem-path", "/dev/hugepages/%s-%s", doc->name, request->id);
        else
            prop_format(props, "mem-path", "%s/%s", launch->folder ? launch->folder : "",
                        request->id);
    } else {
        props = props_of("qom-type", "memory-backend-ram");
        prop_string(props, "id", request->id);
    }
    return props;
}

static bool wants_immediate(const struct domain *doc)
{
    return doc->memory_backing.allocation.mode == DOMAIN_MEMORY_BACKING_ALLOCATION_MODE_IMMEDIATE;
}

json_t *object_ram(const struct domain *doc, const struct launch *launch,
                   const struct ram_request *request)
{
    unsigned long long huge = request->path       ? 0
                              : request->page_kib ? request->page_kib
                                                  : page_kib(doc, request->cell);
    json_t *props = backend_kind(doc, launch, request, huge);
    const char *kind = json_string_value(json_object_get(props, "qom-type"));
    enum tristate shared = shared_of(doc, request->access);

    if (g_strcmp0(kind, "memory-backend-ram") || shared == TRISTATE_YES)
        prop_tristate(props, "share", shared);
    if (request->main && g_strcmp0(kind, "memory-backend-ram"))
        prop_bool(props, "x-use-canonical-path-for-ramblock-id", false);
    if (!g_strcmp0(kind, "memory-backend-file") &&
        (request->discard ? request->discard == TRISTATE_YES : doc->memory_backing.discard))
        prop_bool(props, "discard-data", true);
    if (request->prealloc || huge || wants_immediate(doc))
        prop_bool(props, "prealloc", true);
    if (doc->memory_backing.allocation.threads && json_object_get(props, "prealloc"))
        prop_uint(props, "prealloc-threads", doc->memory_backing.allocation.threads);
    prop_uint(props, "size", request->kib * 1024);
    if (request->align_kib)
        prop_uint(props, "align", request->align_kib * 1024);
    if (request->pmem)
        prop_bool(props, "pmem", true);
    add_policy(doc, props, request->cell, request->nodeset);
    return props;
}

static int build_main_memory(struct builder *build)
{
    const struct domain *doc = build->doc;
    const struct qemu_machine *machine =
        build->launch->caps ? caps_machine(build->launch->caps, doc->os.type.machine) : NULL;
    struct ram_request request = {.kib = rounded_kib(initial_kib(doc)), .cell = -1, .main = true};

    if (doc->cpu.numa.n_cells || !machine || !machine->default_ram)
        return 0;
    request.id = machine->default_ram;
    return add_json(build, "-object", object_ram(doc, build->launch, &request));
}

int build_memory(struct builder *build)
{
    const struct domain *doc = build->doc;
    unsigned long long kib = rounded_kib(initial_kib(doc));

    if (doc->max_memory.has_text)
        add_optionf(build, "-m", "size=%lluk,slots=%u,maxmem=%lluk", kib, doc->max_memory.slots,
                    rounded_kib(doc->max_memory.text));
    else
        add_optionf(build, "-m", "%llu", kib / KIB_A_MIB);
    if (build_main_memory(build) < 0)
        return -1;
    add_option(build, "-overcommit", doc->memory_backing.locked ? "mem-lock=on" : "mem-lock=off");
    return 0;
}
