/* What guests of one kind can have. */
#include <string.h>

#include "conf/domaincapabilities_doc.h"
#include "core/conf/cpu/told.h"
#include "core/drivers/qemu/guest.h"
#include "core/drivers/qemu/host_firmware.h"
#include "core/drivers/qemu/host_kind.h"

/* A word, and the device that has to be there for it; NULL: always there. */
struct word {
    const char *word, *device;
};

static void add_value(struct domaincapabilities_choice *choice, const char *value)
{
    choice->values = g_renew(char *, choice->values, choice->n_values + 1);
    choice->values[choice->n_values++] = g_strdup(value);
}

static struct domaincapabilities_choice *add_choice(struct domaincapabilities_choices *choices,
                                                    const char *name)
{
    struct domaincapabilities_choice *choice;

    choices->choices =
        g_renew(struct domaincapabilities_choice, choices->choices, choices->n_choices + 1);
    choice = &choices->choices[choices->n_choices++];
    *choice = (struct domaincapabilities_choice){.name = g_strdup(name)};
    return choice;
}

static struct domaincapabilities_choice *add_words(struct domaincapabilities_choices *choices,
                                                   const char *name, const struct qemu_caps *caps,
                                                   const struct word *words, size_t n)
{
    struct domaincapabilities_choice *choice = add_choice(choices, name);

    for (size_t i = 0; i < n; i++)
        if (!words[i].device || caps_has_device(caps, words[i].device) ||
            caps_has_object(caps, words[i].device))
            add_value(choice, words[i].word);
    return choice;
}
#define ADD_WORDS(choices, name, caps, ...)                                                        \
    add_words(choices, name, caps, (const struct word[]){__VA_ARGS__},                             \
              G_N_ELEMENTS(((const struct word[]){__VA_ARGS__})))

static bool is_q35(const struct host_kind *kind)
{
    return strstr(kind->machine->name, "q35") != NULL;
}

static bool is_pc(const struct host_kind *kind)
{
    return g_str_has_prefix(kind->machine->name, "pc-") && !is_q35(kind);
}

/* ---- firmware ---- */

static void fill_os(struct domaincapabilities_os *os, const struct host_kind *kind)
{
    const struct qemu_caps *caps = kind->caps;
    bool secure = false;
    g_auto(GStrv) files = host_firmware(caps_arch(caps), kind->machine->name, &secure);
    struct domaincapabilities_choice *choice;

    os->supported = os->loader.supported = TRISTATE_YES;
    choice = add_choice(&os->choices, "firmware");
    if (*files)
        add_value(choice, "efi");
    os->loader.n_files = g_strv_length(files);
    os->loader.files = g_steal_pointer(&files);
    ADD_WORDS(&os->loader.choices, "type", caps, {"rom", NULL}, {"pflash", NULL});
    ADD_WORDS(&os->loader.choices, "readonly", caps, {"yes", NULL}, {"no", NULL});
    choice = add_choice(&os->loader.choices, "secure");
    if (secure)
        add_value(choice, "yes");
    add_value(choice, "no");
}

/* ---- processors ---- */

static void fill_model(struct domaincapabilities_cpu_modes *mode, const struct cpu *cpu)
{
    mode->vendor = g_strdup(cpu->vendor);
    mode->models = g_new0(struct domaincapabilities_usable_model, 1);
    mode->n_models = 1;
    mode->models[0].fallback = DOMAINCAPABILITIES_USABLE_MODEL_FALLBACK_FORBID;
    mode->models[0].text = g_strdup(cpu->model.text);
    mode->features = g_new0(struct domaincapabilities_cpu_modes_features, cpu->n_features + 1);
    for (size_t i = 0; i < cpu->n_features; i++)
        mode->features[mode->n_features++] = (struct domaincapabilities_cpu_modes_features){
            .policy = cpu->features[i].policy == CPU_FEATURES_POLICY_DISABLE
                          ? DOMAINCAPABILITIES_CPU_MODES_FEATURES_POLICY_DISABLE
                          : DOMAINCAPABILITIES_CPU_MODES_FEATURES_POLICY_REQUIRE,
            .name = g_strdup(cpu->features[i].name)};
}

