/* Where boards have what is built into them, and what firmware and guests expect in a place. */
#include "core/drivers/qemu/document/pci.h"

#include <string.h>

#define TYPE(name) DOMAIN_CONTROLLER_TYPE_##name
#define MODEL(name) DOMAIN_CONTROLLER_MODEL_##name

/* "0x1f.2" of the first bus. */
static bool is_at(const struct domain_address *address, unsigned slot, unsigned function)
{
    return !address->pci.domain && !address->pci.bus && address->pci.slot == slot &&
           address->pci.function == function;
}

static int place_fixed(const struct completion *to, struct pci_set *set,
                       struct domain_address *address, unsigned slot, unsigned function,
                       const char *what)
{
    struct pci_place place = {0, slot, function};

    if (pci_given(address)) {
        if (is_at(address, slot, function))
            return 0;
        return refuse_internal(to, "%s must have PCI address 0:0:%x.%x", what, slot, function);
    }
    if (!pci_wanted(address))
        return 0;
    if (pci_take(set, &place, PCI_CONVENTIONAL | PCI_INTEGRATED, true) < 0)
        return -1;
    pci_set_address(address, &place);
    return 0;
}

/* A preferred place, when nobody has it. */
static int place_preferred(struct pci_set *set, struct domain_address *address, unsigned slot)
{
    struct pci_place place = {0, slot, 0};

    if (!pci_wanted(address) || !pci_slot_is_free(set, 0, slot))
        return 0;
    if (pci_take(set, &place, PCI_CONVENTIONAL | PCI_INTEGRATED, false) < 0)
        return -1;
    pci_set_address(address, &place);
    return 0;
}

/* Places of the board itself: the user's devices cannot be there. */
static int reserve(struct pci_set *set, unsigned slot, unsigned function)
{
    struct pci_place place = {0, slot, function};

    return pci_take(set, &place, PCI_CONVENTIONAL | PCI_INTEGRATED, false);
}

static int place_primary_video(const struct completion *to, struct pci_set *set, unsigned slot)
{
    struct domain_devices *devices = &to->doc->devices;
    struct domain_device_ref video = {.kind = "video", .device = devices->videos};

    if (!devices->n_videos || !pci_needs_of_device(to, &video))
        return 0;
    return place_preferred(set, &devices->videos[0].address, slot);
}

static int place_piix3(const struct completion *to, struct pci_set *set)
{
    struct domain_devices *devices = &to->doc->devices;

    for (size_t i = 0; i < devices->n_controllers; i++) {
        struct domain_controller *controller = &devices->controllers[i];
        int rc = 0;

        if (controller->index != 0)
            continue;
        if (controller->type == TYPE(IDE))
            rc = place_fixed(to, set, &controller->address, 1, 1, "Primary IDE controller");
        else if (controller->type == TYPE(USB) && controller->model == MODEL(PIIX3_UHCI))
            rc =
                place_fixed(to, set, &controller->address, 1, 2, "PIIX3 USB controller at index 0");
        if (rc < 0)
            return -1;
    }
    if (reserve(set, 1, 0) < 0)
        return -1;
    return place_primary_video(to, set, 2);
}

/* ---- Q35 */

static const struct {
    unsigned model, function;
} companions[] = {
    {MODEL(ICH9_EHCI1), 7},
    {MODEL(ICH9_UHCI1), 0},
    {MODEL(ICH9_UHCI2), 1},
    {MODEL(ICH9_UHCI3), 2},
};

int pci_companion_function(const struct domain_controller *controller)
{
    for (size_t i = 0; i < G_N_ELEMENTS(companions); i++)
        if (controller->type == TYPE(USB) && controller->model == companions[i].model)
            return (int)companions[i].function;
    return -1;
}

/* The place of the controllers of one index is that of the first that has one. */
bool pci_companion_slot(const struct domain *doc, const struct domain_controller *controller,
                        struct pci_place *ret)
{
    for (size_t i = 0; i < doc->devices.n_controllers; i++) {
        const struct domain_controller *other = &doc->devices.controllers[i];

        if (pci_companion_function(other) < 0 || other->index != controller->index ||
            !pci_given(&other->address))
            continue;
        ret->bus = other->address.pci.bus;
        ret->slot = other->address.pci.slot;
        return true;
    }
    return false;
}

static int place_companion(const struct completion *to, struct pci_set *set,
                           struct domain_controller *controller)
{
    struct pci_place place = {0};

    if (!pci_wanted(&controller->address))
        return 0;
    if (!pci_companion_slot(to->doc, controller, &place)) {
        if (pci_slot_is_free(set, 0, 0x1d))
            place.slot = 0x1d;
        else if (pci_slot_is_free(set, 0, 0x1a))
            place.slot = 0x1a;
        else
            return 0;
    }
    place.function = (unsigned)pci_companion_function(controller);
    if (!pci_is_free(set, &place))
        return 0;
    if (pci_take(set, &place, PCI_CONVENTIONAL, false) < 0)
        return -1;
    pci_set_address(&controller->address, &place);
    return 0;
}

static int place_ich9_controllers(const struct completion *to, struct pci_set *set)
{
    struct domain_devices *devices = &to->doc->devices;
    bool bridge = false;

    for (size_t i = 0; i < devices->n_controllers; i++) {
        struct domain_controller *controller = &devices->controllers[i];
        int rc = 0;

        if (controller->type == TYPE(SATA) && controller->index == 0)
            rc = place_fixed(to, set, &controller->address, 0x1f, 2, "Primary SATA controller");
        else if (pci_companion_function(controller) >= 0)
            rc = place_companion(to, set, controller);
        else if (controller->model == MODEL(DMI_TO_PCI_BRIDGE) && !bridge)
            rc = place_preferred(set, &controller->address, 0x1e);
        if (rc < 0)
            return -1;
        bridge = bridge || controller->model == MODEL(DMI_TO_PCI_BRIDGE);
    }
    return 0;
}

static int place_ich9(const struct completion *to, struct pci_set *set)
{
    struct domain_devices *devices = &to->doc->devices;

    if (place_ich9_controllers(to, set) < 0)
        return -1;
    if (reserve(set, 0x1f, 0) < 0 || reserve(set, 0x1f, 3) < 0)
        return -1;
    if (place_primary_video(to, set, 1) < 0)
        return -1;
    for (size_t i = 0; i < devices->n_sounds; i++) {
        if (devices->sounds[i].model != DOMAIN_SOUND_MODEL_ICH9)
            continue;
        return place_preferred(set, &devices->sounds[i].address, 0x1b);
    }
    return 0;
}

int pci_place_board(const struct completion *to, struct pci_set *set)
{
    if (is_i440fx(to->doc))
        return place_piix3(to, set);
    if (is_q35(to->doc))
        return place_ich9(to, set);
    return 0;
}
