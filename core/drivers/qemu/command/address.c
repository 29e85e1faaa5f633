/* Where devices stand: buses by the names of their controllers. */
#include "core/drivers/qemu/command/props.h"

#include <string.h>

#include "core/drivers/qemu/caps/caps.h"

bool doc_is_x86(const struct domain *doc)
{
    return !g_strcmp0(doc->os.type.arch, "x86_64") || !g_strcmp0(doc->os.type.arch, "i686");
}

bool machine_is_q35(const struct domain *doc)
{
    const char *machine = doc->os.type.machine;

    return machine && doc_is_x86(doc) &&
           (!strcmp(machine, "q35") || g_str_has_prefix(machine, "pc-q35"));
}

bool machine_is_microvm(const struct domain *doc)
{
    return !g_strcmp0(doc->os.type.machine, "microvm");
}

bool machine_is_pc(const struct domain *doc)
{
    return doc_is_x86(doc) && !machine_is_q35(doc) && !machine_is_microvm(doc);
}

const struct domain_controller *controller_find(const struct domain *doc, unsigned type,
                                                unsigned index)
{
    for (size_t i = 0; i < doc->devices.n_controllers; i++) {
        const struct domain_controller *controller = &doc->devices.controllers[i];

        if (controller->type == type && controller->index == index)
            return controller;
    }
    return NULL;
}

/* QEMU has names of its own for what a board has built in, whatever its user calls it. */
static const char *board_name(const struct domain *doc, unsigned type, unsigned index)
{
    if (index)
        return NULL;
    if (type == DOMAIN_CONTROLLER_TYPE_PCI)
        return machine_is_pc(doc) ? "pci.0" : "pcie.0";
    if (type == DOMAIN_CONTROLLER_TYPE_IDE ||
        (type == DOMAIN_CONTROLLER_TYPE_SATA && machine_is_q35(doc)))
        return "ide";
    return NULL;
}

const char *controller_alias(const struct domain *doc, unsigned type, unsigned index)
{
    const char *own = board_name(doc, type, index);
    const struct domain_controller *controller = controller_find(doc, type, index);

    if (own)
        return own;
    return controller && controller->alias.name ? controller->alias.name : "?";
}

static void place_pci(const struct domain *doc, json_t *props, const struct domain_address_pci *pci)
{
    const char *bus = controller_alias(doc, DOMAIN_CONTROLLER_TYPE_PCI, pci->bus);

    prop_string(props, "bus", bus);
    if (pci->multifunction == TRISTATE_ON)
        prop_bool(props, "multifunction", true);
    else if (pci->multifunction == TRISTATE_OFF)
        prop_bool(props, "multifunction", false);
    if (pci->function)
        prop_format(props, "addr", "0x%x.0x%x", pci->slot, pci->function);
    else
        prop_format(props, "addr", "0x%x", pci->slot);
}

static void place_usb(const struct domain *doc, json_t *props, const struct domain_address_usb *usb)
{
    prop_format(props, "bus", "%s.0", controller_alias(doc, DOMAIN_CONTROLLER_TYPE_USB, usb->bus));
    prop_string(props, "port", usb->port);
}

static void place_isa(json_t *props, const struct domain_address_isa *isa)
{
    if (isa->iobase)
        prop_uint(props, "iobase", isa->iobase);
    if (isa->irq)
        prop_uint(props, "irq", isa->irq);
}

