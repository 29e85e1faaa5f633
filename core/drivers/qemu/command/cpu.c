/* Processors: model, features, topology. */
#include "core/drivers/qemu/command/props.h"

#include <string.h>

#include "core/drivers/qemu/caps/caps.h"

/* Features whose names differ by more than dashes. */
static const struct {
    const char *ours, *qemu;
} feature_names[] = {
    {"pclmuldq", "pclmulqdq"},
    {"sse4_1", "sse4.1"},
    {"sse4_2", "sse4.2"},
};

static void add_feature_name(GString *text, const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(feature_names); i++) {
        if (!strcmp(feature_names[i].ours, name)) {
            g_string_append(text, feature_names[i].qemu);
            return;
        }
    }
    for (; *name; name++)
        g_string_append_c(text, *name == '_' ? '-' : *name);
}

/* What the host's processor shows of itself, and no guest can be given. */
static bool is_host_only(const char *name)
{
    static const char *const names[] = {"cmt", "mbm_total", "mbm_local", "osxsave", "ospke", NULL};

    return g_strv_contains(names, name);
}

static void add_features(GString *text, const struct domain_cpu *cpu)
{
    for (size_t i = 0; i < cpu->n_features; i++) {
        bool on = cpu->features[i].policy == DOMAIN_CPU_FEATURES_POLICY_FORCE ||
                  cpu->features[i].policy == DOMAIN_CPU_FEATURES_POLICY_REQUIRE;

        if (cpu->features[i].policy == DOMAIN_CPU_FEATURES_POLICY_OPTIONAL ||
            is_host_only(cpu->features[i].name))
            continue;
        g_string_append_c(text, ',');
        add_feature_name(text, cpu->features[i].name);
        g_string_append(text, on ? "=on" : "=off");
    }
}

static void add_model(GString *text, const struct domain *doc)
{
    const struct domain_cpu *cpu = &doc->cpu;

    switch (cpu->mode) {
    case DOMAIN_CPU_MODE_HOST_PASSTHROUGH:
        g_string_append(text, "host");
        if (cpu->migratable)
            g_string_append_printf(text, ",migratable=%s",
                                   cpu->migratable == TRISTATE_ON ? "on" : "off");
        break;
    case DOMAIN_CPU_MODE_MAXIMUM:
        g_string_append(text, "max");
        if (cpu->migratable)
            g_string_append_printf(text, ",migratable=%s",
                                   cpu->migratable == TRISTATE_ON ? "on" : "off");
        break;
    case DOMAIN_CPU_MODE_HOST_MODEL:
        /* A start puts the host's own into its live copy; software emulation has one that fits. */
        g_string_append(text, doc->type == DOMAIN_TYPE_KVM ? "host" : "max");
        break;
    default:
        g_string_append(text, cpu->model.text ? cpu->model.text : "qemu64");
        break;
    }
    if (cpu->model.vendor_id)
        g_string_append_printf(text, ",vendor=%s", cpu->model.vendor_id);
    add_features(text, cpu);
}

static void add_timers(GString *text, const struct domain_clock *clock)
{
    for (size_t i = 0; i < clock->n_timers; i++) {
        const struct domain_clock_timers *timer = &clock->timers[i];

        if (timer->name == DOMAIN_CLOCK_TIMERS_NAME_KVMCLOCK && timer->present)
            g_string_append_printf(text, ",kvmclock=%s",
                                   timer->present == TRISTATE_YES ? "on" : "off");
        else if (timer->name == DOMAIN_CLOCK_TIMERS_NAME_HYPERVCLOCK &&
                 timer->present == TRISTATE_YES)
            g_string_append(text, ",hv-time=on");
        else if (timer->name == DOMAIN_CLOCK_TIMERS_NAME_TSC && timer->frequency)
            g_string_append_printf(text, ",tsc-frequency=%llu", timer->frequency);
    }
}

static const struct {
    uint16_t offset;
    const char *name;
} enlightenments[] = {
#define HV(member, name)                                                                           \
    {                                                                                              \
        offsetof(struct domain_features_hyperv, member.state), name                                \
    }
    HV(relaxed, "hv-relaxed"),
    HV(vapic, "hv-vapic"),
    HV(spinlocks, "hv-spinlocks"),
    HV(vpindex, "hv-vpindex"),
    HV(runtime, "hv-runtime"),
    HV(synic, "hv-synic"),
    HV(stimer, "hv-stimer"),
    HV(reset, "hv-reset"),
    HV(vendor_id, "hv-vendor-id"),
    HV(frequencies, "hv-frequencies"),
    HV(reenlightenment, "hv-reenlightenment"),
    HV(tlbflush, "hv-tlbflush"),
    HV(ipi, "hv-ipi"),
    HV(evmcs, "hv-evmcs"),
    HV(avic, "hv-avic"),
#undef HV
};

