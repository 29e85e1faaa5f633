#include "core/host/processor.h"

#include <string.h>

#include "core/conf/cpu/family.h"
#include "core/conf/cpu/tables.h"
#include "core/host/node.h"
#include "core/host/sysfs.h"
#include "core/host/topology.h"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

/* ---- what the processor says of itself ---- */

static bool has_feature(const struct cpu_feature *feature)
{
    unsigned eax, ebx, ecx, edx, value;

    /* registers that only the kernel reads are left out */
    if (feature->where < CPU_IN_EAX || feature->where > CPU_IN_EDX ||
        !__get_cpuid_count(feature->leaf, feature->subleaf, &eax, &ebx, &ecx, &edx))
        return false;
    value = feature->where == CPU_IN_EAX   ? eax
            : feature->where == CPU_IN_EBX ? ebx
            : feature->where == CPU_IN_ECX ? ecx
                                           : edx;
    return value >> feature->bit & 1;
}

static struct cpu_set read_features(void)
{
    struct cpu_set set = {{0}};

    for (unsigned i = 0; i < cpu_x86_table.n_features; i++)
        if (has_feature(&cpu_x86_table.features[i]))
            cpu_set_add(&set, i);
    return set;
}

static const struct cpu_maker *read_maker(void)
{
    unsigned eax, ebx, ecx, edx;
    char letters[13] = "";

    if (!__get_cpuid(0, &eax, &ebx, &ecx, &edx))
        return NULL;
    memcpy(letters, &ebx, 4);
    memcpy(letters + 4, &edx, 4);
    memcpy(letters + 8, &ecx, 4);
    for (unsigned i = 0; i < cpu_x86_table.n_makers; i++)
        if (strcmp(cpu_x86_table.makers[i].reads, letters) == 0)
            return &cpu_x86_table.makers[i];
    return NULL;
}

static void read_signature(struct cpu *cpu)
{
    unsigned eax, ebx, ecx, edx, family, model;

    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx))
        return;
    family = eax >> 8 & 15;
    model = eax >> 4 & 15;
    if (family == 6 || family == 15)
        model += (eax >> 16 & 15) << 4;
    if (family == 15)
        family += eax >> 20 & 255;
    cpu->signature = (struct cpu_signature){family, model, true, eax & 15, true};
    if (__get_cpuid(0x80000008, &eax, &ebx, &ecx, &edx)) {
        cpu->maxphysaddr.mode = CPU_MAXPHYSADDR_MODE_EMULATE;
        cpu->maxphysaddr.bits = eax & 255;
    }
}

/* The model that says most of it: all that it has, the host has too. */
static const struct cpu_known *find_model(struct cpu_set features, const struct cpu_maker *maker)
{
    const struct cpu_known *best = NULL;
    unsigned best_rest = 0;

    for (unsigned i = cpu_x86_table.n_models; i-- > 0;) {
        const struct cpu_known *model = &cpu_x86_table.models[i];
        unsigned rest = cpu_set_count(cpu_set_less(features, model->features));

        if (!model->for_host || (maker && model->maker && model->maker != maker) ||
            !cpu_set_empty(cpu_set_less(model->features, features)))
            continue;
        if (!best || rest < best_rest) {
            best = model;
            best_rest = rest;
        }
    }
    return best;
}

static void read_processor(struct cpu *cpu)
{
    struct cpu_set features = read_features(), rest;
    const struct cpu_maker *maker = read_maker();
    const struct cpu_known *model = find_model(features, maker);

    rest = model ? cpu_set_less(features, model->features) : features;
    if (model)
        cpu->model.text = g_strdup(model->name);
    if (maker)
        cpu->vendor = g_strdup(maker->name);
    for (unsigned i = 0; model && i < cpu_x86_table.n_features; i++)
        if (cpu_set_has(&rest, i))
            cpu_say(cpu, cpu_x86_table.features[i].name, 0);
    read_signature(cpu);
}

#else

static void read_processor(struct cpu *cpu) {}

#endif

static void read_microcode(struct cpu *cpu)
{
    g_autofree char *text = sysfs_text("/proc/cpuinfo");
    const char *line = text ? strstr(text, "\nmicrocode") : NULL;

    line = line ? strchr(line, ':') : NULL;
    if (line)
        cpu->microcode = (struct cpu_microcode){.version = g_ascii_strtoull(line + 2, NULL, 0),
                                                .has_version = true};
}

static void read_topology(struct cpu *cpu)
{
    g_autoptr(host_topology) topology = host_topology_read();

    cpu->topology.sockets = topology->even ? topology->sockets : 1;
    cpu->topology.dies = topology->even ? topology->dies : 1;
    cpu->topology.cores = topology->even ? topology->cores : topology->online;
    cpu->topology.threads = topology->even ? topology->threads : 1;
    cpu->pages = g_new0(struct cpu_pages, topology->pages->len + 1);
    for (unsigned i = 0; i < topology->pages->len; i++, cpu->n_pages++) {
        cpu->pages[i].unit = g_strdup("KiB");
        cpu->pages[i].size = g_array_index(topology->pages, unsigned, i);
        cpu->pages[i].has_size = true;
    }
}

struct cpu *host_processor(void)
{
    struct cpu *cpu = g_new0(struct cpu, 1);

    cpu->arch = doc_word_value(&cpu_arch_words, host_arch());
    read_processor(cpu);
    read_microcode(cpu);
    read_topology(cpu);
    return cpu;
}
