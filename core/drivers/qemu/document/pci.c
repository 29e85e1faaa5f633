/* PCI addresses for all devices that have none. Buses that are missing are found out by giving
 * places for trial; then the real ones are given, the new buses' own first. */
#include "core/drivers/qemu/document/pci.h"

#include <string.h>

#define TYPE(name) DOMAIN_CONTROLLER_TYPE_##name
#define MODEL(name) DOMAIN_CONTROLLER_MODEL_##name

bool pci_given(const struct domain_address *address)
{
    return address->type == DOMAIN_ADDRESS_TYPE_PCI &&
           domain_pci_address_given(&address->pci.pci_address);
}

bool pci_wanted(const struct domain_address *address)
{
    return address->type == 0 || (address->type == DOMAIN_ADDRESS_TYPE_PCI && !pci_given(address));
}

void pci_set_address(struct domain_address *address, const struct pci_place *place)
{
    struct domain_address_pci *pci = &address->pci;

    address->type = DOMAIN_ADDRESS_TYPE_PCI;
    pci->has_domain = pci->has_bus = pci->has_slot = pci->has_function = true;
    pci->domain = 0;
    pci->bus = place->bus;
    pci->slot = place->slot;
    pci->function = place->function;
}

/* ---- what is there */

struct collector {
    const struct completion *to;
    struct pci_set *set;
};

static unsigned root_model(const struct domain *doc)
{
    return is_pcie(doc) ? MODEL(PCIE_ROOT) : MODEL(PCI_ROOT);
}

static int fill_buses(const struct completion *to, struct pci_set *set)
{
    struct domain_devices *devices = &to->doc->devices;
    unsigned last = 0;

    for (size_t i = 0; i < devices->n_controllers; i++)
        if (devices->controllers[i].type == TYPE(PCI))
            last = MAX(last, devices->controllers[i].index);
    if (last > 255)
        return refuse_xml(to, "PCI controller index %u is too large, it must be <= 255", last);
    for (size_t i = 0; i < devices->n_controllers; i++) {
        const struct domain_controller *controller = &devices->controllers[i];

        if (controller->type == TYPE(PCI) &&
            pci_bus_fill(set, controller->index, controller->model) < 0)
            return -1;
    }
    return set->buses->len || !has_pci(to->doc) ? 0 : pci_bus_fill(set, 0, root_model(to->doc));
}

/* Indexes that were left out are bridges, where bridges can be. */
static int fill_holes(struct pci_set *set)
{
    for (unsigned i = 0; i < set->buses->len; i++) {
        if (g_array_index(set->buses, struct pci_bus, i).model)
            continue;
        if (pci_bus_fill(set, i, set->pcie ? MODEL(PCIE_ROOT_PORT) : MODEL(PCI_BRIDGE)) < 0)
            return -1;
    }
    return 0;
}

static int note_last_bus(const struct domain_device_ref *device, void *opaque)
{
    unsigned *last = opaque;

    if (pci_given(&device->placement->address))
        *last = MAX(*last, device->placement->address.pci.bus);
    return 0;
}

/* Conventional buses that addresses speak of are made for them. */
static int fill_spoken_of(const struct completion *to, struct pci_set *set)
{
    unsigned last = 0;

    domain_each_device(to->doc, note_last_bus, &last);
    if (set->pcie || !set->buses->len || last > 255)
        return 0;
    while (set->buses->len <= last)
        if (pci_bus_fill(set, set->buses->len, MODEL(PCI_BRIDGE)) < 0)
            return -1;
    return 0;
}

static int take_given(const struct domain_device_ref *device, void *opaque)
{
    struct collector *collector = opaque;
    const struct domain_address_pci *pci = &device->placement->address.pci;
    struct pci_place place = {pci->bus, pci->slot, pci->function};
    unsigned needs;

    /* The first console may be a serial port's other name. */
    if (!pci_given(&device->placement->address) || !strcmp(device->kind, "console"))
        return 0;
    if (pci->domain)
        return refuse_xml(collector->to,
                          "Only PCI domain 0 is available: %s of %s asks for domain %u", "address",
                          device->kind, pci->domain);
    needs = pci_needs_of_device(collector->to, device);
    if (!(needs & PCI_TYPES))
        needs = PCI_ENDPOINTS;
    return pci_take(collector->set, &place, needs, true);
}

