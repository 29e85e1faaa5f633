/* Folders of the host in the guest: over 9p, or by a virtiofsd. */
#include "core/drivers/qemu/command/chardev.h"

enum { VIRTIOFS_QUEUE = 1024 };

static bool is_virtiofs(const struct domain_filesystem *filesystem)
{
    return filesystem->driver.type == DOMAIN_FILESYSTEM_DRIVER_TYPE_VIRTIOFS;
}

static const char *security_model(const struct domain_filesystem *filesystem)
{
    switch (filesystem->accessmode) {
    case DOMAIN_FILESYSTEM_ACCESSMODE_MAPPED:
        return "mapped";
    case DOMAIN_FILESYSTEM_ACCESSMODE_SQUASH:
        return "none";
    default:
        return "passthrough";
    }
}

static int build_9p(struct builder *build, const struct domain_filesystem *filesystem)
{
    bool handle = filesystem->driver.type == DOMAIN_FILESYSTEM_DRIVER_TYPE_HANDLE;
    g_autoptr(GString) text = g_string_new(handle ? "handle" : "local");

    if (filesystem->type && filesystem->type != DOMAIN_FILESYSTEM_TYPE_MOUNT)
        return refuse("filesystem type '%s' is not supported by QEMU",
                      doc_word(&domain_filesystem_type_words, filesystem->type));
    if (!handle)
        g_string_append_printf(text, ",security_model=%s", security_model(filesystem));
    if (filesystem->multidevs)
        g_string_append_printf(text, ",multidevs=%s",
                               doc_word(&domain_filesystem_multidevs_words, filesystem->multidevs));
    if (filesystem->has_fmode)
        g_string_append_printf(text, ",fmode=%04o", filesystem->fmode);
    if (filesystem->has_dmode)
        g_string_append_printf(text, ",dmode=%04o", filesystem->dmode);
    if (filesystem->driver.wrpolicy)
        g_string_append(text, ",writeout=immediate");
    g_string_append_printf(text, ",id=fsdev-%s,path=", filesystem->alias.name);
    append_value(text, filesystem->source.dir);
    if (filesystem->readonly)
        g_string_append(text, ",readonly");
    add_option(build, "-fsdev", text->str);
    return 0;
}

static json_t *device_9p(const struct domain_filesystem *filesystem)
{
    g_autofree char *driver = virtio_driver("virtio-9p", filesystem->model, &filesystem->address);
    json_t *props = props_of("driver", driver);

    virtio_props(props, &filesystem->driver.virtio_options);
    prop_format(props, "fsdev", "fsdev-%s", filesystem->alias.name);
    prop_string(props, "mount_tag", filesystem->target.dir);
    return props;
}

static int build_virtiofs(struct builder *build, const struct domain_filesystem *filesystem,
                          size_t place)
{
    const char *const *sockets = build->launch->filesystem_sockets;
    g_autofree char *id = g_strdup_printf("chr-vu-%s", filesystem->alias.name);
    g_autofree char *shown =
        g_strdup_printf("%s/%s-fs.sock", build->launch->folder ? build->launch->folder : "",
                        filesystem->alias.name);
    const char *path = filesystem->source.socket;

    if (!path && !sockets && !build->launch->for_show)
        return refuse("the virtiofsd of '%s' has not been started", filesystem->target.dir);
    if (!path)
        path = sockets ? sockets[place] : shown;
    add_socket_chardev(build, id, path, NULL, false);
    return 0;
}

static json_t *device_virtiofs(const struct domain_filesystem *filesystem)
{
    json_t *props = props_of("driver", "vhost-user-fs-pci");

    prop_format(props, "chardev", "chr-vu-%s", filesystem->alias.name);
    prop_uint(props, "queue-size",
              filesystem->driver.queue ? filesystem->driver.queue : VIRTIOFS_QUEUE);
    prop_string(props, "tag", filesystem->target.dir);
    virtio_props(props, &filesystem->driver.virtio_options);
    if (filesystem->boot.order)
        prop_uint(props, "bootindex", filesystem->boot.order);
    return props;
}

int build_filesystems(struct builder *build)
{
    const struct domain_devices *devices = &build->doc->devices;

    for (size_t i = 0; i < devices->n_filesystems; i++) {
        const struct domain_filesystem *filesystem = &devices->filesystems[i];
        bool virtiofs = is_virtiofs(filesystem);
        int rc = virtiofs ? build_virtiofs(build, filesystem, i) : build_9p(build, filesystem);

        if (rc < 0 ||
            add_device(build,
                       device_finish(build->doc, build->launch,
                                     virtiofs ? device_virtiofs(filesystem) : device_9p(filesystem),
                                     (const struct domain_info *)&filesystem->alias,
                                     &filesystem->address)) < 0)
            return -1;
    }
    return 0;
}