static void fill_models(struct domaincapabilities_cpu_modes *mode, const struct host_kind *kind)
{
    enum cpu_arch arch = doc_word_value(&cpu_arch_words, caps_arch(kind->caps));
    size_t n;
    const struct qemu_cpu_model *models = caps_cpu_models(kind->caps, host_kind_accel(kind), &n);

    mode->models = g_new0(struct domaincapabilities_usable_model, n + 1);
    for (size_t i = 0; i < n; i++) {
        const char *maker = "unknown";

        if (!cpu_knows_model(arch, models[i].name, &maker))
            continue;
        mode->models[mode->n_models++] = (struct domaincapabilities_usable_model){
            .usable = !models[i].blockers ? DOMAINCAPABILITIES_USABLE_MODEL_USABLE_UNKNOWN
                      : models[i].usable  ? DOMAINCAPABILITIES_USABLE_MODEL_USABLE_YES
                                          : DOMAINCAPABILITIES_USABLE_MODEL_USABLE_NO,
            .vendor = g_strdup(maker),
            .deprecated = models[i].deprecated ? TRISTATE_YES : TRISTATE_ABSENT,
            .text = g_strdup(models[i].name),
        };
    }
    mode->supported = mode->n_models ? TRISTATE_YES : TRISTATE_NO;
}

static void fill_cpu(struct domaincapabilities_cpu *cpu, const struct host_kind *kind)
{
    struct cpu *richest = host_kind_processor(kind);
    struct domaincapabilities_cpu_modes *mode;

    mode = cpu->modes = g_new0(struct domaincapabilities_cpu_modes, 4);
    cpu->n_modes = 4;
    mode[0].name = DOMAINCAPABILITIES_CPU_MODES_NAME_HOST_PASSTHROUGH;
    mode[0].supported = kind->kvm ? TRISTATE_YES : TRISTATE_NO;
    if (kind->kvm)
        ADD_WORDS(&mode[0].choices, "hostPassthroughMigratable", kind->caps, {"on", NULL},
                  {"off", NULL});
    mode[1].name = DOMAINCAPABILITIES_CPU_MODES_NAME_MAXIMUM;
    mode[1].supported =
        caps_cpu_model(kind->caps, host_kind_accel(kind), "max") ? TRISTATE_YES : TRISTATE_NO;
    if (mode[1].supported == TRISTATE_YES)
        ADD_WORDS(&mode[1].choices, "maximumMigratable", kind->caps, {"on", NULL}, {"off", NULL});
    mode[2].name = DOMAINCAPABILITIES_CPU_MODES_NAME_HOST_MODEL;
    mode[2].supported = richest ? TRISTATE_YES : TRISTATE_NO;
    if (richest)
        fill_model(&mode[2], richest);
    mode[3].name = DOMAINCAPABILITIES_CPU_MODES_NAME_CUSTOM;
    fill_models(&mode[3], kind);
    cpu_free(richest);
}

/* ---- devices ---- */

#define VIRTIO_MODELS(device)                                                                      \
    {"virtio", device "-pci"}, {"virtio-transitional", device "-pci-transitional"},                \
    {                                                                                              \
        "virtio-non-transitional", device "-pci-non-transitional"                                  \
    }

static void fill_disk(struct domaincapabilities_support *disk, const struct host_kind *kind)
{
    struct domaincapabilities_choice *choice;

    disk->supported = TRISTATE_YES;
    choice = ADD_WORDS(&disk->choices, "diskDevice", kind->caps, {"disk", NULL}, {"cdrom", NULL});
    if (is_pc(kind) || is_q35(kind))
        add_value(choice, "floppy");
    add_value(choice, "lun");
    choice = add_choice(&disk->choices, "bus");
    if (is_pc(kind) || strcmp(kind->machine->name, "isapc") == 0)
        add_value(choice, "ide");
    if (is_pc(kind) || is_q35(kind))
        add_value(choice, "fdc");
    if (caps_has_device(kind->caps, "scsi-hd"))
        add_value(choice, "scsi");
    if (caps_has_device(kind->caps, "virtio-blk-pci"))
        add_value(choice, "virtio");
    if (caps_has_device(kind->caps, "usb-storage"))
        add_value(choice, "usb");
    if (caps_has_device(kind->caps, "ich9-ahci"))
        add_value(choice, "sata");
    ADD_WORDS(&disk->choices, "model", kind->caps, VIRTIO_MODELS("virtio-blk"));
}

