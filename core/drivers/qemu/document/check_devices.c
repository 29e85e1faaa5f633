/* What QEMU does not have as a device, or not like that. */
#include "core/drivers/qemu/document/complete.h"

#include <string.h>

#define MODEL(name) DOMAIN_CONTROLLER_MODEL_##name

/* ---- disks */

static int check_driver(const struct completion *to, const struct domain_disk *disk)
{
    if (!disk->driver.name || !strcmp(disk->driver.name, "qemu"))
        return 0;
    return refuse_config(to, "unsupported driver name '%s' for disk '%s'", disk->driver.name,
                         disk->source.file ? disk->source.file : disk->target.dev);
}

static int check_format(const struct completion *to, const struct domain_disk *disk)
{
    unsigned format = disk->driver.type;

    if (format == COMMON_IMAGE_FORMAT_ISO || format == COMMON_IMAGE_FORMAT_DIR ||
        format == COMMON_IMAGE_FORMAT_FAT || format == COMMON_IMAGE_FORMAT_VHD)
        if (!(format == COMMON_IMAGE_FORMAT_FAT && disk->type == DOMAIN_DISK_TYPE_DIR))
            return refuse_config(to,
                                 "storage format '%s' is not directly supported by QEMU, use '%s' "
                                 "instead",
                                 domain_word(&common_image_format_words, format),
                                 format == COMMON_IMAGE_FORMAT_VHD ? "vpc" : "raw");
    return 0;
}

/* Old controllers have no targets with units: each is one number. */
static int check_lsi(const struct completion *to, const struct domain_address_drive *drive)
{
    const struct domain_controller *controller =
        domain_find_controller(to->doc, DOMAIN_CONTROLLER_TYPE_SCSI, drive->controller);

    if (!controller || controller->model != MODEL(LSILOGIC))
        return 0;
    if (drive->target)
        return refuse_config(to, "target must be 0 for controller model 'lsilogic'");
    if (drive->unit > 7)
        return refuse_config(to, "unit must be <= 7 for scsi bus when the controller model is "
                                 "'lsilogic'");
    return 0;
}

static int check_scsi(const struct completion *to, const struct domain_disk *disk)
{
    if (disk->shareable && !disk->readonly && disk->driver.type &&
        disk->driver.type != COMMON_IMAGE_FORMAT_RAW)
        return refuse_config(to,
                             "shared access for disk '%s' requires use of supported storage format",
                             disk->target.dev);
    if (disk->target.bus != DOMAIN_DISK_TARGET_BUS_SCSI) {
        if (disk->vendor || disk->product)
            return refuse_config(to, "Only scsi disk supports vendor and product");
        return 0;
    }
    return check_lsi(to, &disk->address.drive);
}

int check_disks(const struct completion *to)
{
    const struct domain_devices *devices = &to->doc->devices;

    for (size_t i = 0; i < devices->n_disks; i++)
        if (check_driver(to, &devices->disks[i]) < 0 || check_format(to, &devices->disks[i]) < 0 ||
            check_scsi(to, &devices->disks[i]) < 0)
            return -1;
    return 0;
}

/* ---- interfaces */

static bool power_of_two(unsigned n)
{
    return !(n & (n - 1));
}

int check_interfaces(const struct completion *to)
{
    const struct domain_devices *devices = &to->doc->devices;

    for (size_t i = 0; i < devices->n_interfaces; i++) {
        const struct domain_interface_driver *driver = &devices->interfaces[i].driver;

        if (!power_of_two(driver->rx_queue_size))
            return refuse_config(to, "rx_queue_size has to be a power of two");
        if (!power_of_two(driver->tx_queue_size))
            return refuse_config(to, "tx_queue_size has to be a power of two");
    }
    return 0;
}

/* ---- controllers */

static bool has_cell(const struct domain *doc, int node)
{
    for (size_t i = 0; i < doc->cpu.numa.n_cells; i++)
        if ((int)doc->cpu.numa.cells[i].id == node)
            return true;
    return false;
}

/* Kinds that boards of this kind never had. */
static int check_kind(const struct completion *to, const struct domain_controller *controller)
{
    if (controller->type == DOMAIN_CONTROLLER_TYPE_IDE && !is_i440fx(to->doc))
        return refuse_config(to, "IDE controllers are unsupported for this QEMU binary or machine "
                                 "type");
    if (controller->model == MODEL(NCR53C90))
        return refuse_config(to, "ncr53c90 SCSI controller is not a built-in for this machine");
    return 0;
}

