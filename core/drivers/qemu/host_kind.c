#include "core/drivers/qemu/host_kind.h"

#include <string.h>

#include "core/conf/cpu/told.h"
#include "core/drivers/qemu/error.h"
#include "core/host/node.h"
#include "core/host/processor.h"

void host_kind_clear(struct host_kind *kind)
{
    g_clear_pointer(&kind->caps, caps_unref);
}

static struct qemu_caps *find_caps(struct qemu_host *host, const char *emulator, const char *arch)
{
    g_autofree char *binary = g_strdup(emulator);
    struct qemu_caps *caps;

    if (!binary)
        binary = caps_emulator(arch ? arch : host_arch());
    if (!binary) {
        qemu_error(INVALID_ARG, "unable to find any emulator to serve '%s' architecture",
                   arch ? arch : host_arch());
        return NULL;
    }
    caps = caps_lookup(host->caps, binary);
    if (!caps)
        return NULL;
    /* the 64-bit PC runs guests of the 32-bit one */
    if (!arch || strcmp(arch, caps_arch(caps)) == 0 ||
        (strcmp(arch, "i686") == 0 && strcmp(caps_arch(caps), "x86_64") == 0))
        return caps;
    qemu_error(INVALID_ARG, "architecture from emulator '%s' doesn't match given architecture '%s'",
               caps_arch(caps), arch);
    caps_unref(caps);
    return NULL;
}

static int check_arch(const char *arch)
{
    if (!arch || doc_word_value(&cpu_arch_words, arch))
        return 0;
    qemu_error(INVALID_ARG, "unknown architecture: %s", arch);
    return -1;
}

static int find_type(struct qemu_host *host, const char *virttype, struct host_kind *kind)
{
    if (virttype && strcmp(virttype, "qemu") != 0 && strcmp(virttype, "kvm") != 0) {
        qemu_error(INVALID_ARG, "unknown virttype: %s; it is 'qemu' or 'kvm'", virttype);
        return -1;
    }
    if (virttype && strcmp(virttype, "qemu") == 0)
        return 0;
    kind->kvm = caps_kvm_works(host->caps, kind->caps);
    if (virttype && !kind->kvm) {
        qemu_error(INVALID_ARG, "KVM is not supported by '%s' on this host",
                   caps_binary(kind->caps));
        return -1;
    }
    return 0;
}

int host_kind_find(struct qemu_host *host, const char *emulator, const char *arch,
                   const char *machine, const char *virttype, struct host_kind *ret)
{
    g_auto(host_kind_t) kind = {0};

    if (check_arch(arch) < 0)
        return -1;
    kind.caps = find_caps(host, emulator, arch);
    if (!kind.caps || find_type(host, virttype, &kind) < 0)
        return -1;
    kind.machine = caps_machine(kind.caps, machine);
    if (!kind.machine) {
        qemu_error(INVALID_ARG, "the machine '%s' is not supported by emulator '%s'",
                   machine ? machine : "", caps_binary(kind.caps));
        return -1;
    }
    *ret = kind;
    kind.caps = NULL;
    return 0;
}

struct cpu *host_kind_processor(const struct host_kind *kind)
{
    const char *const *features = caps_cpu_features(kind->caps, host_kind_accel(kind));
    enum cpu_arch arch = doc_word_value(&cpu_arch_words, caps_arch(kind->caps));
    struct cpu *host, *cpu;

    if (!features)
        return NULL;
    host = host_processor();
    cpu = cpu_of_features(arch, features, host->vendor);
    cpu_free(host);
    return cpu;
}