static void place(const struct domain *doc, json_t *props, const struct domain_address *address)
{
    switch (address->type) {
    case DOMAIN_ADDRESS_TYPE_PCI:
        place_pci(doc, props, &address->pci);
        break;
    case DOMAIN_ADDRESS_TYPE_USB:
        place_usb(doc, props, &address->usb);
        break;
    case DOMAIN_ADDRESS_TYPE_ISA:
        place_isa(props, &address->isa);
        break;
    case DOMAIN_ADDRESS_TYPE_VIRTIO_SERIAL:
        prop_format(props, "bus", "%s.%u",
                    controller_alias(doc, DOMAIN_CONTROLLER_TYPE_VIRTIO_SERIAL,
                                     address->virtio_serial.controller),
                    address->virtio_serial.bus);
        prop_uint(props, "nr", address->virtio_serial.port);
        break;
    case DOMAIN_ADDRESS_TYPE_CCID:
        prop_format(props, "bus", "%s.0",
                    controller_alias(doc, DOMAIN_CONTROLLER_TYPE_CCID, address->ccid.controller));
        break;
    case DOMAIN_ADDRESS_TYPE_DIMM:
        prop_uint(props, "slot", address->dimm.slot);
        if (address->dimm.base)
            prop_uint(props, "addr", address->dimm.base);
        break;
    default:
        break;
    }
}

/* What users put into qemu:override, by the device's name. */
static void override_one(json_t *props,
                         const struct domain_qemu_override_devices_frontend_properties *property)
{
    switch (property->type) {
    case DOMAIN_QEMU_OVERRIDE_DEVICES_FRONTEND_PROPERTIES_TYPE_REMOVE:
        json_object_del(props, property->name);
        break;
    case DOMAIN_QEMU_OVERRIDE_DEVICES_FRONTEND_PROPERTIES_TYPE_BOOL:
        prop_bool(props, property->name, !g_strcmp0(property->value, "true"));
        break;
    case DOMAIN_QEMU_OVERRIDE_DEVICES_FRONTEND_PROPERTIES_TYPE_SIGNED:
    case DOMAIN_QEMU_OVERRIDE_DEVICES_FRONTEND_PROPERTIES_TYPE_UNSIGNED:
        prop_uint(props, property->name,
                  (unsigned long long)g_ascii_strtoll(property->value, NULL, 0));
        break;
    default:
        prop_string(props, property->name, property->value);
        break;
    }
}

static void override(const struct domain *doc, json_t *props, const char *alias)
{
    const struct domain_qemu_override *given = &doc->qemu.override;

    for (size_t i = 0; i < given->n_devices; i++) {
        const struct domain_qemu_override_devices *device = &given->devices[i];

        if (g_strcmp0(device->alias, alias))
            continue;
        for (size_t j = 0; j < device->frontend.n_properties; j++)
            override_one(props, &device->frontend.properties[j]);
    }
}

/* Names of QEMU's own that are no properties of devices. */
static bool is_place(const char *key)
{
    static const char *const words[] = {"driver", "id", "bus", "failover_pair_id", NULL};

    return g_strv_contains(words, key);
}

/* Short names that QEMU takes for types of its own. */
static const char *type_of(const char *driver)
{
    static const struct {
        const char *alias, *type;
    } names[] = {{"ahci", "ich9-ahci"}, {"lsi", "lsi53c895a"}};

    for (size_t i = 0; driver && i < G_N_ELEMENTS(names); i++)
        if (!strcmp(names[i].alias, driver))
            return names[i].type;
    return driver;
}

static int check(const struct launch *launch, json_t *props, const char *alias)
{
    const char *driver = type_of(json_string_value(json_object_get(props, "driver"))), *key;
    json_t *value;

    if (!launch->caps || !driver)
        return 0;
    if (!caps_has_device(launch->caps, driver))
        return refuse("device '%s' of '%s' is not supported by %s", driver, alias,
                      caps_binary(launch->caps));
    json_object_foreach(props, key, value)
    {
        if (!is_place(key) && !caps_device_has_property(launch->caps, driver, key))
            return refuse("'%s' of device '%s' (%s) is not supported by %s", key, alias, driver,
                          caps_binary(launch->caps));
    }
    return 0;
}

json_t *device_finish(const struct domain *doc, const struct launch *launch, json_t *props,
                      const struct domain_info *info, const struct domain_address *address)
{
    prop_string(props, "id", info->alias.name);
    if (address)
        place(doc, props, address);
    /* What users want of the binary is between them and it. */
    if (check(launch, props, info->alias.name) < 0) {
        json_decref(props);
        return NULL;
    }
    override(doc, props, info->alias.name);
    return props;
}
