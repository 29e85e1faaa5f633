/* Small devices: balloon, randomness, watchdog, panic, sockets to the host, translation. */
#include "core/drivers/qemu/command/chardev.h"

static bool has_balloon(const struct domain_memballoon *balloon)
{
    return balloon->model && balloon->model != DOMAIN_MEMBALLOON_MODEL_NONE &&
           balloon->model != DOMAIN_MEMBALLOON_MODEL_XEN;
}

static unsigned balloon_form(unsigned model)
{
    switch (model) {
    case DOMAIN_MEMBALLOON_MODEL_VIRTIO_TRANSITIONAL:
        return DOMAIN_VIRTIO_MODEL_VIRTIO_TRANSITIONAL;
    case DOMAIN_MEMBALLOON_MODEL_VIRTIO_NON_TRANSITIONAL:
        return DOMAIN_VIRTIO_MODEL_VIRTIO_NON_TRANSITIONAL;
    default:
        return DOMAIN_VIRTIO_MODEL_VIRTIO;
    }
}

json_t *device_props_balloon(const struct domain *doc, const struct domain_memballoon *balloon,
                             const struct launch *launch)
{
    g_autofree char *driver =
        virtio_driver("virtio-balloon", balloon_form(balloon->model), &balloon->address);
    json_t *props = props_of("driver", driver);

    virtio_props(props, &balloon->driver.virtio_options);
    prop_tristate(props, "deflate-on-oom", balloon->autodeflate);
    prop_tristate(props, "free-page-reporting", balloon->free_page_reporting);
    return device_finish(doc, launch, props, (const struct domain_info *)&balloon->alias,
                         &balloon->address);
}

int build_balloon(struct builder *build)
{
    const struct domain_memballoon *balloon = &build->doc->devices.memballoon;

    if (!has_balloon(balloon))
        return 0;
    return add_device(build, device_props_balloon(build->doc, balloon, build->launch));
}

/* ---- randomness */

json_t *object_props_rng(const struct domain_rng *rng, const struct launch *launch G_GNUC_UNUSED)
{
    static const char *const kinds[] = {
        [DOMAIN_RNG_BACKEND_MODEL_RANDOM] = "rng-random",
        [DOMAIN_RNG_BACKEND_MODEL_EGD] = "rng-egd",
        [DOMAIN_RNG_BACKEND_MODEL_BUILTIN] = "rng-builtin",
    };
    json_t *props = props_of("qom-type", kinds[rng->backend.model]);

    prop_format(props, "id", "obj%s", rng->alias.name);
    if (rng->backend.model == DOMAIN_RNG_BACKEND_MODEL_RANDOM)
        prop_string(props, "filename", rng->backend.text);
    else if (rng->backend.model == DOMAIN_RNG_BACKEND_MODEL_EGD)
        prop_format(props, "chardev", "char%s", rng->alias.name);
    return props;
}

json_t *device_props_rng(const struct domain *doc, const struct domain_rng *rng,
                         const struct launch *launch)
{
    g_autofree char *driver = virtio_driver("virtio-rng", rng->model, &rng->address);
    json_t *props = props_of("driver", driver);

    virtio_props(props, &rng->driver.virtio_options);
    prop_format(props, "rng", "obj%s", rng->alias.name);
    if (rng->rate.bytes) {
        prop_uint(props, "max-bytes", rng->rate.bytes);
        prop_uint(props, "period", rng->rate.period ? rng->rate.period : 1000);
    }
    return device_finish(doc, launch, props, (const struct domain_info *)&rng->alias,
                         &rng->address);
}

int build_rngs(struct builder *build)
{
    const struct domain_devices *devices = &build->doc->devices;

    for (size_t i = 0; i < devices->n_rngs; i++) {
        const struct domain_rng *rng = &devices->rngs[i];

        if (rng->backend.model == DOMAIN_RNG_BACKEND_MODEL_EGD &&
            add_chardev(build, rng->alias.name, rng->backend.type, &rng->backend.chardev) < 0)
            return -1;
        if (add_json(build, "-object", object_props_rng(rng, build->launch)) < 0 ||
            add_device(build, device_props_rng(build->doc, rng, build->launch)) < 0)
            return -1;
    }
    return 0;
}

/* ---- watchdog */

json_t *device_props_watchdog(const struct domain *doc, const struct domain_watchdog *watchdog,
                              const struct launch *launch)
{
    json_t *props = props_of("driver", doc_word(&domain_watchdog_model_words, watchdog->model));

    return device_finish(doc, launch, props, (const struct domain_info *)&watchdog->alias,
                         &watchdog->address);
}

/* A dump is written by us while the guest stands still. */
static const char *watchdog_action(const struct domain_watchdog *watchdog)
{
    if (watchdog->action == DOMAIN_WATCHDOG_ACTION_DUMP)
        return "pause";
    return doc_word(&domain_watchdog_action_words,
                    watchdog->action ? watchdog->action : DOMAIN_WATCHDOG_ACTION_RESET);
}

int build_watchdog(struct builder *build)
{
    const struct domain_watchdog *watchdog = &build->doc->devices.watchdog;

    if (!watchdog->model)
        return 0;
    if (add_device(build, device_props_watchdog(build->doc, watchdog, build->launch)) < 0)
        return -1;
    add_option(build, "-watchdog-action", watchdog_action(watchdog));
    return 0;
}

/* ---- panic: through a port, or as Hyper-V's guests do it */