static struct pci_set *collect(const struct completion *to)
{
    struct pci_set *set = pci_set_new(to);
    struct collector collector = {to, set};

    if (fill_buses(to, set) < 0 || fill_spoken_of(to, set) < 0 || fill_holes(set) < 0 ||
        domain_each_device(to->doc, take_given, &collector) < 0 || pci_place_board(to, set) < 0)
        g_clear_pointer(&set, pci_set_free);
    return set;
}

/* ---- what is missing */

/* Never plugged into PCI, whatever they are. */
static bool stands_elsewhere(const struct completion *to, const struct domain_device_ref *device)
{
    const struct domain_controller *controller = device->device;

    if (strcmp(device->kind, "controller"))
        return false;
    switch (controller->type) {
    case TYPE(FDC):
    case TYPE(CCID):
        return true;
    case TYPE(IDE):
        return controller->index == 0 && is_i440fx(to->doc);
    case TYPE(USB):
        return controller->model == MODEL(NONE);
    case TYPE(PCI):
        return controller->index == 0;
    case TYPE(SCSI):
        return controller->model == MODEL(NCR53C90) || controller->model == MODEL(IBMVSCSI);
    default:
        return false;
    }
}

/* Kinds of sound cards and the like that QEMU has on PCI only, if at all. */
static bool must_be_pci(const struct domain_device_ref *device)
{
    const struct domain_sound *sound = device->device;

    if (!strcmp(device->kind, "controller"))
        return true;
    return !strcmp(device->kind, "sound") && sound->model == DOMAIN_SOUND_MODEL_ICH7;
}

static int place_companion(const struct completion *to, struct pci_set *set,
                           struct domain_controller *controller)
{
    struct pci_place place = {0};

    if (!pci_companion_slot(to->doc, controller, &place)) {
        if (pci_take_next(set, PCI_CONVENTIONAL | PCI_HOTPLUG, &place) < 0)
            return -1;
        pci_release(set, &place);
    }
    place.function = (unsigned)pci_companion_function(controller);
    if (pci_take(set, &place, PCI_CONVENTIONAL, false) < 0)
        return -1;
    /* Written in a trial as well: the others of its index look for it. */
    pci_set_address(&controller->address, &place);
    return 0;
}

static int request(const struct completion *to, struct pci_set *set,
                   const struct domain_device_ref *device, bool trial)
{
    struct domain_address *address = &device->placement->address;
    unsigned needs;
    struct pci_place place;

    if (!pci_wanted(address) || stands_elsewhere(to, device))
        return 0;
    needs = pci_needs_of_device(to, device);
    if (!needs && !must_be_pci(device))
        return 0;
    if (!strcmp(device->kind, "controller") && pci_companion_function(device->device) >= 0)
        return place_companion(to, set, device->device);
    if (pci_take_next(set, needs, &place) < 0)
        return -1;
    if (!trial)
        pci_set_address(address, &place);
    return 0;
}

static bool is_bus(const void *device)
{
    return ((const struct domain_controller *)device)->type == TYPE(PCI);
}

static bool is_no_bus(const void *device)
{
    return !is_bus(device);
}

static bool is_hosts(const void *device)
{
    return ((const struct domain_interface *)device)->type == DOMAIN_INTERFACE_TYPE_HOSTDEV;
}

static bool is_not_hosts(const void *device)
{
    return !is_hosts(device);
}

/* Buses first, then devices: the order in which guests have found them for years. */
static const struct turn {
    const char *kind;
    bool (*wanted)(const void *device); /* NULL: all of them */
} turns[] = {
    {"controller", is_bus},  {"filesystem", NULL},      {"interface", is_not_hosts},
    {"sound", NULL},         {"controller", is_no_bus}, {"disk", NULL},
    {"interface", is_hosts}, {"hostdev", NULL},         {"memballoon", NULL},
    {"rng", NULL},           {"watchdog", NULL},        {"iommu", NULL},
    {"video", NULL},         {"shmem", NULL},           {"input", NULL},
    {"serial", NULL},        {"memory", NULL},          {"vsock", NULL},
};

struct requests {
    const struct completion *to;
    struct pci_set *set;
    const struct turn *turn;
    bool trial;
};

static int request_in_turn(const struct domain_device_ref *device, void *opaque)
{
    const struct requests *requests = opaque;
    const struct turn *turn = requests->turn;

    if (strcmp(device->kind, turn->kind) || (turn->wanted && !turn->wanted(device->device)))
        return 0;
    return request(requests->to, requests->set, device, requests->trial);
}

