/* Controllers that a machine has, and what those have that are given. */
#include "core/drivers/qemu/document/complete.h"

#include <string.h>

#define TYPE(name) DOMAIN_CONTROLLER_TYPE_##name
#define MODEL(name) DOMAIN_CONTROLLER_MODEL_##name
#define NAME(name) DOMAIN_CONTROLLER_DEVICE_MODEL_NAME_##name

static bool is_bare(const struct domain *doc)
{
    return !g_strcmp0(doc->os.type.machine, "isapc") || is_microvm(doc);
}

/* Q35 gets the fastest that there is, older machines what was theirs. */
static unsigned default_usb(const struct completion *to)
{
    static const struct {
        const char *driver;
        unsigned model;
    } preferred[] = {
        {"qemu-xhci", MODEL(QEMU_XHCI)},
        {"nec-usb-xhci", MODEL(NEC_XHCI)},
    };

    for (size_t i = 0; is_q35(to->doc) && i < G_N_ELEMENTS(preferred); i++)
        if (caps_has_device(to->caps, preferred[i].driver))
            return preferred[i].model;
    return 0;
}

static int check_root(const struct completion *to, unsigned model)
{
    const struct domain_controller *root = domain_find_controller(to->doc, TYPE(PCI), 0);

    if (!root || !root->model || root->model == model)
        return 0;
    return refuse_xml(to,
                      "The PCI controller with index='0' must be model='%s' for this machine type, "
                      "but model='%s' was found instead",
                      domain_word(&domain_controller_model_words, model),
                      domain_word(&domain_controller_model_words, root->model));
}

/* In this order: what is added stands behind what was given. */
int add_default_controllers(const struct completion *to)
{
    struct domain *doc = to->doc;
    unsigned root = is_pcie(doc) ? MODEL(PCIE_ROOT) : MODEL(PCI_ROOT);

    domain_number_controllers(doc, to->call);
    if (!is_bare(doc) && has_pci(doc) && !domain_count_controllers(doc, TYPE(USB)))
        domain_add_controller(doc, TYPE(USB), 0, default_usb(to));
    if (is_q35(doc))
        domain_add_controller(doc, TYPE(SATA), 0, 0);
    if (!has_pci(doc))
        return 0;
    if (check_root(to, root) < 0)
        return -1;
    domain_add_controller(doc, TYPE(PCI), 0, root);
    return 0;
}

/* ---- models */

enum { VSCSI_REG = 0x2000 };

static unsigned scsi_model(const struct completion *to)
{
    if (is_x86(to->doc) && caps_has_device(to->caps, "lsi53c895a"))
        return MODEL(LSILOGIC);
    if (caps_has_device(to->caps, "virtio-scsi-pci"))
        return MODEL(VIRTIO_SCSI);
    return 0;
}

static const struct {
    unsigned model, name;
    bool chassis, port, chassis_nr;
} pci_models[] = {
    {MODEL(PCI_BRIDGE), NAME(PCI_BRIDGE), .chassis_nr = true},
    {MODEL(DMI_TO_PCI_BRIDGE), NAME(I82801B11_BRIDGE)},
    {MODEL(PCIE_TO_PCI_BRIDGE), NAME(PCIE_PCI_BRIDGE)},
    {MODEL(PCIE_ROOT_PORT), NAME(PCIE_ROOT_PORT), .chassis = true, .port = true},
    {MODEL(PCIE_SWITCH_UPSTREAM_PORT), NAME(X3130_UPSTREAM)},
    {MODEL(PCIE_SWITCH_DOWNSTREAM_PORT), NAME(XIO3130_DOWNSTREAM), .chassis = true, .port = true},
    {MODEL(PCI_EXPANDER_BUS), NAME(PXB)},
    {MODEL(PCIE_EXPANDER_BUS), NAME(PXB_PCIE)},
};

static void name_pci(struct domain_controller *controller, const struct completion *to)
{
    for (size_t i = 0; i < G_N_ELEMENTS(pci_models); i++) {
        if (pci_models[i].model != controller->model)
            continue;
        if (!controller->device_model.name)
            controller->device_model.name = pci_models[i].name;
        if (pci_models[i].name == NAME(PCIE_ROOT_PORT) &&
            !caps_has_device(to->caps, "pcie-root-port"))
            controller->device_model.name = NAME(IOH3420);
        if (pci_models[i].chassis_nr && !controller->target.has_chassis_nr) {
            controller->target.has_chassis_nr = true;
            controller->target.chassis_nr = controller->index;
        }
        if (pci_models[i].chassis && !controller->target.has_chassis) {
            controller->target.has_chassis = true;
            controller->target.chassis = controller->index;
        }
    }
}

/* The first number below the last expander's that leaves room for the buses behind it. */
static unsigned expander_bus_number(const struct domain *doc, const struct domain_controller *own)
{
    unsigned lowest = 256;

    for (size_t i = 0; i < doc->devices.n_controllers; i++) {
        const struct domain_controller *other = &doc->devices.controllers[i];

        if (other == own || other->type != TYPE(PCI) || !other->target.has_bus_nr)
            continue;
        lowest = MIN(lowest, other->target.bus_nr);
    }
    return lowest - 2;
}

static void number_port(struct domain_controller *controller, const struct domain_address_pci *pci)
{
    if (controller->model == MODEL(PCIE_ROOT_PORT))
        controller->target.port = pci->slot << 3 | pci->function;
    else if (controller->model == MODEL(PCIE_SWITCH_DOWNSTREAM_PORT))
        controller->target.port = pci->slot;
    else
        return;
    controller->target.has_port = true;
}

/* What follows from a bus's place; after addresses were given. */
void finish_pci_controllers(const struct completion *to)
{
    struct domain *doc = to->doc;

    for (size_t i = 0; i < doc->devices.n_controllers; i++) {
        struct domain_controller *controller = &doc->devices.controllers[i];
        const struct domain_address *address = &controller->address;

        if (controller->type != TYPE(PCI))
            continue;
        name_pci(controller, to);
        if (!controller->target.has_port && address->type == DOMAIN_ADDRESS_TYPE_PCI)
            number_port(controller, &address->pci);
        if ((controller->model == MODEL(PCI_EXPANDER_BUS) ||
             controller->model == MODEL(PCIE_EXPANDER_BUS)) &&
            !controller->target.has_bus_nr) {
            controller->target.bus_nr = expander_bus_number(doc, controller);
            controller->target.has_bus_nr = true;
        }
    }
}

static int complete_one(const struct completion *to, struct domain_controller *controller)
{
    switch (controller->type) {
    case TYPE(USB):
        if (!controller->model && is_x86(to->doc))
            controller->model = MODEL(PIIX3_UHCI);
        return 0;
    case TYPE(SCSI):
        if (!controller->model || controller->model == MODEL(AUTO))
            controller->model = scsi_model(to);
        if (controller->model == MODEL(IBMVSCSI) && !controller->address.type) {
            controller->address.type = DOMAIN_ADDRESS_TYPE_SPAPR_VIO;
            controller->address.spapr_vio.has_reg = true;
            controller->address.spapr_vio.reg = VSCSI_REG;
        }
        return 0;
    case TYPE(PCI):
        name_pci(controller, to);
        return 0;
    default:
        return 0;
    }
}

int complete_controllers(const struct completion *to)
{
    struct domain *doc = to->doc;

    for (size_t i = 0; i < doc->devices.n_controllers; i++)
        if (complete_one(to, &doc->devices.controllers[i]) < 0)
            return -1;
    return 0;
}
