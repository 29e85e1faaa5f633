/* Graphics cards: which one comes first, which one a screen needs, and their memory. */
#include "core/conf/domain/devices.h"
#include "core/conf/domain/hooks.h"

#define TYPE(name) DOMAIN_VIDEO_MODEL_TYPE_##name

enum { KIB_PER_MIB = 1024 };

static unsigned default_type(const struct domain *def)
{
    unsigned os = def->os.type.text;
    const char *arch = def->os.type.arch;

    if (os == DOMAIN_OS_TYPE_TEXT_XEN || os == DOMAIN_OS_TYPE_TEXT_LINUX)
        return TYPE(XEN);
    if (domain_is_hvm(def) && (g_strcmp0(arch, "ppc64") == 0 || g_strcmp0(arch, "ppc64le") == 0))
        return TYPE(VGA);
    return TYPE(CIRRUS);
}

/* KiB; 0 for cards whose memory nobody chooses. */
static unsigned default_memory(const struct domain *def, unsigned type)
{
    switch (type) {
    case TYPE(VGA):
    case TYPE(CIRRUS):
    case TYPE(VMVGA):
        if (def->type == DOMAIN_TYPE_VBOX)
            return 8 * KIB_PER_MIB;
        if (def->type == DOMAIN_TYPE_VMWARE)
            return 4 * KIB_PER_MIB;
        return 16 * KIB_PER_MIB;
    case TYPE(BOCHS):
        return 16 * KIB_PER_MIB;
    case TYPE(XEN):
        return 4 * KIB_PER_MIB;
    case TYPE(QXL):
        return 64 * KIB_PER_MIB;
    default:
        return 0;
    }
}

/* 0 for what lies above the highest. */
static unsigned power_of_two(unsigned n)
{
    unsigned power = n ? 1 : 0;

    while (power && power < n)
        power *= 2;
    return power;
}

/* What no power of two can hold is as good as not given. */
static unsigned round_memory(unsigned given, unsigned usual)
{
    return power_of_two(given) ? power_of_two(given) : power_of_two(usual);
}

/* A card that is none has nothing to be told of. */
static void forget_all_but_name(struct domain_video *video)
{
    char *name = g_steal_pointer(&video->alias.name);

    doc_clear(&domain_video_layout, video);
    video->model.type = TYPE(NONE);
    video->alias.name = name;
}

static void complete_video(const struct domain *def, struct domain_video *video)
{
    struct domain_video_model *model = &video->model;

    if (!model->type)
        model->type = default_type(def);
    if (model->type == TYPE(NONE)) {
        forget_all_but_name(video);
        return;
    }
    if (model->type == TYPE(QXL))
        model->ram = round_memory(model->ram, default_memory(def, model->type));
    model->vram = round_memory(model->vram, default_memory(def, model->type));
}

int domain_hook_acceleration(void *part, const struct doc_call *call)
{
    const struct domain_video_model_acceleration *acceleration = part;

    if (acceleration->accel3d || acceleration->accel2d || acceleration->rendernode)
        return 0;
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "missing values for acceleration");
    return -1;
}

static int move_primary(struct domain_devices *devices, const struct doc_call *call)
{
    size_t primary = 0, n = 0;

    for (size_t i = devices->n_videos; i > 0; i--) {
        if (devices->videos[i - 1].model.primary == TRISTATE_YES) {
            primary = i - 1;
            n++;
        }
    }
    if (n > 1) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "Only one primary video device is supported");
        return -1;
    }
    if (primary > 0) {
        struct domain_video first = devices->videos[primary];

        memmove(devices->videos + 1, devices->videos, primary * sizeof(first));
        devices->videos[0] = first;
    }
    return 0;
}

/* A screen needs a card. */
int domain_complete_videos(struct domain *def, const struct doc_call *call)
{
    struct domain_devices *devices = &def->devices;

    if (devices->n_videos == 0 && devices->n_graphics > 0)
        LIST_APPEND(devices->videos, devices->n_videos)->model.heads = 1;
    if (devices->n_videos == 0)
        return 0;
    if (move_primary(devices, call) < 0)
        return -1;
    for (size_t i = 0; i < devices->n_videos; i++) {
        complete_video(def, &devices->videos[i]);
        devices->videos[i].model.primary = TRISTATE_ABSENT;
    }
    if (devices->videos[0].model.type != TYPE(NONE))
        devices->videos[0].model.primary = TRISTATE_YES;
    return 0;
}

static int check_qxl_only(const struct domain_video_model *model, const struct doc_call *call)
{
    const char *name = model->ram      ? "ram"
                       : model->vram64 ? "vram64"
                       : model->vgamem ? "vgamem"
                                       : NULL;

    if (!name || model->type == TYPE(QXL))
        return 0;
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
              "%s attribute only supported for video type qxl, not '%s'", name,
              WORD(domain_video_model_type_words, model->type));
    return -1;
}

static int check_video(const struct domain_video *video, const struct doc_call *call)
{
    const struct domain_video_model *model = &video->model;

    if (check_qxl_only(model, call) < 0 ||
        (model->type != TYPE(VIRTIO) &&
         domain_check_virtio_options(&video->driver.virtio_options, call) < 0))
        return -1;
    if (model->acceleration.rendernode &&
        video->driver.name != DOMAIN_VIDEO_DRIVER_NAME_VHOSTUSER) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "unsupported rendernode accel attribute without 'vhostuser'");
        return -1;
    }
    if (video->driver.name == DOMAIN_VIDEO_DRIVER_NAME_VHOSTUSER && model->type != TYPE(VIRTIO)) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "'vhostuser' driver is only supported with 'virtio' device");
        return -1;
    }
    if (model->type == TYPE(RAMFB) && video->address.type) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "address not supported for video type ramfb");
        return -1;
    }
    if (model->resolution.has_x && (!model->resolution.x || !model->resolution.y)) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "video resolution values must be greater than 0");
        return -1;
    }
    return 0;
}

int domain_check_videos(struct domain *def, const struct doc_call *call)
{
    const struct domain_devices *devices = &def->devices;

    for (size_t i = 0; i < devices->n_videos; i++) {
        if (check_video(&devices->videos[i], call) < 0)
            return -1;
        if (devices->videos[i].model.type == TYPE(NONE) && devices->n_videos > 1) {
            doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                      "a 'none' video type must be the only video device defined for the domain");
            return -1;
        }
    }
    return 0;
}
