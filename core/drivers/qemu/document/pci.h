/* Places on PCI buses. */
#pragma once

#include "core/drivers/qemu/document/complete.h"

/* What a device needs of a slot, and what a bus offers in all of its slots. */
enum pci_connect {
    PCI_CONVENTIONAL = 1 << 0,
    PCI_EXPRESS = 1 << 1,
    PCI_ROOT_PORT = 1 << 2,
    PCI_UPSTREAM = 1 << 3,
    PCI_DOWNSTREAM = 1 << 4,
    PCI_DMI_BRIDGE = 1 << 5,
    PCI_EXPANDER = 1 << 6,
    PCIE_EXPANDER = 1 << 7,
    PCI_BRIDGE = 1 << 8,
    PCIE_BRIDGE = 1 << 9,
    PCI_INTEGRATED = 1 << 10,
    PCI_TYPES = (1 << 11) - 1,
    PCI_HOTPLUG = 1 << 11,
    PCI_SHARED_SLOT = 1 << 12, /* takes one function of a slot with others of its kind */
    PCI_ENDPOINTS = PCI_CONVENTIONAL | PCI_EXPRESS,
};

struct pci_bus {
    unsigned model;  /* enum domain_controller_model; 0: a hole that has to be filled */
    unsigned offers; /* enum pci_connect */
    unsigned first, last;
    uint8_t taken[32]; /* functions, as bits */
    bool shared[32];
};

struct pci_set {
    const struct completion *to;
    GArray *buses; /* of struct pci_bus */
    bool pcie;
};

struct pci_place {
    unsigned bus, slot, function;
};

struct pci_set *pci_set_new(const struct completion *to);
void pci_set_free(struct pci_set *set);
int pci_bus_fill(struct pci_set *set, unsigned bus, unsigned model);
/* Takes the place; -1 with an error when it is taken or does not fit. */
int pci_take(struct pci_set *set, const struct pci_place *place, unsigned needs, bool given);
void pci_release(struct pci_set *set, const struct pci_place *place);
bool pci_is_free(const struct pci_set *set, const struct pci_place *place);
bool pci_slot_is_free(const struct pci_set *set, unsigned bus, unsigned slot);
/* The first place that fits, taken; buses are added where none does. */
int pci_take_next(struct pci_set *set, unsigned needs, struct pci_place *ret);
/* What a bus of the model needs itself. */
unsigned pci_needs_of_model(unsigned model);

unsigned pci_needs_of_device(const struct completion *to, const struct domain_device_ref *device);

/* Places that the machine gives to what it has built in. */
int pci_place_board(const struct completion *to, struct pci_set *set);

/* The function that one of an ICH9's four has in their slot, -1 for all others; and that slot. */
int pci_companion_function(const struct domain_controller *controller);
bool pci_companion_slot(const struct domain *doc, const struct domain_controller *controller,
                        struct pci_place *ret);

void pci_set_address(struct domain_address *address, const struct pci_place *place);
bool pci_wanted(const struct domain_address *address);
bool pci_given(const struct domain_address *address);