int build_panics(struct builder *build)
{
    const struct domain_devices *devices = &build->doc->devices;

    for (size_t i = 0; i < devices->n_panics; i++) {
        const struct domain_devices_panics *panic = &devices->panics[i];
        json_t *props;

        if (panic->model && panic->model != DOMAIN_DEVICES_PANICS_MODEL_ISA)
            continue;
        props = props_of("driver", "pvpanic");
        if (panic->address.type == DOMAIN_ADDRESS_TYPE_ISA)
            prop_uint(props, "ioport", panic->address.isa.iobase);
        add_device(build, props);
    }
    return 0;
}

/* ---- sockets between host and guest */

json_t *device_props_vsock(const struct domain *doc, const struct domain_vsock *vsock,
                           const struct launch *launch)
{
    g_autofree char *driver = virtio_driver("vhost-vsock", vsock->model, &vsock->address);
    json_t *props = props_of("driver", driver);

    virtio_props(props, &vsock->driver.virtio_options);
    prop_uint(props, "guest-cid", vsock->cid.address);
    if (launch->vsock_fd)
        prop_format(props, "vhostfd", "%d", *launch->vsock_fd);
    else if (launch->for_show)
        prop_string(props, "vhostfd", "-1");
    return device_finish(doc, launch, props, (const struct domain_info *)&vsock->alias,
                         &vsock->address);
}

int build_vsock(struct builder *build)
{
    const struct domain_vsock *vsock = build->doc->devices.vsock;

    if (!vsock)
        return 0;
    if (build->launch->vsock_fd)
        add_fd(build, *build->launch->vsock_fd, "vsock");
    return add_device(build, device_props_vsock(build->doc, vsock, build->launch));
}

/* ---- translation of addresses: before everything that it translates for */

static const struct prop intel_table[] = {
    PROP("intremap", PROP_SWITCH, struct domain_iommu, driver.intremap),
    PROP("caching-mode", PROP_BOOL, struct domain_iommu, driver.caching_mode),
    PROP("eim", PROP_SWITCH, struct domain_iommu, driver.eim),
    PROP("device-iotlb", PROP_BOOL, struct domain_iommu, driver.iotlb),
    PROP("aw-bits", PROP_UINT, struct domain_iommu, driver.aw_bits),
};

int build_iommu(struct builder *build)
{
    const struct domain_iommu *iommu = &build->doc->devices.iommu;
    json_t *props;

    if (iommu->model == DOMAIN_IOMMU_MODEL_INTEL) {
        props = props_of("driver", "intel-iommu");
        PROPS_ADD(props, iommu, intel_table);
    } else if (iommu->model == DOMAIN_IOMMU_MODEL_VIRTIO) {
        props = props_of("driver", "virtio-iommu-pci");
    } else {
        return 0;
    }
    return add_device(
        build,
        device_finish(build->doc, build->launch, props, (const struct domain_info *)&iommu->alias,
                      iommu->model == DOMAIN_IOMMU_MODEL_VIRTIO ? &iommu->address : NULL));
}

/* ---- memory shared between guests */

static json_t *shared_memory(const struct domain_shmem *shmem)
{
    json_t *props = props_of("qom-type", "memory-backend-file");

    prop_format(props, "id", "shmmem-%s", shmem->alias.name);
    prop_format(props, "mem-path", "/dev/shm/%s", shmem->name);
    prop_uint(props, "size", shmem->size << 20);
    prop_bool(props, "share", true);
    return props;
}

static json_t *device_props_shmem(const struct domain *doc, const struct domain_shmem *shmem,
                                  const struct launch *launch)
{
    bool plain = shmem->model.type == DOMAIN_SHMEM_MODEL_TYPE_IVSHMEM_PLAIN;
    json_t *props = props_of("driver", doc_word(&domain_shmem_model_type_words, shmem->model.type));

    if (plain) {
        prop_format(props, "memdev", "shmmem-%s", shmem->alias.name);
        prop_string(props, "master", shmem->role == DOMAIN_SHMEM_ROLE_MASTER ? "on" : "off");
    } else {
        prop_format(props, "chardev", "char%s", shmem->alias.name);
        if (shmem->role)
            prop_string(props, "master", shmem->role == DOMAIN_SHMEM_ROLE_MASTER ? "on" : "off");
        if (shmem->msi && shmem->msi->vectors)
            prop_uint(props, "vectors", shmem->msi->vectors);
        if (shmem->msi)
            prop_tristate(props, "ioeventfd", shmem->msi->ioeventfd);
    }
    return device_finish(doc, launch, props, (const struct domain_info *)&shmem->alias,
                         &shmem->address);
}

int build_shmems(struct builder *build)
{
    const struct domain_devices *devices = &build->doc->devices;

    for (size_t i = 0; i < devices->n_shmems; i++) {
        const struct domain_shmem *shmem = &devices->shmems[i];
        g_autofree char *id = g_strdup_printf("char%s", shmem->alias.name);
        g_autofree char *path =
            shmem->server && shmem->server->path
                ? g_strdup(shmem->server->path)
                : g_strdup_printf("/var/lib/libvirt/shmem-%s-sock", shmem->name);

        if (shmem->model.type == DOMAIN_SHMEM_MODEL_TYPE_IVSHMEM_PLAIN)
            add_json(build, "-object", shared_memory(shmem));
        else
            add_socket_chardev(build, id, path, NULL, false);
        if (add_device(build, device_props_shmem(build->doc, shmem, build->launch)) < 0)
            return -1;
    }
    return 0;
}
