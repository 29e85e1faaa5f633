/* What the host is, and which guests its binaries run. */
#include "core/host/capabilities.h"

#include <string.h>
#include <unistd.h>

#include "core/drivers/qemu/caps/caps.h"
#include "core/drivers/qemu/guest.h"

/* Those that a binary may be installed for. */
static const char *const arches[] = {
    "aarch64",    "alpha", "armv7l", "cris",    "i686",   "lm32",   "loongarch64", "m68k",
    "microblaze", "mips",  "mips64", "mipsel",  "ppc",    "ppc64",  "riscv32",     "riscv64",
    "s390x",      "sh4",   "sparc",  "sparc64", "x86_64", "xtensa",
};

static bool is_pc(const char *arch)
{
    return strcmp(arch, "x86_64") == 0 || strcmp(arch, "i686") == 0;
}

static unsigned word_size(const char *arch)
{
    return strstr(arch, "64") || strcmp(arch, "s390x") == 0 || strcmp(arch, "alpha") == 0 ? 64 : 32;
}

/* ---- guests ---- */

static void add_machine(struct capabilities_guests_arch *arch, const struct qemu_machine *machine,
                        const char *name)
{
    arch->machines[arch->n_machines++] = (struct capabilities_machine){
        .canonical = name == machine->name ? NULL : g_strdup(machine->name),
        .max_cpus = machine->max_cpus,
        .deprecated = machine->deprecated ? TRISTATE_YES : TRISTATE_ABSENT,
        .text = g_strdup(name),
    };
}

static void add_names(struct capabilities_guests_arch *arch, const struct qemu_machine *machine)
{
    add_machine(arch, machine, machine->name);
    if (machine->alias)
        add_machine(arch, machine, machine->alias);
}

static void fill_machines(struct capabilities_guests_arch *arch, const struct qemu_caps *caps)
{
    const struct qemu_machine *usual = caps_machine(caps, NULL);
    size_t n;
    const struct qemu_machine *machines = caps_machines(caps, &n);

    arch->machines = g_new0(struct capabilities_machine, 2 * n + 1);
    /* the one that who names none gets comes first */
    if (usual)
        add_names(arch, usual);
    for (size_t i = 0; i < n; i++)
        if (&machines[i] != usual && strcmp(machines[i].name, "none") != 0)
            add_names(arch, &machines[i]);
}

static void fill_types(struct capabilities_guests_arch *arch, struct caps_cache *cache,
                       struct qemu_caps *caps)
{
    arch->domains = g_new0(struct capabilities_guests_arch_domains, 2);
    if (caps_has(caps, CAPS_TCG))
        arch->domains[arch->n_domains++].type = g_strdup("qemu");
    if (caps_kvm_works(cache, caps))
        arch->domains[arch->n_domains++].type = g_strdup("kvm");
}

static void fill_features(struct capabilities_guests_features *features, const char *arch)
{
    features->pae = features->nonpae = strcmp(arch, "i686") == 0;
    if (is_pc(arch) || strcmp(arch, "aarch64") == 0)
        features->acpi = (struct capabilities_toggle){TRISTATE_ON, TRISTATE_YES};
    if (is_pc(arch))
        features->apic = (struct capabilities_toggle){TRISTATE_ON, TRISTATE_NO};
    features->cpuselection = features->deviceboot = true;
    features->disksnapshot = (struct capabilities_toggle){TRISTATE_ON, TRISTATE_NO};
}

/* A binary that cannot be asked runs no guests; the others do. */
static void add_guests(struct capabilities *capabilities, struct caps_cache *cache,
                       const char *name)
{
    g_autofree char *binary = caps_emulator(name);
    g_autoptr(qemu_caps) caps = binary ? caps_lookup(cache, binary) : NULL;
    struct capabilities_guests *guests;

    if (!caps) {
        error_reset();
        return;
    }
    guests = &capabilities->guests[capabilities->n_guests++];
    guests->os_type = g_strdup("hvm");
    guests->arch.name = g_strdup(name);
    guests->arch.wordsize = word_size(name);
    guests->arch.emulator = g_steal_pointer(&binary);
    fill_machines(&guests->arch, caps);
    fill_types(&guests->arch, cache, caps);
    fill_features(&guests->features, name);
}

/* ---- the host ---- */

static void fill_migration(struct capabilities_host *host)
{
    static const char *const transports[] = {"tcp", "rdma"};

    host->migration_features.live = true;
    host->migration_features.uri_transports.transports =
        g_new0(char *, G_N_ELEMENTS(transports) + 1);
    host->migration_features.uri_transports.n_transports = G_N_ELEMENTS(transports);
    for (size_t i = 0; i < G_N_ELEMENTS(transports); i++)
        host->migration_features.uri_transports.transports[i] = g_strdup(transports[i]);
}

static void fill_model(struct capabilities_host_secmodels *model, const char *name)
{
    model->model = g_strdup(name);
    model->doi = g_new0(struct capabilities_host_secmodels_doi, 1);
    model->doi->text = g_strdup("0");
}

/* Whom guests run as is all there is to it. */
static void fill_security(struct capabilities_host *host)
{
    static const char *const types[] = {"kvm", "qemu"};
    struct capabilities_host_secmodels *owner;

    host->secmodels = g_new0(struct capabilities_host_secmodels, 2);
    host->n_secmodels = 2;
    fill_model(&host->secmodels[0], "none");
    owner = &host->secmodels[1];
    fill_model(owner, "dac");
    owner->labels = g_new0(struct capabilities_host_secmodels_labels, G_N_ELEMENTS(types));
    owner->n_labels = G_N_ELEMENTS(types);
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        owner->labels[i] = (struct capabilities_host_secmodels_labels){
            .type = g_strdup(types[i]),
            .text = g_strdup_printf("+%u:+%u", (unsigned)getuid(), (unsigned)getgid()),
        };
}

char *qemu_connectGetCapabilities(virConnectPtr conn)
{
    struct capabilities *capabilities = g_new0(struct capabilities, 1);
    char *text;

    host_fill_capabilities(&capabilities->host);
    fill_migration(&capabilities->host);
    fill_security(&capabilities->host);
    capabilities->guests = g_new0(struct capabilities_guests, G_N_ELEMENTS(arches));
    for (size_t i = 0; i < G_N_ELEMENTS(arches); i++)
        add_guests(capabilities, host_of(conn)->caps, arches[i]);
    text = capabilities_format(capabilities, 0);
    capabilities_free(capabilities);
    return text;
}
