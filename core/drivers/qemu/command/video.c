/* Video cards. */
#include "core/drivers/qemu/command/props.h"

#define TYPE(name) DOMAIN_VIDEO_MODEL_TYPE_##name

enum { KIB_A_MIB = 1024 };

static const struct {
    unsigned type;
    const char *primary, *secondary;
} cards[] = {
    {TYPE(VGA), "VGA", NULL},
    {TYPE(CIRRUS), "cirrus-vga", NULL},
    {TYPE(VMVGA), "vmware-svga", NULL},
    {TYPE(QXL), "qxl-vga", "qxl"},
    {TYPE(VIRTIO), "virtio-vga", "virtio-gpu-pci"},
    {TYPE(BOCHS), "bochs-display", "bochs-display"},
    {TYPE(RAMFB), "ramfb", NULL},
};

static const char *accelerated(const struct domain_video *video, bool primary)
{
    if (video->driver.name == DOMAIN_VIDEO_DRIVER_NAME_VHOSTUSER)
        return primary ? "vhost-user-vga" : "vhost-user-gpu-pci";
    if (video->model.acceleration.accel3d == TRISTATE_YES)
        return primary ? "virtio-vga-gl" : "virtio-gpu-gl-pci";
    return primary ? "virtio-vga" : "virtio-gpu-pci";
}

static const char *card_driver(const struct domain *doc, const struct domain_video *video)
{
    bool primary = video->model.primary == TRISTATE_YES && doc_is_x86(doc);

    if (video->model.type == TYPE(VIRTIO))
        return accelerated(video, primary);
    for (size_t i = 0; i < G_N_ELEMENTS(cards); i++)
        if (cards[i].type == video->model.type)
            return primary || !cards[i].secondary ? cards[i].primary : cards[i].secondary;
    return NULL;
}

static void set_qxl(json_t *props, const struct domain_video_model *model)
{
    if (model->heads)
        prop_uint(props, "max_outputs", model->heads);
    prop_uint(props, "ram_size", model->ram * 1024ULL);
    prop_uint(props, "vram_size", model->vram * 1024ULL);
    prop_uint(props, "vram64_size_mb", model->vram64 / KIB_A_MIB);
    prop_uint(props, "vgamem_mb", model->vgamem / KIB_A_MIB);
}

static void set_memory(json_t *props, const struct domain_video_model *model)
{
    switch (model->type) {
    case TYPE(QXL):
        set_qxl(props, model);
        break;
    case TYPE(VIRTIO):
        if (model->heads)
            prop_uint(props, "max_outputs", model->heads);
        break;
    case TYPE(VGA):
    case TYPE(VMVGA):
        if (model->vram)
            prop_uint(props, "vgamem_mb", model->vram / KIB_A_MIB);
        break;
    case TYPE(BOCHS):
        if (model->vram)
            prop_uint(props, "vgamem", model->vram * 1024ULL);
        break;
    default:
        break;
    }
}

json_t *device_props_video(const struct domain *doc, const struct domain_video *video,
                           const struct launch *launch)
{
    const struct domain_video_model *model = &video->model;
    const char *driver = card_driver(doc, video);
    json_t *props;

    if (!driver) {
        refuse("video type '%s' is not supported by QEMU",
               doc_word(&domain_video_model_type_words, model->type));
        return NULL;
    }
    props = props_of("driver", driver);
    virtio_props(props, &video->driver.virtio_options);
    set_memory(props, model);
    if (model->resolution.has_x && model->resolution.has_y) {
        prop_uint(props, "xres", model->resolution.x);
        prop_uint(props, "yres", model->resolution.y);
    }
    if (video->driver.name == DOMAIN_VIDEO_DRIVER_NAME_VHOSTUSER)
        prop_format(props, "chardev", "chr-vu-%s", video->alias.name);
    return device_finish(doc, launch, props, (const struct domain_info *)&video->alias,
                         &video->address);
}

int build_videos(struct builder *build)
{
    const struct domain_devices *devices = &build->doc->devices;

    for (size_t i = 0; i < devices->n_videos; i++) {
        const struct domain_video *video = &devices->videos[i];

        if (video->model.type == TYPE(NONE))
            continue;
        if (add_device(build, device_props_video(build->doc, video, build->launch)) < 0)
            return -1;
    }
    return 0;
}
