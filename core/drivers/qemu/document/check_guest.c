/* What QEMU cannot give a guest as a whole: processors, memory, firmware, tuning. */
#include "core/drivers/qemu/document/complete.h"

#include <string.h>

static int check_topology(const struct completion *to)
{
    const struct domain_cpu_topology *topology = &to->doc->cpu.topology;
    unsigned dies = MAX(topology->dies, 1);

    if (topology->sockets &&
        topology->sockets * dies * topology->cores * topology->threads != to->doc->vcpu.text)
        return refuse_config(to, "CPU topology doesn't match maximum vcpu count");
    if (to->machine && to->machine->max_cpus && to->doc->vcpu.text > to->machine->max_cpus)
        return refuse_config(to, "Maximum CPUs greater than specified machine type limit %u",
                             to->machine->max_cpus);
    return 0;
}

static int check_cache(const struct completion *to)
{
    const struct domain_cpu *cpu = &to->doc->cpu;
    bool own =
        cpu->mode == DOMAIN_CPU_MODE_HOST_PASSTHROUGH || cpu->mode == DOMAIN_CPU_MODE_MAXIMUM;

    switch (cpu->cache.mode) {
    case DOMAIN_CPU_CACHE_MODE_EMULATE:
        if (cpu->cache.level != 3)
            return refuse_config(to, "CPU cache mode 'emulate' can only be used with level='3'");
        return 0;
    case DOMAIN_CPU_CACHE_MODE_PASSTHROUGH:
        if (!own)
            return refuse_config(to, "CPU cache mode 'passthrough' can only be used with "
                                     "'host-passthrough' / 'maximum' CPUs");
        if (cpu->cache.level)
            return refuse_config(to, "unsupported CPU cache level for mode 'passthrough'");
        return 0;
    default:
        return 0;
    }
}

int check_cpu(const struct completion *to)
{
    return check_topology(to) < 0 ? -1 : check_cache(to);
}

/* ---- firmware */

static int check_firmware(const struct completion *to)
{
    const struct domain *doc = to->doc;
    const struct domain_os *os = &doc->os;
    bool efi =
        os->firmware == DOMAIN_OS_FIRMWARE_EFI || os->loader.type == DOMAIN_OS_LOADER_TYPE_PFLASH;

    if (efi && is_x86(doc) && !doc->features.acpi)
        return refuse_config(to, "UEFI requires ACPI on this architecture");
    if (os->loader.secure == TRISTATE_YES && !is_q35(doc))
        return refuse_config(to, "Secure boot is supported with q35 machine types only");
    if (os->loader.secure == TRISTATE_YES && doc->features.smm.state != TRISTATE_ON)
        return refuse_config(to, "Secure boot requires SMM feature enabled");
    return 0;
}

/* What only other processors' machines have. */
static int check_foreign(const struct completion *to)
{
    const struct domain_features *features = &to->doc->features;
    const struct {
        const char *name;
        bool given;
    } foreign[] = {
        {"gic", features->gic != NULL},
        {"hpt", features->hpt.resizing || features->hpt.maxpagesize},
        {"htm", features->htm.state},
        {"nested-hv", features->nested_hv.state},
        {"ccf-assist", features->ccf_assist.state},
        {"cfpc", features->cfpc.value},
        {"sbbc", features->sbbc.value},
        {"ibs", features->ibs.value},
    };

    for (size_t i = 0; is_x86(to->doc) && i < G_N_ELEMENTS(foreign); i++)
        if (foreign[i].given)
            return refuse_config(
                to, "The '%s' feature is not supported for architecture '%s' or machine type '%s'",
                foreign[i].name, to->doc->os.type.arch, to->doc->os.type.machine);
    return 0;
}

static int check_features(const struct completion *to)
{
    const struct domain_features *features = &to->doc->features;

    if (check_foreign(to) < 0)
        return -1;

    if (features->smm.has_tseg && !is_q35(to->doc))
        return refuse_config(to, "SMM TSEG is only supported with q35 machine type");
    if (to->doc->launch_security.type == DOMAIN_LAUNCH_SECURITY_TYPE_SEV &&
        !(caps_has_object(to->caps, "sev-guest") && g_file_test("/dev/sev", G_FILE_TEST_EXISTS)))
        return refuse_config(to, "SEV launch security is not supported with this QEMU binary");
    return 0;
}

/* ---- memory, tuning */

static int check_plugged(const struct completion *to)
{
    const struct domain *doc = to->doc;

    if (doc->max_memory.has_text && !doc->cpu.numa.n_cells)
        return refuse_config(
            to, "At least one numa node has to be configured when enabling memory hotplug");
    if (doc->devices.n_memories && !doc->max_memory.has_text)
        return refuse_config(to,
                             "cannot use/hotplug a memory device when domain 'maxMemory' is not "
                             "defined");
    return 0;
}

int check_memory(const struct completion *to)
{
    return check_plugged(to);
}

int check_tunes(const struct completion *to)
{
    const struct domain *doc = to->doc;

    if (doc->cputune.n_cachetunes && doc->type != DOMAIN_TYPE_KVM)
        return refuse_config(to, "cachetune is only supported for KVM domains");
    if (doc->cputune.n_memorytunes && doc->type != DOMAIN_TYPE_KVM)
        return refuse_config(to, "memorytune is only supported for KVM domains");
    return check_firmware(to) < 0 ? -1 : check_features(to);
}