int check_kinds(const struct completion *to)
{
    const struct domain_devices *devices = &to->doc->devices;

    for (size_t i = 0; has_pci(to->doc) && i < devices->n_controllers; i++)
        if (check_kind(to, &devices->controllers[i]) < 0)
            return -1;
    return 0;
}

static int check_expander(const struct completion *to, const struct domain_controller *controller)
{
    const char *model = domain_word(&domain_controller_model_words, controller->model);
    bool express = controller->model == MODEL(PCIE_EXPANDER_BUS);

    if (!express && controller->model != MODEL(PCI_EXPANDER_BUS))
        return 0;
    if (express != is_q35(to->doc))
        return refuse_config(to, "%s controllers are not supported with this machine type", model);
    if (controller->target.has_node && !has_cell(to->doc, controller->target.node))
        return refuse_xml(to,
                          "%s with index %u is configured for a NUMA node (%d) not present in the "
                          "domain's <cpu><numa> array (%zu)",
                          model, controller->index, controller->target.node,
                          to->doc->cpu.numa.n_cells);
    return 0;
}

/* Before places are given: an expander has none on the wrong machine. */
int check_controllers(const struct completion *to)
{
    const struct domain_devices *devices = &to->doc->devices;

    for (size_t i = 0; i < devices->n_controllers; i++)
        if (devices->controllers[i].type == DOMAIN_CONTROLLER_TYPE_PCI &&
            check_expander(to, &devices->controllers[i]) < 0)
            return -1;
    return 0;
}

/* ---- graphics */

static bool has_graphics(const struct domain *doc, unsigned type)
{
    for (size_t i = 0; i < doc->devices.n_graphics; i++)
        if (doc->devices.graphics[i].type == type)
            return true;
    return false;
}

static int check_gl(const struct completion *to)
{
    const struct domain_devices *devices = &to->doc->devices;
    unsigned displays = 0;

    for (size_t i = 0; i < devices->n_graphics; i++)
        displays += devices->graphics[i].gl.enable == TRISTATE_YES ||
                    devices->graphics[i].type == DOMAIN_GRAPHICS_TYPE_EGL_HEADLESS;
    if (displays > 1)
        return refuse_config(to, "multiple OpenGL displays are not supported by QEMU");
    if (has_graphics(to->doc, DOMAIN_GRAPHICS_TYPE_EGL_HEADLESS) &&
        !has_graphics(to->doc, DOMAIN_GRAPHICS_TYPE_VNC) &&
        !has_graphics(to->doc, DOMAIN_GRAPHICS_TYPE_SPICE))
        return refuse_config(to, "graphics type 'egl-headless' is only supported with one of: "
                                 "'vnc', 'spice' graphics types");
    return 0;
}

/* Certificates are a matter of the host's configuration, which has none. */
static int check_tls(const struct completion *to, const struct domain_graphics *graphics)
{
    if (graphics->type != DOMAIN_GRAPHICS_TYPE_SPICE)
        return 0;
    if (graphics->tls_port > 0)
        return refuse_config(to, "spice TLS port set in XML configuration, but TLS is disabled in "
                                 "qemu.conf");
    if (graphics->default_mode == DOMAIN_GRAPHICS_DEFAULT_MODE_SECURE)
        return refuse_config(to, "spice secure channels set in XML configuration, but TLS is "
                                 "disabled in qemu.conf");
    return 0;
}

int check_graphics(const struct completion *to)
{
    const struct domain_devices *devices = &to->doc->devices;

    for (size_t i = 0; i < devices->n_graphics; i++)
        if (check_tls(to, &devices->graphics[i]) < 0)
            return -1;
    return check_gl(to);
}

/* ---- ports */

static bool fits_machine(const struct completion *to, unsigned type)
{
    switch (type) {
    case DOMAIN_SERIAL_TARGET_TYPE_SPAPR_VIO_SERIAL:
    case DOMAIN_SERIAL_TARGET_TYPE_SYSTEM_SERIAL:
    case DOMAIN_SERIAL_TARGET_TYPE_SCLP_SERIAL:
        return !is_x86(to->doc);
    case DOMAIN_SERIAL_TARGET_TYPE_ISA_SERIAL:
    case DOMAIN_SERIAL_TARGET_TYPE_ISA_DEBUG:
        return is_x86(to->doc);
    default:
        return true;
    }
}

