/* What kind of guest it is: architecture, machine, emulator. */
#include "core/drivers/qemu/document/complete.h"

#include <string.h>
#include <unistd.h>

bool is_x86(const struct domain *doc)
{
    return !g_strcmp0(doc->os.type.arch, "x86_64") || !g_strcmp0(doc->os.type.arch, "i686");
}

static bool machine_begins(const struct domain *doc, const char *prefix)
{
    return doc->os.type.machine && g_str_has_prefix(doc->os.type.machine, prefix);
}

bool is_q35(const struct domain *doc)
{
    return is_x86(doc) &&
           (machine_begins(doc, "pc-q35-") || !g_strcmp0(doc->os.type.machine, "q35"));
}

bool is_i440fx(const struct domain *doc)
{
    return is_x86(doc) && (!g_strcmp0(doc->os.type.machine, "pc") || machine_begins(doc, "pc-0.") ||
                           machine_begins(doc, "pc-1.") || machine_begins(doc, "pc-i440"));
}

bool is_microvm(const struct domain *doc)
{
    return !g_strcmp0(doc->os.type.machine, "microvm");
}

static bool is_virt(const struct domain *doc)
{
    return !is_x86(doc) &&
           (!g_strcmp0(doc->os.type.machine, "virt") || machine_begins(doc, "virt-"));
}

bool is_pcie(const struct domain *doc)
{
    return is_q35(doc) || is_virt(doc);
}

bool has_pci(const struct domain *doc)
{
    return is_i440fx(doc) || is_pcie(doc);
}

static int find_emulator(const struct completion *to)
{
    struct domain *doc = to->doc;

    if (doc->devices.emulator)
        return 0;
    doc->devices.emulator = caps_emulator(doc->os.type.arch);
    if (!doc->devices.emulator)
        return refuse_config(to, "No emulator found for arch '%s'", doc->os.type.arch);
    return 0;
}

/* 64-bit emulators run 32-bit guests of the same family. */
static bool serves(const struct qemu_caps *caps, const char *arch)
{
    const char *own = caps_arch(caps);

    return !g_strcmp0(own, arch) || (!g_strcmp0(own, "x86_64") && !g_strcmp0(arch, "i686"));
}

int check_machine(const struct completion *to)
{
    const struct domain *doc = to->doc;
    const char *emulator = doc->devices.emulator;
    bool known = doc->type == DOMAIN_TYPE_QEMU ||
                 (doc->type == DOMAIN_TYPE_KVM && caps_has(to->caps, CAPS_KVM));

    if (doc->os.type.text != DOMAIN_OS_TYPE_TEXT_HVM)
        return refuse_config(to, "Emulator '%s' does not support os type '%s'", emulator,
                             domain_word(&domain_os_type_text_words, doc->os.type.text));
    if (!serves(to->caps, doc->os.type.arch))
        return refuse_config(to, "Emulator '%s' does not support arch '%s'", emulator,
                             doc->os.type.arch);
    if (!known)
        return refuse_config(to, "Emulator '%s' does not support virt type '%s'", emulator,
                             domain_word(&domain_type_words, doc->type));
    if (!to->machine)
        return refuse_config(to, "Emulator '%s' does not support machine type '%s'", emulator,
                             doc->os.type.machine);
    return 0;
}

static int complete_arch(const struct completion *to)
{
    struct domain_os_type *type = &to->doc->os.type;

    if (!type->arch)
        type->arch = g_strdup(to->facts->arch ? to->facts->arch : "x86_64");
    return find_emulator(to);
}

/* A name that the emulator knows is replaced by what it stands for today. */
static void set_machine(const struct completion *to)
{
    struct domain_os_type *type = &to->doc->os.type;
    const struct qemu_machine *machine = caps_machine(to->caps, type->machine);

    if (!machine)
        return;
    g_free(type->machine);
    type->machine = g_strdup(machine->name);
}

/* The capabilities are those of the emulator that is found here; the caller looks them up. */
int complete_machine(const struct completion *to)
{
    if (!to->caps)
        return complete_arch(to);
    set_machine(to);
    return 0;
}
