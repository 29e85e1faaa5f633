/* Ports of virtio-serial controllers, slots of card readers and of memory. */
#include "core/drivers/qemu/document/complete.h"

#include <string.h>

enum { MAX_PORTS = 31, MAX_CONTROLLERS = 64 };

struct port_map {
    GHashTable *taken; /* controller << 32 | port */
};

static void *port_key(unsigned controller, unsigned port)
{
    return GSIZE_TO_POINTER((gsize)controller << 32 | (port + 1));
}

static const struct domain_controller *serial_controller(const struct domain *doc, unsigned index)
{
    return domain_find_controller(doc, DOMAIN_CONTROLLER_TYPE_VIRTIO_SERIAL, index);
}

static unsigned ports_of(const struct domain *doc, unsigned index)
{
    const struct domain_controller *controller = serial_controller(doc, index);

    if (!controller)
        return 0;
    return controller->has_ports && controller->ports ? controller->ports : MAX_PORTS;
}

/* Port 0 is for the console that old guests look for; channels stay clear of it. */
static int take_given(const struct completion *to, const struct port_map *map,
                      struct domain_address *address)
{
    const struct domain_address_virtio_serial *at = &address->virtio_serial;

    if (address->type != DOMAIN_ADDRESS_TYPE_VIRTIO_SERIAL || !at->port)
        return 0;
    if (!serial_controller(to->doc, at->controller))
        return refuse_xml(to, "virtio serial controller %u is missing", at->controller);
    if (at->port > ports_of(to->doc, at->controller))
        return refuse_xml(to, "virtio serial controller %u does not have port %u", at->controller,
                          at->port);
    if (!g_hash_table_add(map->taken, port_key(at->controller, at->port)))
        return refuse_xml(to, "virtio serial port %u on controller %u is already occupied",
                          at->port, at->controller);
    return 0;
}

static bool take_next_of(const struct domain *doc, const struct port_map *map, unsigned index,
                         bool zero, struct domain_address *address)
{
    unsigned n = ports_of(doc, index);

    for (unsigned port = zero ? 0 : 1; port < n; port++) {
        if (!g_hash_table_add(map->taken, port_key(index, port)))
            continue;
        address->type = DOMAIN_ADDRESS_TYPE_VIRTIO_SERIAL;
        address->virtio_serial.controller = index;
        address->virtio_serial.port = port;
        return true;
    }
    return false;
}

static unsigned next_controller(const struct domain *doc, unsigned from)
{
    while (from < MAX_CONTROLLERS && !serial_controller(doc, from))
        from++;
    return from;
}

static int take_next(const struct completion *to, const struct port_map *map, bool zero,
                     struct domain_address *address)
{
    struct domain *doc = to->doc;
    bool one = address->type == DOMAIN_ADDRESS_TYPE_VIRTIO_SERIAL;
    unsigned index = one ? address->virtio_serial.controller : 0;

    if (one && address->virtio_serial.port)
        return 0;
    if (address->type && !one)
        return 0;
    if (one && take_next_of(doc, map, index, zero, address))
        return 0;
    for (index = next_controller(doc, 0); !one && index < MAX_CONTROLLERS;
         index = next_controller(doc, index + 1))
        if (take_next_of(doc, map, index, zero, address))
            return 0;
    if (one)
        return refuse_xml(to, "Unable to find a free virtio-serial port");
    for (index = 0; serial_controller(doc, index);)
        index++;
    domain_add_controller(doc, DOMAIN_CONTROLLER_TYPE_VIRTIO_SERIAL, index, 0);
    return take_next_of(doc, map, index, zero, address)
               ? 0
               : refuse_xml(to, "Unable to find a free virtio-serial port");
}

static bool on_virtio(const struct domain_channel *channel)
{
    return channel->target.type == DOMAIN_CHANNEL_TARGET_TYPE_VIRTIO;
}

static bool console_on_virtio(const struct domain_console *console)
{
    return console->target.type == DOMAIN_CONSOLE_TARGET_TYPE_VIRTIO;
}

static int take_all_given(const struct completion *to, const struct port_map *map)
{
    struct domain_devices *devices = &to->doc->devices;

    for (size_t i = 0; i < devices->n_channels; i++)
        if (on_virtio(&devices->channels[i]) &&
            take_given(to, map, &devices->channels[i].address) < 0)
            return -1;
    for (size_t i = 0; i < devices->n_consoles; i++)
        if (console_on_virtio(&devices->consoles[i]) &&
            take_given(to, map, &devices->consoles[i].address) < 0)
            return -1;
    return 0;
}

static int assign_ports(const struct completion *to, const struct port_map *map)
{
    struct domain_devices *devices = &to->doc->devices;

    if (take_all_given(to, map) < 0)
        return -1;
    for (size_t i = 0; i < devices->n_channels; i++)
        if (on_virtio(&devices->channels[i]) &&
            take_next(to, map, false, &devices->channels[i].address) < 0)
            return -1;
    /* Consoles find a port themselves unless they ask for one of a controller. */
    for (size_t i = 0; i < devices->n_consoles; i++)
        if (console_on_virtio(&devices->consoles[i]) && devices->consoles[i].address.type &&
            take_next(to, map, true, &devices->consoles[i].address) < 0)
            return -1;
    return 0;
}

int complete_virtio_serial(const struct completion *to)
{
    struct port_map map = {g_hash_table_new(NULL, NULL)};
    int rc = assign_ports(to, &map);

    g_hash_table_unref(map.taken);
    return rc;
}

/* ---- memory */

static bool has_slot(const struct domain_memory_device *memory)
{
    return memory->model == DOMAIN_MEMORY_DEVICE_MODEL_DIMM ||
           memory->model == DOMAIN_MEMORY_DEVICE_MODEL_NVDIMM;
}

static int take_slot(const struct completion *to, GHashTable *taken, unsigned slot)
{
    if (!g_hash_table_add(taken, GUINT_TO_POINTER(slot + 1)))
        return refuse_xml(to,
                          "Memory device slot '%u' is already being used by another memory "
                          "device",
                          slot);
    return 0;
}

static int assign_slots(const struct completion *to, GHashTable *taken)
{
    struct domain_devices *devices = &to->doc->devices;
    unsigned next = 0;

    for (size_t i = 0; i < devices->n_memories; i++) {
        const struct domain_address *address = &devices->memories[i].address;

        if (has_slot(&devices->memories[i]) && address->type == DOMAIN_ADDRESS_TYPE_DIMM &&
            take_slot(to, taken, address->dimm.slot) < 0)
            return -1;
    }
    for (size_t i = 0; i < devices->n_memories; i++) {
        struct domain_address *address = &devices->memories[i].address;

        if (!has_slot(&devices->memories[i]) || address->type)
            continue;
        while (g_hash_table_contains(taken, GUINT_TO_POINTER(next + 1)))
            next++;
        g_hash_table_add(taken, GUINT_TO_POINTER(next + 1));
        address->type = DOMAIN_ADDRESS_TYPE_DIMM;
        address->dimm.slot = next;
        address->dimm.has_slot = true;
    }
    return 0;
}

int complete_dimms(const struct completion *to)
{
    GHashTable *taken = g_hash_table_new(NULL, NULL);
    int rc = assign_slots(to, taken);

    g_hash_table_unref(taken);
    return rc;
}