static void fill_pictures(struct domaincapabilities_devices *devices, const struct qemu_caps *caps)
{
    struct domaincapabilities_choice *choice;

    devices->graphics.supported = TRISTATE_YES;
    choice = ADD_WORDS(&devices->graphics.choices, "type", caps, {"sdl", NULL});
    if (caps_has(caps, CAPS_VNC))
        add_value(choice, "vnc");
    if (caps_has(caps, CAPS_SPICE))
        add_value(choice, "spice");
    if (caps_schema_has(caps, "query-display-options/ret-type/+egl-headless/rendernode"))
        add_value(choice, "egl-headless");
    if (caps_schema_has(caps, "query-display-options/ret-type/+dbus"))
        add_value(choice, "dbus");
    devices->video.supported = TRISTATE_YES;
    ADD_WORDS(&devices->video.choices, "modelType", caps, {"vga", "VGA"}, {"cirrus", "cirrus-vga"},
              {"vmvga", "vmware-svga"}, {"qxl", "qxl"}, {"virtio", "virtio-gpu-pci"},
              {"none", NULL}, {"bochs", "bochs-display"}, {"ramfb", "ramfb"});
}

static void fill_hostdev(struct domaincapabilities_support *hostdev, const struct qemu_caps *caps)
{
    hostdev->supported = TRISTATE_YES;
    ADD_WORDS(&hostdev->choices, "mode", caps, {"subsystem", NULL});
    ADD_WORDS(&hostdev->choices, "startupPolicy", caps, {"default", NULL}, {"mandatory", NULL},
              {"requisite", NULL}, {"optional", NULL});
    ADD_WORDS(&hostdev->choices, "subsysType", caps, {"usb", "usb-host"}, {"pci", "vfio-pci"},
              {"scsi", "scsi-generic"});
    add_choice(&hostdev->choices, "capsType");
    add_choice(&hostdev->choices, "pciBackend");
}

/* By what an enumeration of the schema has. */
static void fill_tpm(struct domaincapabilities_support *tpm, const struct qemu_caps *caps)
{
    struct domaincapabilities_choice *choice =
        ADD_WORDS(&tpm->choices, "model", caps, {"tpm-tis", "tpm-tis"}, {"tpm-crb", "tpm-crb"},
                  {"tpm-spapr", "tpm-spapr"});

    tpm->supported = choice->n_values ? TRISTATE_YES : TRISTATE_NO;
    if (!choice->n_values)
        return;
    choice = add_choice(&tpm->choices, "backendModel");
    if (caps_schema_has(caps, "query-tpm-types/ret-type/^passthrough"))
        add_value(choice, "passthrough");
    if (caps_schema_has(caps, "query-tpm-types/ret-type/^emulator") && host_has_program("swtpm") &&
        host_has_program("swtpm_setup"))
        add_value(choice, "emulator");
}

static void fill_small(struct domaincapabilities_devices *devices, const struct qemu_caps *caps)
{
    struct domaincapabilities_choice *choice;

    devices->rng.supported = caps_has_device(caps, "virtio-rng-pci") ? TRISTATE_YES : TRISTATE_NO;
    ADD_WORDS(&devices->rng.choices, "model", caps, VIRTIO_MODELS("virtio-rng"));
    ADD_WORDS(&devices->rng.choices, "backendModel", caps, {"random", "rng-random"},
              {"egd", "rng-egd"}, {"builtin", "rng-builtin"});
    devices->filesystem.supported = TRISTATE_YES;
    ADD_WORDS(&devices->filesystem.choices, "driverType", caps, {"path", "virtio-9p-pci"},
              {"handle", "virtio-9p-pci"}, {"virtiofs", "vhost-user-fs-pci"});
    fill_tpm(&devices->tpm, caps);
    devices->redirdev.supported = caps_has_device(caps, "usb-redir") ? TRISTATE_YES : TRISTATE_NO;
    if (devices->redirdev.supported == TRISTATE_YES)
        ADD_WORDS(&devices->redirdev.choices, "bus", caps, {"usb", NULL});
    devices->channel.supported = TRISTATE_YES;
    choice = ADD_WORDS(&devices->channel.choices, "type", caps, {"pty", NULL}, {"unix", NULL});
    if (caps_has(caps, CAPS_SPICE))
        add_value(choice, "spicevmc");
    if (caps_schema_has(caps, "chardev-add/arg-type/backend/+qemu-vdagent"))
        add_value(choice, "qemu-vdagent");
}