int check_chardevs(const struct completion *to)
{
    const struct domain_devices *devices = &to->doc->devices;

    for (size_t i = 0; i < devices->n_serials; i++) {
        const struct domain_serial_target *target = &devices->serials[i].target;

        if (!fits_machine(to, target->type))
            return refuse_config(
                to,
                "Serial device with target type '%s' and target model '%s' not compatible with "
                "guest architecture or machine type",
                domain_word(&domain_serial_target_type_words, target->type),
                domain_word(&domain_serial_target_model_name_words, target->model.name));
    }
    return 0;
}

/* ---- others */

static int check_shmems(const struct completion *to)
{
    const struct domain_devices *devices = &to->doc->devices;

    for (size_t i = 0; i < devices->n_shmems; i++) {
        const char *model =
            domain_word(&domain_shmem_model_type_words, devices->shmems[i].model.type);

        if (!caps_has_device(to->caps, model))
            return refuse_config(to, "%s device is not supported with this QEMU binary", model);
    }
    return 0;
}

static int check_hostdevs(const struct completion *to)
{
    const struct domain_devices *devices = &to->doc->devices;

    for (size_t i = 0; i < devices->n_hostdevs; i++)
        if (domain_hostdev_is_scsi(&devices->hostdevs[i]) &&
            check_lsi(to, &devices->hostdevs[i].address.drive) < 0)
            return -1;
    for (size_t i = 0; i < devices->n_hostdevs; i++)
        if (devices->hostdevs[i].mdev.display == TRISTATE_ON && !devices->n_graphics)
            return refuse_config(to,
                                 "graphics device is needed for attribute value 'display=on' in "
                                 "<hostdev>");
    return 0;
}

static int check_inputs(const struct completion *to)
{
    const struct domain_devices *devices = &to->doc->devices;

    for (size_t i = 0; i < devices->n_inputs; i++) {
        const struct domain_input *input = &devices->inputs[i];

        if (input->bus == DOMAIN_INPUT_BUS_VIRTIO && input->type != DOMAIN_INPUT_TYPE_PASSTHROUGH &&
            (input->model == DOMAIN_VIRTIO_MODEL_VIRTIO_TRANSITIONAL ||
             input->model == DOMAIN_VIRTIO_MODEL_VIRTIO_NON_TRANSITIONAL))
            return refuse_config(to,
                                 "virtio (non-)transitional models are not supported for input "
                                 "type=%s",
                                 domain_word(&domain_input_type_words, input->type));
    }
    return 0;
}

static int check_ccw(const struct domain_device_ref *device, void *opaque)
{
    const struct completion *to = opaque;
    const char *name = device->info->alias.name;

    if (device->placement->address.type != DOMAIN_ADDRESS_TYPE_CCW || !is_x86(to->doc))
        return 0;
    return refuse_config(to, "cannot use CCW address type for device '%s' using machine type '%s'",
                         name ? name : device->kind, to->doc->os.type.machine);
}

static int check_iommu(const struct completion *to)
{
    const struct domain_iommu *iommu = &to->doc->devices.iommu;

    if (iommu->model == DOMAIN_IOMMU_MODEL_INTEL && !is_q35(to->doc))
        return refuse_config(to, "IOMMU device: 'intel' is only supported with Q35 machines");
    if (iommu->model == DOMAIN_IOMMU_MODEL_VIRTIO && !is_pcie(to->doc))
        return refuse_config(to, "IOMMU device: 'virtio' is only supported with Q35 and ARM Virt "
                                 "machines");
    if (iommu->model == DOMAIN_IOMMU_MODEL_VIRTIO && iommu->address.type != DOMAIN_ADDRESS_TYPE_PCI)
        return refuse_config(to, "IOMMU device: 'virtio' needs a PCI address");
    return 0;
}

/* The emulator of TPMs is a program of its own. */
static int check_tpms(const struct completion *to)
{
    const struct domain_devices *devices = &to->doc->devices;

    for (size_t i = 0; i < devices->n_tpms; i++) {
        g_autofree char *program = NULL;

        if (devices->tpms[i].backend.type != DOMAIN_TPM_BACKEND_TYPE_EMULATOR)
            continue;
        program = g_find_program_in_path("swtpm");
        if (!program)
            return refuse_config(
                to, "TPM version '%s' is not supported",
                domain_word(&domain_tpm_backend_version_words, devices->tpms[i].backend.version));
    }
    return 0;
}

int check_small_devices(const struct completion *to)
{
    if (check_shmems(to) < 0 || check_hostdevs(to) < 0 || check_inputs(to) < 0 ||
        check_tpms(to) < 0)
        return -1;
    if (domain_each_device(to->doc, check_ccw, (void *)to) < 0)
        return -1;
    return check_iommu(to);
}
