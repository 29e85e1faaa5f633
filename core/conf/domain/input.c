/* Keyboards, mice and tablets. */
#include "core/conf/domain/devices.h"

#define TYPE(name) DOMAIN_INPUT_TYPE_##name
#define BUS(name) DOMAIN_INPUT_BUS_##name

static bool has_ps2(const struct domain *def)
{
    const char *arch = def->os.type.arch;

    return !arch || !strcmp(arch, "i686") || !strcmp(arch, "x86_64");
}

static bool is_s390(const struct domain *def)
{
    return def->os.type.arch && g_str_has_prefix(def->os.type.arch, "s390");
}

/* A guest whose kernel knows that it is one. */
static bool is_xen(const struct domain *def)
{
    unsigned os = def->os.type.text;

    return os == DOMAIN_OS_TYPE_TEXT_XEN || os == DOMAIN_OS_TYPE_TEXT_XENPVH ||
           (os == DOMAIN_OS_TYPE_TEXT_LINUX && def->type == DOMAIN_TYPE_XEN);
}

static bool is_parallels(const struct domain *def)
{
    return def->type == DOMAIN_TYPE_VZ || def->type == DOMAIN_TYPE_PARALLELS;
}

static unsigned default_bus(const struct domain *def, const struct domain_input *input)
{
    if (input->type == TYPE(EVDEV))
        return 0;
    if (input->type == TYPE(PASSTHROUGH))
        return BUS(VIRTIO);
    if (is_xen(def))
        return BUS(XEN);
    if (!domain_is_hvm(def))
        return is_parallels(def) ? BUS(PARALLELS) : 0;
    if (is_s390(def))
        return BUS(VIRTIO);
    return input->type != TYPE(TABLET) && has_ps2(def) ? BUS(PS2) : BUS(USB);
}

static int refuse_bus(const struct domain_input *input, const struct doc_call *call)
{
    doc_error(call, VIR_ERR_INTERNAL_ERROR, "unsupported input bus %s",
              WORD(domain_input_bus_words, input->bus));
    return -1;
}

static int check_whole(const struct domain_input *input, const struct doc_call *call)
{
    if (input->type != TYPE(PASSTHROUGH) || input->bus == BUS(VIRTIO))
        return 0;
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
              "only bus 'virtio' is supported for 'passthrough' input devices, not '%s'",
              WORD(domain_input_bus_words, input->bus));
    return -1;
}

static int check_hvm(const struct domain *def, const struct domain_input *input,
                     const struct doc_call *call)
{
    if (input->bus == BUS(XEN))
        return refuse_bus(input, call);
    if (input->bus == BUS(PS2) && input->type != TYPE(MOUSE) && input->type != TYPE(KEYBOARD)) {
        doc_error(call, VIR_ERR_INTERNAL_ERROR, "ps2 bus does not support %s input device",
                  WORD(domain_input_type_words, input->type));
        return -1;
    }
    return 0;
}

static int check_xen(const struct domain_input *input, const struct doc_call *call)
{
    if (input->bus != BUS(XEN))
        return refuse_bus(input, call);
    if (input->type != TYPE(MOUSE) && input->type != TYPE(KEYBOARD)) {
        doc_error(call, VIR_ERR_INTERNAL_ERROR, "xen bus does not support %s input device",
                  WORD(domain_input_type_words, input->type));
        return -1;
    }
    return 0;
}

static int check_container(const struct domain *def, const struct domain_input *input,
                           const struct doc_call *call)
{
    if (!is_parallels(def)) {
        doc_error(call, VIR_ERR_INTERNAL_ERROR,
                  "Input devices are not supported by this virtualization driver.");
        return -1;
    }
    if (input->bus != BUS(PARALLELS)) {
        doc_error(call, VIR_ERR_INTERNAL_ERROR,
                  "parallels containers don't support input bus %s: 'parallels' is expected",
                  WORD(domain_input_bus_words, input->bus));
        return -1;
    }
    return 0;
}

static int check_bus(const struct domain *def, const struct domain_input *input,
                     const struct doc_call *call)
{
    if (input->type == TYPE(EVDEV)) {
        if (!input->bus)
            return 0;
        if (domain_is_hvm(def) && input->bus == BUS(PS2))
            return check_hvm(def, input, call);
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "input evdev doesn't support bus element");
        return -1;
    }
    if (domain_is_hvm(def))
        return check_whole(input, call) < 0 ? -1 : check_hvm(def, input, call);
    return is_xen(def) ? check_xen(input, call) : check_container(def, input, call);
}

int domain_complete_inputs(struct domain *def, const struct doc_call *call)
{
    for (size_t i = 0; i < def->devices.n_inputs; i++) {
        struct domain_input *input = &def->devices.inputs[i];

        if (!input->bus)
            input->bus = default_bus(def, input);
        if (check_bus(def, input, call) < 0)
            return -1;
    }
    return 0;
}