/* ---- the rest ---- */

static void fill_features(struct domaincapabilities_features *features,
                          const struct qemu_caps *caps)
{
    features->gic.supported = TRISTATE_NO;
    features->vmcoreinfo.supported =
        caps_has_device(caps, "vmcoreinfo") ? TRISTATE_YES : TRISTATE_NO;
    features->genid.supported = caps_has_device(caps, "vmgenid") ? TRISTATE_YES : TRISTATE_NO;
    features->backing_store_input.supported = TRISTATE_YES;
    features->backup.supported =
        caps_has_command(caps, "blockdev-backup") ? TRISTATE_YES : TRISTATE_NO;
    /* memory that the host cannot read needs a host that can do so */
    features->sev.supported = features->sgx.supported = TRISTATE_NO;
    features->hyperv.supported = TRISTATE_YES;
    ADD_WORDS(&features->hyperv.choices, "features", caps, {"spinlocks", NULL},
              {"vendor_id", NULL});
}

static void fill(struct domaincapabilities *doc, const struct host_kind *kind)
{
    const struct qemu_caps *caps = kind->caps;

    doc->path = g_strdup(caps_binary(caps));
    doc->domain = g_strdup(kind->kvm ? "kvm" : "qemu");
    doc->machine = g_strdup(kind->machine->name);
    doc->vcpu.max = kind->machine->max_cpus;
    doc->vcpu.has_max = true;
    doc->iothreads.supported = caps_has_object(caps, "iothread") ? TRISTATE_YES : TRISTATE_NO;
    fill_os(&doc->os, kind);
    doc->cpu = g_new0(struct domaincapabilities_cpu, 1);
    fill_cpu(doc->cpu, kind);
    doc->memory_backing.supported = TRISTATE_YES;
    ADD_WORDS(&doc->memory_backing.choices, "sourceType", caps, {"file", "memory-backend-file"},
              {"anonymous", "memory-backend-ram"}, {"memfd", "memory-backend-memfd"});
    doc->devices = g_new0(struct domaincapabilities_devices, 1);
    fill_disk(&doc->devices->disk, kind);
    fill_pictures(doc->devices, caps);
    fill_hostdev(&doc->devices->hostdev, caps);
    fill_small(doc->devices, caps);
    doc->features = g_new0(struct domaincapabilities_features, 1);
    fill_features(doc->features, caps);
}

char *qemu_connectGetDomainCapabilities(virConnectPtr conn, const char *emulatorbin,
                                        const char *arch, const char *machine, const char *virttype,
                                        unsigned int flags)
{
    g_auto(host_kind_t) kind = {0};
    struct domaincapabilities *doc;
    char *text;

    if (qemu_flags(flags, 0) < 0 ||
        host_kind_find(host_of(conn), emulatorbin, arch, machine, virttype, &kind) < 0)
        return NULL;
    doc = g_new0(struct domaincapabilities, 1);
    fill(doc, &kind);
    doc->arch = g_strdup(arch ? arch : caps_arch(kind.caps));
    text = domaincapabilities_format(doc, 0);
    domaincapabilities_free(doc);
    return text;
}

int qemu_connectGetMaxVcpus(virConnectPtr conn, const char *type)
{
    g_auto(host_kind_t) kind = {0};

    if (host_kind_find(host_of(conn), NULL, NULL, NULL, type, &kind) < 0)
        return -1;
    return kind.machine->max_cpus;
}