static int request_all(const struct completion *to, struct pci_set *set, bool trial)
{
    for (size_t i = 0; i < G_N_ELEMENTS(turns); i++) {
        struct requests requests = {to, set, &turns[i], trial};

        if (domain_each_device(to->doc, request_in_turn, &requests) < 0)
            return -1;
    }
    return 0;
}

/* ---- all together */

/* Whoever left buses to us gets one place to plug into later. */
static int leave_room(const struct completion *to, struct pci_set *set)
{
    struct pci_place place;
    unsigned given = 0;

    for (size_t i = 0; i < to->doc->devices.n_controllers; i++)
        given += to->doc->devices.controllers[i].type == TYPE(PCI);
    if (!set->pcie || given > 1 || set->buses->len < 2)
        return 0;
    return pci_take_next(set, PCI_EXPRESS | PCI_HOTPLUG, &place);
}

/* A conventional root that is full could never take the bridge that more devices need. */
static int leave_slot(struct pci_set *set)
{
    struct pci_place place;

    if (set->pcie || !set->buses->len)
        return 0;
    return pci_take_next(set, PCI_CONVENTIONAL | PCI_HOTPLUG, &place);
}

static bool is_full(const struct pci_set *set)
{
    for (unsigned i = 0; i < set->buses->len; i++)
        for (unsigned slot = 1; slot < 32; slot++)
            if (!g_array_index(set->buses, struct pci_bus, i).taken[slot])
                return false;
    return true;
}

static void add_controllers(const struct completion *to, const struct pci_set *set)
{
    for (unsigned i = 0; i < set->buses->len; i++)
        domain_add_controller(to->doc, TYPE(PCI), i,
                              g_array_index(set->buses, struct pci_bus, i).model);
}

/* In a trial nothing is written but the places of what stands together; those are taken back. */
static int find_buses(const struct completion *to)
{
    struct domain *trial = domain_copy(to->doc);
    struct completion with = *to;
    struct pci_set *set;
    int rc = -1;

    with.doc = trial;
    set = collect(&with);
    if (!set)
        goto done;
    if (!is_full(set) && leave_slot(set) < 0)
        goto done;
    if (request_all(&with, set, true) < 0 || leave_room(&with, set) < 0)
        goto done;
    add_controllers(to, set);
    rc = 0;
done:
    pci_set_free(set);
    domain_free(trial);
    return rc;
}

struct functions {
    uint8_t used[256][32];
};

static int note_function(const struct domain_device_ref *device, void *opaque)
{
    struct functions *functions = opaque;
    const struct domain_address_pci *pci = &device->placement->address.pci;

    if (pci_given(&device->placement->address) && pci->bus < 256 && pci->slot < 32)
        functions->used[pci->bus][pci->slot] |= (uint8_t)(1u << (pci->function & 7));
    return 0;
}

static int set_multifunction(const struct domain_device_ref *device, void *opaque)
{
    const struct functions *functions = opaque;
    struct domain_address_pci *pci = &device->placement->address.pci;

    if (pci_given(&device->placement->address) && pci->bus < 256 && pci->slot < 32 &&
        pci->function == 0 && functions->used[pci->bus][pci->slot] & 0xfe && !pci->multifunction)
        pci->multifunction = TRISTATE_ON;
    return 0;
}

static void mark_multifunction(struct domain *doc)
{
    struct functions *functions = g_new0(struct functions, 1);

    domain_each_device(doc, note_function, functions);
    domain_each_device(doc, set_multifunction, functions);
    g_free(functions);
}

int complete_pci(const struct completion *to)
{
    struct pci_set *set;
    int rc;

    /* New buses take places themselves, for which others may be needed. */
    while (has_pci(to->doc)) {
        unsigned before = domain_count_controllers(to->doc, TYPE(PCI));

        if (find_buses(to) < 0)
            return -1;
        if (domain_count_controllers(to->doc, TYPE(PCI)) == before)
            break;
    }
    if (complete_controllers(to) < 0)
        return -1;
    set = collect(to);
    if (!set)
        return -1;
    rc = request_all(to, set, false);
    pci_set_free(set);
    if (rc < 0)
        return -1;
    mark_multifunction(to->doc);
    finish_pci_controllers(to);
    return 0;
}
