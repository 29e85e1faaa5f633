/* Controllers. What the board has built in is not asked for. */
#include "core/drivers/qemu/command/props.h"

#define MODEL(name) DOMAIN_CONTROLLER_MODEL_##name

static const struct {
    unsigned model;
    const char *driver;
} drivers[] = {
    {MODEL(PIIX3_UHCI), "piix3-usb-uhci"},
    {MODEL(PIIX4_UHCI), "piix4-usb-uhci"},
    {MODEL(EHCI), "usb-ehci"},
    {MODEL(ICH9_EHCI1), "ich9-usb-ehci1"},
    {MODEL(ICH9_UHCI1), "ich9-usb-uhci1"},
    {MODEL(ICH9_UHCI2), "ich9-usb-uhci2"},
    {MODEL(ICH9_UHCI3), "ich9-usb-uhci3"},
    {MODEL(VT82C686B_UHCI), "vt82c686b-usb-uhci"},
    {MODEL(PCI_OHCI), "pci-ohci"},
    {MODEL(NEC_XHCI), "nec-usb-xhci"},
    {MODEL(QEMU_XHCI), "qemu-xhci"},
    {MODEL(LSILOGIC), "lsi"},
    {MODEL(LSISAS1068), "mptsas1068"},
    {MODEL(LSISAS1078), "megasas"},
    {MODEL(VMPVSCSI), "pvscsi"},
    {MODEL(IBMVSCSI), "spapr-vscsi"},
    {MODEL(DC390), "dc390"},
    {MODEL(AM53C974), "am53c974"},
};

static const char *driver_of(unsigned model)
{
    for (size_t i = 0; i < G_N_ELEMENTS(drivers); i++)
        if (drivers[i].model == model)
            return drivers[i].driver;
    return NULL;
}

static unsigned virtio_form(unsigned model)
{
    if (model == MODEL(VIRTIO_TRANSITIONAL))
        return DOMAIN_VIRTIO_MODEL_VIRTIO_TRANSITIONAL;
    if (model == MODEL(VIRTIO_NON_TRANSITIONAL))
        return DOMAIN_VIRTIO_MODEL_VIRTIO_NON_TRANSITIONAL;
    return DOMAIN_VIRTIO_MODEL_VIRTIO;
}

static const struct prop pci_table[] = {
    PROP("bus_nr", PROP_UINT, struct domain_controller, target.bus_nr),
    PROP("chassis_nr", PROP_UINT, struct domain_controller, target.chassis_nr),
};

static json_t *pci(const struct domain_controller *controller)
{
    const char *driver =
        doc_word(&domain_controller_device_model_name_words, controller->device_model.name);
    json_t *props = props_of("driver", driver);
    bool port = controller->model == MODEL(PCIE_ROOT_PORT) ||
                controller->model == MODEL(PCIE_SWITCH_DOWNSTREAM_PORT);

    PROPS_ADD(props, controller, pci_table);
    if (port) {
        prop_uint(props, "port", controller->target.port);
        prop_uint(props, "chassis", controller->target.chassis);
    }
    if (controller->target.has_node)
        prop_uint(props, "numa_node", (unsigned)controller->target.node);
    if (controller->target.hotplug)
        prop_bool(props, controller->model == MODEL(PCI_BRIDGE) ? "shpc" : "hotplug",
                  controller->target.hotplug == TRISTATE_ON);
    return props;
}

static json_t *usb(const struct domain *doc, const struct domain_controller *controller)
{
    json_t *props = props_of("driver", driver_of(controller->model));

    if (controller->has_ports) {
        prop_uint(props, "p2", controller->ports);
        prop_uint(props, "p3", controller->ports);
    }
    if (controller->master.has_startport) {
        prop_format(props, "masterbus", "%s.0",
                    controller_alias(doc, DOMAIN_CONTROLLER_TYPE_USB, controller->index));
        prop_uint(props, "firstport", controller->master.startport);
    }
    return props;
}

static const struct prop scsi_table[] = {
    PROP("num_queues", PROP_UINT, struct domain_controller, driver.queues),
    PROP("cmd_per_lun", PROP_UINT, struct domain_controller, driver.cmd_per_lun),
    PROP("max_sectors", PROP_UINT, struct domain_controller, driver.max_sectors),
    PROP("ioeventfd", PROP_BOOL, struct domain_controller, driver.ioeventfd),
};

static json_t *scsi(const struct domain_controller *controller)
{
    g_autofree char *driver = g_strdup(driver_of(controller->model));
    json_t *props;

    if (!driver)
        driver = virtio_driver("virtio-scsi", virtio_form(controller->model), &controller->address);
    props = props_of("driver", driver);
    if (controller->driver.iothread)
        prop_format(props, "iothread", "iothread%u", controller->driver.iothread);
    virtio_props(props, &controller->driver.virtio_options);
    PROPS_ADD(props, controller, scsi_table);
    if (controller->address.type == DOMAIN_ADDRESS_TYPE_SPAPR_VIO)
        prop_uint(props, "reg", controller->address.spapr_vio.reg);
    return props;
}

static json_t *virtio_serial(const struct domain_controller *controller)
{
    g_autofree char *driver =
        virtio_driver("virtio-serial", virtio_form(controller->model), &controller->address);
    json_t *props = props_of("driver", driver);

    virtio_props(props, &controller->driver.virtio_options);
    if (controller->has_ports)
        prop_uint(props, "max_ports", controller->ports);
    if (controller->has_vectors)
        prop_uint(props, "vectors", controller->vectors);
    return props;
}

