/* What controllers may not say, and what USB devices need. */
#include "core/conf/domain/devices.h"
#include "core/conf/domain/hooks.h"

#define TYPE(name) DOMAIN_CONTROLLER_TYPE_##name
#define MODEL(name) DOMAIN_CONTROLLER_MODEL_##name

/* Each is a bus, and buses are numbered in a byte. */
#define PCI_INDEX_MAX 255

static int check_duplicates(const struct domain_devices *devices, size_t at,
                            const struct doc_call *call)
{
    const struct domain_controller *one = &devices->controllers[at];

    if (one->type == TYPE(USB))
        return 0; /* an ICH9 is four controllers of one index */
    for (size_t i = 0; i < at; i++) {
        const struct domain_controller *other = &devices->controllers[i];

        if (other->type == one->type && other->index == one->index) {
            doc_error(call, VIR_ERR_XML_ERROR, "Multiple '%s' controllers with index '%u'",
                      WORD(domain_controller_type_words, one->type), one->index);
            return -1;
        }
    }
    return 0;
}

static int check_number(bool given, long long value, const char *name, int min, int max,
                        const struct doc_call *call)
{
    if (!given || (value >= min && value <= max))
        return 0;
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
              "PCI controller %s '%lld' out of range - must be %d-%d", name, value, min, max);
    return -1;
}

static int check_pci_target(const struct domain_controller *controller, const struct doc_call *call)
{
    const struct domain_controller_target *target = &controller->target;

    if (check_number(target->has_chassis_nr, target->chassis_nr, "chassisNr", 1, 255, call) < 0 ||
        check_number(target->has_chassis, target->chassis, "chassis", 0, 255, call) < 0 ||
        check_number(target->has_port, (long long)MIN(target->port, INT_MAX), "port", 0, 255,
                     call) < 0 ||
        check_number(target->has_bus_nr, target->bus_nr, "busNr", 1, 254, call) < 0)
        return -1;
    if (target->has_index && (target->index == 0) != (controller->index == 0)) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "Only the PCI controller with index 0 can have target index 0, and vice versa");
        return -1;
    }
    if (target->has_node && controller->index == 0) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "The PCI controller with index=0 can't be associated with a NUMA node");
        return -1;
    }
    return 0;
}

static int check_pci(const struct domain_controller *controller, const struct doc_call *call)
{
    bool root = controller->model == MODEL(PCI_ROOT) || controller->model == MODEL(PCIE_ROOT);

    if (controller->index > PCI_INDEX_MAX) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "PCI controller index %u too high, maximum is %d", controller->index,
                  PCI_INDEX_MAX);
        return -1;
    }
    if (root && controller->address.type) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "pci-root and pcie-root controllers should not have an address");
        return -1;
    }
    return check_pci_target(controller, call);
}

static int check_iothread(const struct domain_controller *controller, const struct doc_call *call)
{
    if (!controller->driver.iothread || controller->model == MODEL(VIRTIO_SCSI) ||
        controller->model == MODEL(VIRTIO_TRANSITIONAL) ||
        controller->model == MODEL(VIRTIO_NON_TRANSITIONAL))
        return 0;
    doc_error(call, VIR_ERR_XML_ERROR,
              "'iothread' attribute only supported for virtio scsi controllers");
    return -1;
}

int domain_check_controllers_together(struct domain *def, const struct doc_call *call)
{
    for (size_t i = 0; i < def->devices.n_controllers; i++) {
        if (check_duplicates(&def->devices, i, call) < 0)
            return -1;
    }
    return 0;
}

int domain_check_each_controller(struct domain *def, const struct doc_call *call)
{
    const struct domain_devices *devices = &def->devices;

    for (size_t i = 0; i < devices->n_controllers; i++) {
        const struct domain_controller *controller = &devices->controllers[i];

        if (check_iothread(controller, call) < 0 ||
            (controller->type == TYPE(PCI) && check_pci(controller, call) < 0))
            return -1;
    }
    return 0;
}

/* ---- USB */

static int no_usb(const struct doc_call *call, int code, const char *what)
{
    doc_error(call, code, "%s", what);
    return -1;
}

/* Is there a model of USB controllers that says "none"? */
static bool usb_is_off(const struct domain_devices *devices)
{
    for (size_t i = 0; i < devices->n_controllers; i++) {
        if (devices->controllers[i].type == TYPE(USB) &&
            devices->controllers[i].model == MODEL(NONE))
            return true;
    }
    return false;
}

int domain_hook_controllers_read(void *part, const struct doc_call *call)
{
    const struct domain_devices *devices = part;
    unsigned masters = 0, all = 0;

    for (size_t i = 0; i < devices->n_controllers; i++) {
        const struct domain_controller *controller = &devices->controllers[i];

        if (controller->type != TYPE(USB))
            continue;
        all++;
        masters += !controller->master.has_startport;
    }
    if (all > 1 && usb_is_off(devices))
        return no_usb(call, VIR_ERR_XML_DETAIL,
                      "Can't add another USB controller: USB is disabled for this domain");
    if (all > 0 && masters == 0)
        return no_usb(call, VIR_ERR_XML_DETAIL, "No master USB controller specified");
    return 0;
}

static int check_usb_devices(const struct domain_devices *devices, const struct doc_call *call)
{
    if (devices->n_hubs > 0)
        return no_usb(call, VIR_ERR_CONFIG_UNSUPPORTED,
                      "Can't add USB hub: USB is disabled for this domain");
    for (size_t i = 0; i < devices->n_inputs; i++) {
        if (devices->inputs[i].bus == DOMAIN_INPUT_BUS_USB)
            return no_usb(call, VIR_ERR_CONFIG_UNSUPPORTED,
                          "Can't add USB input device. USB bus is disabled");
    }
    for (size_t i = 0; i < devices->n_hostdevs; i++) {
        if (devices->hostdevs[i].mode == DOMAIN_HOSTDEV_MODE_SUBSYSTEM &&
            devices->hostdevs[i].type == DOMAIN_HOSTDEV_TYPE_USB)
            return no_usb(call, VIR_ERR_CONFIG_UNSUPPORTED,
                          "Can't add host USB device: USB is disabled in this host");
    }
    return 0;
}

/* What says itself that it is USB; the others are known later. */
int domain_hook_usb_devices_read(void *part, const struct doc_call *call)
{
    const struct domain_devices *devices = part;

    return usb_is_off(devices) ? check_usb_devices(devices, call) : 0;
}

int domain_check_usb(struct domain *def, const struct doc_call *call)
{
    const struct domain_devices *devices = &def->devices;
    bool off = usb_is_off(devices);

    if (off && check_usb_devices(devices, call) < 0)
        return -1;
    /* Redirection needs a controller that the document names. */
    if (devices->n_redirdevs > 0 && (off || domain_count_controllers(def, TYPE(USB)) == 0))
        return no_usb(call, VIR_ERR_CONFIG_UNSUPPORTED,
                      "cannot add redirected USB device: USB is disabled for this domain");
    return 0;
}
