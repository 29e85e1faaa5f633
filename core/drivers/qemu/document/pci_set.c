/* Buses and what stands on them, while places are given out. */
#include "core/drivers/qemu/document/pci.h"

#include <string.h>

#define MODEL(name) DOMAIN_CONTROLLER_MODEL_##name

static const struct {
    unsigned model, offers, first, last, needs;
} models[] = {
    {MODEL(PCI_ROOT), PCI_HOTPLUG | PCI_CONVENTIONAL | PCI_BRIDGE | PCI_EXPANDER, 1, 31, 0},
    {MODEL(PCIE_ROOT),
     PCI_ENDPOINTS | PCI_ROOT_PORT | PCI_DMI_BRIDGE | PCIE_BRIDGE | PCIE_EXPANDER | PCI_INTEGRATED,
     1, 31, 0},
    {MODEL(PCI_BRIDGE), PCI_HOTPLUG | PCI_CONVENTIONAL | PCI_BRIDGE, 1, 31, PCI_BRIDGE},
    {MODEL(PCIE_TO_PCI_BRIDGE), PCI_HOTPLUG | PCI_CONVENTIONAL | PCI_BRIDGE, 1, 31,
     PCIE_BRIDGE | PCI_HOTPLUG},
    {MODEL(DMI_TO_PCI_BRIDGE), PCI_CONVENTIONAL | PCI_BRIDGE, 0, 31, PCI_DMI_BRIDGE},
    {MODEL(PCIE_ROOT_PORT), PCI_HOTPLUG | PCI_EXPRESS | PCI_UPSTREAM | PCIE_BRIDGE, 0, 0,
     PCI_ROOT_PORT | PCI_SHARED_SLOT},
    {MODEL(PCIE_SWITCH_DOWNSTREAM_PORT), PCI_HOTPLUG | PCI_EXPRESS | PCI_UPSTREAM | PCIE_BRIDGE, 0,
     0, PCI_DOWNSTREAM},
    {MODEL(PCIE_SWITCH_UPSTREAM_PORT), PCI_DOWNSTREAM, 0, 31, PCI_UPSTREAM},
    {MODEL(PCI_EXPANDER_BUS), PCI_HOTPLUG | PCI_CONVENTIONAL | PCI_BRIDGE, 0, 31, PCI_EXPANDER},
    {MODEL(PCIE_EXPANDER_BUS), PCI_ROOT_PORT | PCI_DMI_BRIDGE, 0, 31, PCIE_EXPANDER},
};

unsigned pci_needs_of_model(unsigned model)
{
    for (size_t i = 0; i < G_N_ELEMENTS(models); i++)
        if (models[i].model == model)
            return models[i].needs;
    return 0;
}

struct pci_set *pci_set_new(const struct completion *to)
{
    struct pci_set *set = g_new0(struct pci_set, 1);

    set->to = to;
    set->buses = g_array_new(FALSE, TRUE, sizeof(struct pci_bus));
    set->pcie = is_pcie(to->doc);
    return set;
}

void pci_set_free(struct pci_set *set)
{
    if (!set)
        return;
    g_array_unref(set->buses);
    g_free(set);
}

static struct pci_bus *bus_at(const struct pci_set *set, unsigned bus)
{
    return bus < set->buses->len ? &g_array_index(set->buses, struct pci_bus, bus) : NULL;
}

int pci_bus_fill(struct pci_set *set, unsigned index, unsigned model)
{
    struct pci_bus *bus;

    if (index >= set->buses->len)
        g_array_set_size(set->buses, index + 1);
    bus = bus_at(set, index);
    for (size_t i = 0; i < G_N_ELEMENTS(models); i++) {
        if (models[i].model != model)
            continue;
        bus->model = model;
        bus->offers = models[i].offers;
        bus->first = models[i].first;
        bus->last = models[i].last;
        return 0;
    }
    return refuse_internal(set->to, "PCI controller model was not set correctly");
}

bool pci_is_free(const struct pci_set *set, const struct pci_place *place)
{
    const struct pci_bus *bus = bus_at(set, place->bus);

    return bus && !(bus->taken[place->slot] & 1u << place->function);
}

bool pci_slot_is_free(const struct pci_set *set, unsigned index, unsigned slot)
{
    const struct pci_bus *bus = bus_at(set, index);

    return bus && !bus->taken[slot];
}

/* ---- places that are given */

static const struct {
    unsigned need;
    const char *what;
} need_names[] = {
    {PCI_ROOT_PORT, "pcie-root-port"},
    {PCI_UPSTREAM, "pcie-switch-upstream-port"},
    {PCI_DOWNSTREAM, "pcie-switch-downstream-port"},
    {PCI_DMI_BRIDGE, "dmi-to-pci-bridge"},
    {PCIE_BRIDGE, "pcie-to-pci-bridge"},
    {PCI_EXPANDER, "pci-expander-bus"},
    {PCIE_EXPANDER, "pcie-expander-bus"},
    {PCI_BRIDGE, "pci-bridge"},
    {PCI_EXPRESS, "PCI Express device"},
    {PCI_CONVENTIONAL, "standard PCI device"},
};

static const char *need_name(unsigned needs)
{
    for (size_t i = 0; i < G_N_ELEMENTS(need_names); i++)
        if (needs & need_names[i].need)
            return need_names[i].what;
    return "device";
}

/* Users know what they do with endpoints: any bus that takes one takes the other. */
static unsigned wanted_types(unsigned needs, const struct pci_bus *bus, bool given)
{
    unsigned offers = bus->offers;

    if (given && needs & PCI_ENDPOINTS && offers & PCI_ENDPOINTS)
        offers |= PCI_ENDPOINTS;
    return offers & needs & PCI_TYPES;
}

