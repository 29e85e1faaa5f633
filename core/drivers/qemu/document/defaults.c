/* What a guest has without saying so: a processor, a balloon, sound that goes nowhere. */
#include "core/drivers/qemu/document/complete.h"

#include <string.h>

/* "qemu64" of "qemu64-x86_64-cpu". */
static char *model_of_type(const char *type)
{
    const char *dash;

    if (!type || !g_str_has_suffix(type, "-cpu"))
        return g_strdup(type);
    for (dash = type + strlen(type) - 5; dash > type && *dash != '-'; dash--)
        ;
    return g_strndup(type, (gsize)(dash - type));
}

static void set_default_model(const struct completion *to, struct domain_cpu *cpu)
{
    const struct qemu_machine *machine = caps_machine(to->caps, to->doc->os.type.machine);

    if (!is_x86(to->doc) || !machine || !machine->default_cpu)
        return;
    cpu->mode = DOMAIN_CPU_MODE_CUSTOM;
    cpu->match = DOMAIN_CPU_MATCH_EXACT;
    cpu->model.fallback = DOMAIN_CPU_MODEL_FALLBACK_FORBID;
    cpu->model.text = model_of_type(machine->default_cpu);
}

/* Software emulation gives a guest whatever it asks for. */
static unsigned default_check(const struct domain *doc)
{
    switch (doc->cpu.mode) {
    case DOMAIN_CPU_MODE_HOST_PASSTHROUGH:
    case DOMAIN_CPU_MODE_MAXIMUM:
        return DOMAIN_CPU_CHECK_NONE;
    case DOMAIN_CPU_MODE_HOST_MODEL:
        return DOMAIN_CPU_CHECK_PARTIAL;
    default:
        return doc->type == DOMAIN_TYPE_QEMU ? DOMAIN_CPU_CHECK_NONE : DOMAIN_CPU_CHECK_PARTIAL;
    }
}

int complete_cpu(const struct completion *to)
{
    struct domain_cpu *cpu = &to->doc->cpu;
    bool plain = !cpu->mode || cpu->mode == DOMAIN_CPU_MODE_CUSTOM;
    bool given = cpu->model.text != NULL;

    if (plain && !given)
        set_default_model(to, cpu);
    if (!cpu->check && (given || !plain || cpu->model.text))
        cpu->check = plain && !given ? DOMAIN_CPU_CHECK_NONE : default_check(to->doc);
    if (cpu->mode == DOMAIN_CPU_MODE_HOST_PASSTHROUGH && !cpu->migratable && is_x86(to->doc))
        /* Only the emulator of the host's own kind can hide what binds a guest to it. */
        cpu->migratable =
            g_strcmp0(caps_arch(to->caps), to->facts->arch) ? TRISTATE_OFF : TRISTATE_ON;
    return 0;
}

/* ---- sound: one back end that suits the graphics */

static bool has_graphics(const struct domain *doc, unsigned type)
{
    for (size_t i = 0; i < doc->devices.n_graphics; i++)
        if (doc->devices.graphics[i].type == type)
            return true;
    return false;
}

int complete_audios(const struct completion *to)
{
    struct domain_devices *devices = &to->doc->devices;
    unsigned type = DOMAIN_AUDIO_TYPE_NONE;
    struct domain_audio *audio;

    /* Windows of the host's desktop play where the desktop's user wants. */
    if (devices->n_audios || has_graphics(to->doc, DOMAIN_GRAPHICS_TYPE_SDL) ||
        has_graphics(to->doc, DOMAIN_GRAPHICS_TYPE_DBUS))
        return 0;
    if (has_graphics(to->doc, DOMAIN_GRAPHICS_TYPE_SPICE))
        type = DOMAIN_AUDIO_TYPE_SPICE;
    audio = LIST_APPEND(devices->audios, devices->n_audios);
    audio->id = 1;
    audio->type = type;
    return 0;
}

/* ---- input, balloon */

enum { DEFAULT_SHMEM = 4 }; /* MiB */

static void add_input(struct domain_devices *devices, unsigned type)
{
    struct domain_input *input;

    for (size_t i = 0; i < devices->n_inputs; i++)
        if (devices->inputs[i].type == type && devices->inputs[i].bus == DOMAIN_INPUT_BUS_PS2)
            return;
    input = LIST_APPEND(devices->inputs, devices->n_inputs);
    input->type = type;
    input->bus = DOMAIN_INPUT_BUS_PS2;
}

