/* The machine: what it is called, and what is built into it. */
#include "core/drivers/qemu/command/props.h"

#include "core/drivers/qemu/caps/caps.h"

static void add_switch(GString *text, const char *name, enum tristate state)
{
    if (state != TRISTATE_ABSENT)
        g_string_append_printf(text, ",%s=%s", name, state == TRISTATE_ON ? "on" : "off");
}

static bool has_nvdimm(const struct domain *doc)
{
    for (size_t i = 0; i < doc->devices.n_memories; i++)
        if (doc->devices.memories[i].model == DOMAIN_MEMORY_DEVICE_MODEL_NVDIMM)
            return true;
    return false;
}

static void add_features(GString *text, const struct domain *doc)
{
    const struct domain_features *features = &doc->features;

    add_switch(text, "vmport", features->vmport.state);
    if (features->smm.state)
        add_switch(text, "smm", features->smm.state);
}

static void add_irqchip(GString *text, const struct domain_features *features)
{
    if (features->ioapic.driver == DOMAIN_FEATURES_IOAPIC_DRIVER_QEMU)
        g_string_append(text, ",kernel_irqchip=split");
    else if (features->ioapic.driver == DOMAIN_FEATURES_IOAPIC_DRIVER_KVM)
        g_string_append(text, ",kernel_irqchip=on");
}

static void add_firmware(GString *text, const struct domain *doc)
{
    if (doc->os.loader.type != DOMAIN_OS_LOADER_TYPE_PFLASH)
        return;
    g_string_append(text, ",pflash0=libvirt-pflash0-format");
    if (doc->os.nvram.text || doc->os.nvram.source)
        g_string_append(text, ",pflash1=libvirt-pflash1-format");
}

/* Guests with cells have their memory in those. */
static void add_memory(GString *text, const struct builder *build)
{
    const struct qemu_machine *machine;

    if (build->doc->cpu.numa.n_cells)
        return;
    machine =
        build->launch->caps ? caps_machine(build->launch->caps, build->doc->os.type.machine) : NULL;
    if (machine && machine->default_ram)
        g_string_append_printf(text, ",memory-backend=%s", machine->default_ram);
}

int build_machine(struct builder *build)
{
    const struct domain *doc = build->doc;
    g_autoptr(GString) text = g_string_new(doc->os.type.machine);

    if (machine_is_pc(doc) || machine_is_q35(doc))
        g_string_append(text, ",usb=off");
    add_features(text, doc);
    add_irqchip(text, &doc->features);
    add_switch(text, "dump-guest-core",
               doc->memory.dump_core == TRISTATE_ON ? TRISTATE_ON : TRISTATE_OFF);
    if (doc->memory_backing.nosharepages)
        g_string_append(text, ",mem-merge=off");
    if (has_nvdimm(doc))
        g_string_append(text, ",nvdimm=on");
    if (doc->launch_security.type == DOMAIN_LAUNCH_SECURITY_TYPE_SEV)
        g_string_append(text, ",confidential-guest-support=lsec0");
    add_memory(text, build);
    add_firmware(text, doc);
    add_option(build, "-machine", text->str);
    return 0;
}

int build_accel(struct builder *build)
{
    const struct domain *doc = build->doc;
    const struct domain_features_kvm *kvm = doc->features.kvm;
    g_autoptr(GString) text = g_string_new(doc->type == DOMAIN_TYPE_KVM ? "kvm" : "tcg");

    if (doc->type == DOMAIN_TYPE_KVM && kvm && kvm->dirty_ring.state == TRISTATE_ON)
        g_string_append_printf(text, ",dirty-ring-size=%u", kvm->dirty_ring.size);
    if (doc->type == DOMAIN_TYPE_QEMU && doc->features.tcg.tb_cache)
        g_string_append_printf(text, ",tb-size=%llu", doc->features.tcg.tb_cache >> 10);
    add_option(build, "-accel", text->str);
    return 0;
}

int build_identity(struct builder *build)
{
    add_option(build, "-uuid", build->doc->uuid);
    return 0;
}

int build_power(struct builder *build)
{
    const struct domain *doc = build->doc;
    const char *chip = machine_is_q35(doc) ? "ICH9-LPC" : "PIIX4_PM";

    add_arg(build, "-no-shutdown");
    if (doc_is_x86(doc) && !doc->features.acpi && !machine_is_microvm(doc))
        add_arg(build, "-no-acpi");
    if (doc->pm.suspend_to_mem.enabled)
        add_optionf(build, "-global", "%s.disable_s3=%d", chip,
                    doc->pm.suspend_to_mem.enabled != TRISTATE_YES);
    if (doc->pm.suspend_to_disk.enabled)
        add_optionf(build, "-global", "%s.disable_s4=%d", chip,
                    doc->pm.suspend_to_disk.enabled != TRISTATE_YES);
    return 0;
}

int build_vmcoreinfo(struct builder *build)
{
    if (build->doc->features.vmcoreinfo.state == TRISTATE_ON)
        return add_device(build, props_of("driver", "vmcoreinfo"));
    return 0;
}

int build_launch_security(struct builder *build)
{
    const struct domain_launch_security *security = &build->doc->launch_security;
    json_t *props;

    if (security->type != DOMAIN_LAUNCH_SECURITY_TYPE_SEV)
        return 0;
    props = props_of("qom-type", "sev-guest");
    prop_string(props, "id", "lsec0");
    if (security->has_cbitpos)
        prop_uint(props, "cbitpos", security->cbitpos);
    if (security->has_reduced_phys_bits)
        prop_uint(props, "reduced-phys-bits", security->reduced_phys_bits);
    prop_uint(props, "policy", security->policy);
    prop_tristate(props, "kernel-hashes", security->kernel_hashes);
    return add_json(build, "-object", props);
}