static int check_fits(const struct pci_set *set, const struct pci_place *place, unsigned needs)
{
    const struct pci_bus *bus = bus_at(set, place->bus);
    g_autofree char *at =
        g_strdup_printf("0000:%02x:%02x.%u", place->bus, place->slot, place->function);

    if (!bus || !bus->model)
        return refuse_xml(set->to, "Invalid PCI address %s. The buses of this guest are up to %u",
                          at, set->buses->len ? set->buses->len - 1 : 0);
    if (place->slot < bus->first)
        return refuse_xml(set->to, "Invalid PCI address %s. slot must be >= %u", at, bus->first);
    if (place->slot > bus->last)
        return refuse_xml(set->to, "Invalid PCI address %s. slot must be <= %u", at, bus->last);
    if (needs & PCI_INTEGRATED && place->bus != 0)
        return refuse_xml(set->to,
                          "The device at PCI address %s needs to be an integrated device "
                          "(bus=0)",
                          at);
    if (!wanted_types(needs, bus, true))
        return refuse_xml(set->to,
                          "The device at PCI address %s cannot be plugged into the PCI controller "
                          "with index='%u'. It requires a controller that accepts a %s.",
                          at, place->bus, need_name(needs));
    return 0;
}

int pci_take(struct pci_set *set, const struct pci_place *place, unsigned needs, bool given)
{
    struct pci_bus *bus = bus_at(set, place->bus);

    if (given && check_fits(set, place, needs) < 0)
        return -1;
    if (!bus)
        return refuse_xml(set->to, "No PCI buses available");
    if (!pci_is_free(set, place))
        return refuse_xml(set->to, "Attempted double use of PCI Address 0000:%02x:%02x.%u",
                          place->bus, place->slot, place->function);
    if (needs & PCI_SHARED_SLOT && !bus->taken[place->slot])
        bus->shared[place->slot] = true;
    if (!(needs & PCI_SHARED_SLOT))
        bus->shared[place->slot] = false;
    bus->taken[place->slot] |= (uint8_t)(1u << place->function);
    return 0;
}

void pci_release(struct pci_set *set, const struct pci_place *place)
{
    struct pci_bus *bus = bus_at(set, place->bus);

    bus->taken[place->slot] &= (uint8_t) ~(1u << place->function);
}

/* ---- places that are looked for */

static bool fits(const struct pci_bus *bus, unsigned needs)
{
    if (needs & PCI_HOTPLUG && !(bus->offers & PCI_HOTPLUG))
        return false;
    return bus->model && wanted_types(needs, bus, false);
}

static bool find(const struct pci_set *set, unsigned needs, struct pci_place *ret)
{
    for (unsigned i = 0; i < set->buses->len; i++) {
        const struct pci_bus *bus = bus_at(set, i);

        if (!fits(bus, needs))
            continue;
        for (unsigned slot = bus->first; slot <= bus->last; slot++) {
            unsigned function = 0;

            if (needs & PCI_SHARED_SLOT && bus->shared[slot])
                while (function < 8 && bus->taken[slot] & 1u << function)
                    function++;
            else if (bus->taken[slot])
                continue;
            if (function > 7)
                continue;
            *ret = (struct pci_place){i, slot, function};
            return true;
        }
    }
    return false;
}

/* Its own place is given with those of the other controllers; but what it stands on has to be
 * there. */
static int add_bus(struct pci_set *set, unsigned model)
{
    struct pci_place own;

    if (model == MODEL(PCIE_TO_PCI_BRIDGE) &&
        pci_take_next(set, pci_needs_of_model(model), &own) < 0)
        return -1;
    return pci_bus_fill(set, set->buses->len, model);
}

/* Conventional devices in a machine of PCI Express stand behind a bridge. */
static unsigned model_for(const struct pci_set *set, unsigned needs)
{
    if (needs & (PCI_EXPRESS | PCI_UPSTREAM | PCIE_BRIDGE))
        return set->pcie ? MODEL(PCIE_ROOT_PORT) : 0;
    if (needs & (PCI_CONVENTIONAL | PCI_BRIDGE)) {
        if (!set->pcie)
            return MODEL(PCI_BRIDGE);
        for (unsigned i = 0; i < set->buses->len; i++)
            if (bus_at(set, i)->model == MODEL(DMI_TO_PCI_BRIDGE))
                return MODEL(PCI_BRIDGE);
        return MODEL(PCIE_TO_PCI_BRIDGE);
    }
    return 0;
}

static int grow(struct pci_set *set, unsigned needs)
{
    unsigned model = model_for(set, needs);

    if (set->buses->len == 0)
        return refuse_xml(set->to, "No PCI buses available");
    if (model)
        return add_bus(set, model);
    if (needs & PCI_TYPES)
        return refuse_internal(set->to,
                               "a PCI slot is needed to connect a PCI controller model='%s', but "
                               "none is available, and it cannot be automatically added",
                               need_name(needs));
    return refuse_internal(set->to,
                           "Cannot automatically add a new PCI bus for a device with connect flags "
                           "%.2x",
                           needs);
}

int pci_take_next(struct pci_set *set, unsigned needs, struct pci_place *ret)
{
    struct pci_place place;

    if (!find(set, needs, &place) && (grow(set, needs) < 0 || !find(set, needs, &place))) {
        return -1;
    }
    if (pci_take(set, &place, needs, false) < 0)
        return -1;
    *ret = place;
    return 0;
}