int complete_inputs(const struct completion *to)
{
    struct domain_devices *devices = &to->doc->devices;

    for (size_t i = 0; i < devices->n_inputs; i++)
        if (!devices->inputs[i].bus && devices->inputs[i].type != DOMAIN_INPUT_TYPE_EVDEV)
            devices->inputs[i].bus =
                is_x86(to->doc) && devices->inputs[i].type != DOMAIN_INPUT_TYPE_TABLET
                    ? DOMAIN_INPUT_BUS_PS2
                    : DOMAIN_INPUT_BUS_USB;
    if (!is_x86(to->doc) || is_microvm(to->doc))
        return 0;
    add_input(devices, DOMAIN_INPUT_TYPE_MOUSE);
    add_input(devices, DOMAIN_INPUT_TYPE_KEYBOARD);
    return 0;
}

/* A server's interrupts are what it is there for; plain memory has a size. */
static void complete_shmem(struct domain_shmem *shmem)
{
    if (shmem->model.type == DOMAIN_SHMEM_MODEL_TYPE_IVSHMEM_PLAIN && !shmem->has_size) {
        shmem->has_size = true;
        shmem->size = DEFAULT_SHMEM;
    }
    if (shmem->model.type != DOMAIN_SHMEM_MODEL_TYPE_IVSHMEM_DOORBELL)
        return;
    if (!shmem->msi)
        shmem->msi = g_new0(struct domain_shmem_msi, 1);
    if (!shmem->msi->ioeventfd)
        shmem->msi->ioeventfd = TRISTATE_ON;
}

int complete_small_devices(const struct completion *to)
{
    struct domain_devices *devices = &to->doc->devices;

    if (!devices->memballoon.model)
        devices->memballoon.model = DOMAIN_MEMBALLOON_MODEL_VIRTIO;
    for (size_t i = 0; i < devices->n_tpms; i++)
        if (!devices->tpms[i].model)
            devices->tpms[i].model = DOMAIN_TPM_MODEL_TPM_TIS;
    if (devices->vsock && !devices->vsock->model)
        devices->vsock->model = DOMAIN_VIRTIO_MODEL_VIRTIO;
    for (size_t i = 0; i < devices->n_shmems; i++)
        complete_shmem(&devices->shmems[i]);
    return 0;
}

int complete_hostdevs(const struct completion *to)
{
    struct domain_devices *devices = &to->doc->devices;

    for (size_t i = 0; i < devices->n_hostdevs; i++) {
        struct domain_hostdev *hostdev = &devices->hostdevs[i];

        if (hostdev->type == DOMAIN_HOSTDEV_TYPE_MDEV && !hostdev->mdev.display &&
            hostdev->mdev.model == DOMAIN_HOSTDEV_MDEV_MODEL_VFIO_PCI)
            hostdev->mdev.display = TRISTATE_OFF;
    }
    return 0;
}

/* ---- memory: what cells and devices have is what there is */

int complete_memories(const struct completion *to)
{
    struct domain *doc = to->doc;
    unsigned long long total = 0;

    for (size_t i = 0; i < doc->cpu.numa.n_cells; i++)
        total += doc->cpu.numa.cells[i].memory;
    if (!total)
        return 0;
    for (size_t i = 0; i < doc->devices.n_memories; i++)
        total += doc->devices.memories[i].target.size;
    doc->memory.text = total;
    doc->memory.has_text = true;
    doc->current_memory = MIN(doc->current_memory, total);
    return 0;
}

/* ---- labels: without a security driver there is one that labels nothing */

int complete_labels(const struct completion *to)
{
    struct domain *doc = to->doc;
    struct domain_seclabel *label = doc->seclabels;

    if (!doc->n_seclabels || label->model || label->type == DOMAIN_SECLABEL_TYPE_NONE)
        return 0;
    if (label->type != DOMAIN_SECLABEL_TYPE_DYNAMIC)
        return refuse_xml(to, "missing security model in domain seclabel");
    label->type = DOMAIN_SECLABEL_TYPE_NONE;
    label->relabel = TRISTATE_ABSENT;
    label->model = g_strdup("none");
    return 0;
}

/* ---- firmware: each guest keeps variables of its own */

int complete_os(const struct completion *to)
{
    struct domain_os *os = &to->doc->os;

    if (os->loader.type != DOMAIN_OS_LOADER_TYPE_PFLASH || os->nvram.text || os->nvram.source ||
        !os->nvram.template || os->loader.stateless == TRISTATE_YES)
        return 0;
    os->nvram.text = g_strdup_printf(
        "%s/%s_VARS.fd", to->facts->nvram_folder ? to->facts->nvram_folder : "", to->doc->name);
    return 0;
}