/* Drives in a controller that is asked for; those of a board's own are a matter of -global. */
static json_t *floppies(const struct domain *doc)
{
    json_t *props = props_of("driver", "isa-fdc");

    for (size_t i = 0; i < doc->devices.n_disks; i++) {
        const struct domain_disk *disk = &doc->devices.disks[i];
        unsigned boot = boot_index_disk(doc, disk);

        if (disk->target.bus == DOMAIN_DISK_TARGET_BUS_FDC && boot)
            prop_uint(props, disk->address.drive.unit ? "bootindexB" : "bootindexA", boot);
    }
    return props;
}

static bool built_in(const struct domain *doc, const struct domain_controller *controller)
{
    switch (controller->type) {
    case DOMAIN_CONTROLLER_TYPE_PCI:
        return controller->model == MODEL(PCI_ROOT) || controller->model == MODEL(PCIE_ROOT);
    case DOMAIN_CONTROLLER_TYPE_USB:
        return controller->model == MODEL(NONE);
    case DOMAIN_CONTROLLER_TYPE_IDE:
    case DOMAIN_CONTROLLER_TYPE_ISA:
    case DOMAIN_CONTROLLER_TYPE_XENBUS:
        return true;
    case DOMAIN_CONTROLLER_TYPE_SATA:
        return machine_is_q35(doc) && controller->index == 0;
    case DOMAIN_CONTROLLER_TYPE_FDC:
        return !machine_is_q35(doc);
    default:
        return controller->model == MODEL(NCR53C90);
    }
}

static json_t *by_type(const struct domain *doc, const struct domain_controller *controller)
{
    switch (controller->type) {
    case DOMAIN_CONTROLLER_TYPE_PCI:
        return pci(controller);
    case DOMAIN_CONTROLLER_TYPE_USB:
        return usb(doc, controller);
    case DOMAIN_CONTROLLER_TYPE_SCSI:
        return scsi(controller);
    case DOMAIN_CONTROLLER_TYPE_VIRTIO_SERIAL:
        return virtio_serial(controller);
    case DOMAIN_CONTROLLER_TYPE_CCID:
        return props_of("driver", "usb-ccid");
    case DOMAIN_CONTROLLER_TYPE_FDC:
        return floppies(doc);
    default:
        return props_of("driver", "ahci");
    }
}

json_t *device_props_controller(const struct domain *doc,
                                const struct domain_controller *controller,
                                const struct launch *launch)
{
    static const struct domain_info nameless;
    const struct domain_info *info = (const struct domain_info *)&controller->alias;

    /* Companions answer to their master's name, and the floppies' bus is found without one. */
    if (controller->master.has_startport || controller->type == DOMAIN_CONTROLLER_TYPE_FDC)
        info = &nameless;
    return device_finish(doc, launch, by_type(doc, controller), info, &controller->address);
}

static int build_of(struct builder *build,
                    bool (*wanted)(const struct domain_controller *controller))
{
    const struct domain *doc = build->doc;

    for (size_t i = 0; i < doc->devices.n_controllers; i++) {
        const struct domain_controller *controller = &doc->devices.controllers[i];

        if (!wanted(controller) || built_in(doc, controller))
            continue;
        if (add_device(build, device_props_controller(doc, controller, build->launch)) < 0)
            return -1;
    }
    return 0;
}

static bool is_pci(const struct domain_controller *controller)
{
    return controller->type == DOMAIN_CONTROLLER_TYPE_PCI;
}

static bool is_companion(const struct domain_controller *controller)
{
    return controller->type == DOMAIN_CONTROLLER_TYPE_USB && controller->master.has_startport;
}

static bool is_usb(const struct domain_controller *controller)
{
    return controller->type == DOMAIN_CONTROLLER_TYPE_USB && !is_companion(controller);
}

static bool is_ccid(const struct domain_controller *controller)
{
    return controller->type == DOMAIN_CONTROLLER_TYPE_CCID;
}

static bool is_other(const struct domain_controller *controller)
{
    return !is_pci(controller) && controller->type != DOMAIN_CONTROLLER_TYPE_USB &&
           !is_ccid(controller);
}

/* Holes for large devices are asked of the bus itself. */
static void build_holes(struct builder *build)
{
    const struct domain_controller *root =
        controller_find(build->doc, DOMAIN_CONTROLLER_TYPE_PCI, 0);

    if (root && root->has_pcihole64)
        add_optionf(build, "-global", "%s.pci-hole64-size=%lluK",
                    machine_is_q35(build->doc) ? "q35-pcihost" : "i440FX-pcihost", root->pcihole64);
    if (root && machine_is_pc(build->doc) && root->target.hotplug == TRISTATE_OFF)
        add_option(build, "-global", "PIIX4_PM.acpi-root-pci-hotplug=off");
    if (build->doc->features.smm.state == TRISTATE_ON && build->doc->features.smm.has_tseg)
        add_optionf(build, "-global", "mch.extended-tseg-mbytes=%llu",
                    build->doc->features.smm.tseg >> 20);
}

/* A bus comes before what stands on it. */
int build_controllers(struct builder *build)
{
    build_holes(build);
    if (build_of(build, is_pci) < 0 || build_of(build, is_usb) < 0 ||
        build_of(build, is_companion) < 0 || build_of(build, is_other) < 0)
        return -1;
    return 0;
}

/* Card readers, which may stand on a hub. */
int build_readers(struct builder *build)
{
    return build_of(build, is_ccid);
}