static void add_hyperv(GString *text, const struct domain_features_hyperv *hyperv)
{
    if (!hyperv)
        return;
    if (hyperv->mode == DOMAIN_FEATURES_HYPERV_MODE_PASSTHROUGH)
        g_string_append(text, ",hv-passthrough=on");
    for (size_t i = 0; i < G_N_ELEMENTS(enlightenments); i++) {
        const enum tristate *state =
            (const void *)((const char *)hyperv + enlightenments[i].offset);

        if (*state != TRISTATE_ON)
            continue;
        if (state == &hyperv->spinlocks.state)
            g_string_append_printf(text, ",hv-spinlocks=0x%x", hyperv->spinlocks.retries);
        else if (state == &hyperv->vendor_id.state)
            g_string_append_printf(text, ",hv-vendor-id=%s", hyperv->vendor_id.value);
        else
            g_string_append_printf(text, ",%s=on", enlightenments[i].name);
    }
    if (hyperv->stimer.state == TRISTATE_ON && hyperv->stimer.direct.state == TRISTATE_ON)
        g_string_append(text, ",hv-stimer-direct=on");
}

static void add_kvm(GString *text, const struct domain_features_kvm *kvm)
{
    if (!kvm)
        return;
    if (kvm->hidden.state == TRISTATE_ON)
        g_string_append(text, ",kvm=off");
    if (kvm->hint_dedicated.state == TRISTATE_ON)
        g_string_append(text, ",kvm-hint-dedicated=on");
    if (kvm->poll_control.state == TRISTATE_ON)
        g_string_append(text, ",kvm-poll-control=on");
    if (kvm->pv_ipi.state == TRISTATE_ON)
        g_string_append(text, ",kvm-pv-ipi=on");
}

static void add_switch(GString *text, const char *name, enum tristate state)
{
    if (state != TRISTATE_ABSENT)
        g_string_append_printf(text, ",%s=%s", name, state == TRISTATE_ON ? "on" : "off");
}

static void add_cache(GString *text, const struct domain_cpu *cpu)
{
    if (cpu->cache.mode == DOMAIN_CPU_CACHE_MODE_EMULATE && cpu->cache.level == 3)
        g_string_append(text, ",l3-cache=on");
    else if (cpu->cache.mode == DOMAIN_CPU_CACHE_MODE_PASSTHROUGH)
        g_string_append(text, ",host-cache-info=on");
    else if (cpu->cache.mode == DOMAIN_CPU_CACHE_MODE_DISABLE)
        g_string_append(text, ",l3-cache=off,host-cache-info=off");
    if (cpu->maxphysaddr.mode == DOMAIN_CPU_MAXPHYSADDR_MODE_PASSTHROUGH)
        g_string_append(text, ",host-phys-bits=on");
    else if (cpu->maxphysaddr.mode == DOMAIN_CPU_MAXPHYSADDR_MODE_EMULATE &&
             cpu->maxphysaddr.has_bits)
        g_string_append_printf(text, ",phys-bits=%u", cpu->maxphysaddr.bits);
}

int build_cpu(struct builder *build)
{
    const struct domain *doc = build->doc;
    g_autoptr(GString) text = g_string_new(NULL);

    if (!doc_is_x86(doc) && !doc->cpu.mode && !doc->cpu.model.text)
        return 0;
    add_model(text, doc);
    add_timers(text, &doc->clock);
    if (doc->features.apic)
        add_switch(text, "kvm-pv-eoi", doc->features.apic->eoi);
    add_switch(text, "kvm-pv-unhalt", doc->features.pvspinlock.state);
    add_hyperv(text, doc->features.hyperv);
    for (size_t i = 0; i < doc->devices.n_panics; i++)
        if (doc->devices.panics[i].model == DOMAIN_DEVICES_PANICS_MODEL_HYPERV)
            g_string_append(text, ",hv-crash");
    add_kvm(text, doc->features.kvm);
    add_switch(text, "pmu", doc->features.pmu.state);
    add_cache(text, &doc->cpu);
    add_option(build, "-cpu", text->str);
    return 0;
}

/* Processors that are there from the beginning: the first ones in a row. Others that are enabled
 * are plugged in before the guest runs. */
static unsigned first_vcpus(const struct domain *doc)
{
    unsigned n = 0;

    if (!doc->vcpus.n_vcpus)
        return doc->vcpu.has_current ? doc->vcpu.current : doc->vcpu.text;
    for (size_t i = 0; i < doc->vcpus.n_vcpus && doc->vcpus.vcpus[i].id == n; i++, n++)
        if (doc->vcpus.vcpus[i].enabled != TRISTATE_YES)
            break;
    return MAX(n, 1);
}

int build_smp(struct builder *build)
{
    const struct domain *doc = build->doc;
    const struct domain_cpu_topology *topology = &doc->cpu.topology;
    unsigned max = doc->vcpu.text, now = first_vcpus(doc);
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_printf(text, "%u", now);
    if (max != now)
        g_string_append_printf(text, ",maxcpus=%u", max);
    if (topology->sockets) {
        g_string_append_printf(text, ",sockets=%u", topology->sockets);
        if (doc_is_x86(doc))
            g_string_append_printf(text, ",dies=%u", MAX(topology->dies, 1));
        g_string_append_printf(text, ",cores=%u,threads=%u", topology->cores, topology->threads);
    } else {
        g_string_append_printf(text, ",sockets=%u,cores=1,threads=1", max);
    }
    add_option(build, "-smp", text->str);
    return 0;
}
