/* Ports of USB controllers and hubs. */
#include "core/drivers/qemu/document/complete.h"

#include <stdlib.h>
#include <string.h>

#define TYPE(name) DOMAIN_CONTROLLER_TYPE_##name
#define MODEL(name) DOMAIN_CONTROLLER_MODEL_##name

enum { HUB_PORTS = 8, DEPTH = 4 };

struct usb_hub {
    unsigned n_ports; /* 0: there is none */
    bool *taken;
    struct usb_hub **hubs; /* behind ports; NULL: none */
};

struct usb_tree {
    const struct completion *to;
    GPtrArray *buses; /* of struct usb_hub, by index of the controller */
    unsigned wanting;
};

static struct usb_hub *hub_new(unsigned n_ports)
{
    struct usb_hub *hub = g_new0(struct usb_hub, 1);

    hub->n_ports = n_ports;
    hub->taken = g_new0(bool, n_ports + 1);
    hub->hubs = g_new0(struct usb_hub *, n_ports + 1);
    return hub;
}

static void hub_free(void *opaque)
{
    struct usb_hub *hub = opaque;

    if (!hub)
        return;
    for (unsigned i = 1; i <= hub->n_ports; i++)
        hub_free(hub->hubs[i]);
    g_free(hub->taken);
    g_free(hub->hubs);
    g_free(hub);
}

static unsigned ports_of(const struct domain_controller *controller)
{
    switch (controller->model) {
    case MODEL(EHCI):
    case MODEL(ICH9_EHCI1):
        return 6;
    case MODEL(PCI_OHCI):
        return 3;
    case MODEL(NEC_XHCI):
    case MODEL(QEMU_XHCI):
        return controller->has_ports && controller->ports ? controller->ports : 4;
    case MODEL(PIIX3_UHCI):
    case MODEL(PIIX4_UHCI):
    case MODEL(VT82C686B_UHCI):
        return 2;
    case MODEL(QUSB1):
    case MODEL(QUSB2):
        return controller->has_ports && controller->ports ? controller->ports : 8;
    default:
        return 0;
    }
}

static void add_buses(struct usb_tree *tree)
{
    const struct domain_devices *devices = &tree->to->doc->devices;

    for (size_t i = 0; i < devices->n_controllers; i++) {
        const struct domain_controller *controller = &devices->controllers[i];
        unsigned n = controller->type == TYPE(USB) ? ports_of(controller) : 0;

        if (!n || controller->index > G_MAXUINT16)
            continue;
        if (tree->buses->len <= controller->index)
            g_ptr_array_set_size(tree->buses, (int)controller->index + 1);
        if (!tree->buses->pdata[controller->index])
            tree->buses->pdata[controller->index] = hub_new(n);
    }
}

/* ---- ports that are given */

static int fail_port(const struct usb_tree *tree, const struct domain_address_usb *usb)
{
    return refuse_xml(tree->to, "requested USB port %s not present on USB bus %u", usb->port,
                      usb->bus);
}

/* The hub that the path's last step is a port of. */
static struct usb_hub *walk(const struct usb_tree *tree, const struct domain_address_usb *usb,
                            unsigned *port)
{
    struct usb_hub *hub = usb->bus < tree->buses->len ? tree->buses->pdata[usb->bus] : NULL;
    char *at = usb->port;

    for (;;) {
        *port = (unsigned)strtoul(at, &at, 10);
        if (!hub || !*port || *port > hub->n_ports)
            return NULL;
        if (!*at)
            return hub;
        at++;
        hub = hub->hubs[*port];
    }
}

static int take_given(struct usb_tree *tree, struct domain_address *address, bool is_hub)
{
    const struct domain_address_usb *usb = &address->usb;
    struct usb_hub *hub;
    unsigned port;

    if (address->type != DOMAIN_ADDRESS_TYPE_USB || !usb->port)
        return 0;
    hub = walk(tree, usb, &port);
    if (!hub)
        return fail_port(tree, usb);
    if (hub->taken[port])
        return refuse_xml(tree->to, "Duplicate USB address bus %u port %s", usb->bus, usb->port);
    hub->taken[port] = true;
    if (is_hub)
        hub->hubs[port] = hub_new(HUB_PORTS);
    return 0;
}

/* ---- ports that are looked for */

static bool find_in(struct usb_hub *hub, GString *path, unsigned depth)
{
    gsize length = path->len;

    for (unsigned port = 1; port <= hub->n_ports; port++) {
        if (hub->taken[port])
            continue;
        g_string_append_printf(path, "%s%u", depth ? "." : "", port);
        hub->taken[port] = true;
        return true;
    }
    for (unsigned port = 1; depth + 1 < DEPTH && port <= hub->n_ports; port++) {
        if (!hub->hubs[port])
            continue;
        g_string_append_printf(path, "%s%u", depth ? "." : "", port);
        if (find_in(hub->hubs[port], path, depth + 1))
            return true;
        g_string_truncate(path, length);
    }
    return false;
}

static int take_next(struct usb_tree *tree, struct domain_address *address, bool is_hub)
{
    bool one = address->type == DOMAIN_ADDRESS_TYPE_USB;
    unsigned first = one ? address->usb.bus : 0;
    unsigned last = one ? first + 1 : tree->buses->len;
    g_autoptr(GString) path = g_string_new(NULL);

    if (address->type && address->type != DOMAIN_ADDRESS_TYPE_USB)
        return 0;
    if (one && address->usb.port)
        return 0;
    for (unsigned bus = first; bus < last && bus < tree->buses->len; bus++) {
        struct usb_hub *hub = tree->buses->pdata[bus];
        unsigned port;

        if (!hub || !find_in(hub, path, 0))
            continue;
        address->type = DOMAIN_ADDRESS_TYPE_USB;
        address->usb.bus = bus;
        g_free(address->usb.port);
        address->usb.port = g_strdup(path->str);
        hub = walk(tree, &address->usb, &port);
        if (is_hub && hub)
            hub->hubs[port] = hub_new(HUB_PORTS);
        return 0;
    }
    if (!tree->buses->len)
        return refuse_config(tree->to, "USB is disabled for this domain, but USB devices are "
                                       "present in the domain XML");
    return refuse_xml(tree->to, "No free USB ports");
}

/* ---- which devices */

typedef int usb_fn(struct usb_tree *tree, struct domain_address *address, bool is_hub);

static int each_storage(struct usb_tree *tree, usb_fn *each)
{
    struct domain_devices *devices = &tree->to->doc->devices;

    for (size_t i = 0; i < devices->n_hostdevs; i++)
        if (devices->hostdevs[i].mode == DOMAIN_HOSTDEV_MODE_SUBSYSTEM &&
            devices->hostdevs[i].type == DOMAIN_HOSTDEV_TYPE_USB &&
            each(tree, &devices->hostdevs[i].address, false) < 0)
            return -1;
    for (size_t i = 0; i < devices->n_disks; i++)
        if (devices->disks[i].target.bus == DOMAIN_DISK_TARGET_BUS_USB &&
            each(tree, &devices->disks[i].address, false) < 0)
            return -1;
    return 0;
}

static int each_port(struct usb_tree *tree, usb_fn *each)
{
    struct domain_devices *devices = &tree->to->doc->devices;

    for (size_t i = 0; i < devices->n_controllers; i++)
        if (devices->controllers[i].type == TYPE(CCID) &&
            each(tree, &devices->controllers[i].address, false) < 0)
            return -1;
    for (size_t i = 0; i < devices->n_inputs; i++)
        if (devices->inputs[i].bus == DOMAIN_INPUT_BUS_USB &&
            each(tree, &devices->inputs[i].address, false) < 0)
            return -1;
    for (size_t i = 0; i < devices->n_serials; i++)
        if (devices->serials[i].target.type == DOMAIN_SERIAL_TARGET_TYPE_USB_SERIAL &&
            each(tree, &devices->serials[i].address, false) < 0)
            return -1;
    for (size_t i = 0; i < devices->n_sounds; i++)
        if (devices->sounds[i].model == DOMAIN_SOUND_MODEL_USB &&
            each(tree, &devices->sounds[i].address, false) < 0)
            return -1;
    for (size_t i = 0; i < devices->n_redirdevs; i++)
        if (each(tree, &devices->redirdevs[i].address, false) < 0)
            return -1;
    return 0;
}

static int each_usb(struct usb_tree *tree, usb_fn *each)
{
    return each_storage(tree, each) < 0 ? -1 : each_port(tree, each);
}

static int each_hub(struct usb_tree *tree, usb_fn *each)
{
    struct domain_devices *devices = &tree->to->doc->devices;

    for (size_t i = 0; i < devices->n_hubs; i++)
        if (each(tree, &devices->hubs[i].address, true) < 0)
            return -1;
    return 0;
}

static int count_wanting(struct usb_tree *tree, struct domain_address *address, bool is_hub)
{
    (void)is_hub;
    tree->wanting +=
        address->type == 0 || (address->type == DOMAIN_ADDRESS_TYPE_USB && !address->usb.port);
    return 0;
}

static int count_port(struct usb_tree *tree, struct domain_address *address, bool is_hub)
{
    (void)is_hub;
    tree->wanting += address->type == 0 || address->type == DOMAIN_ADDRESS_TYPE_USB;
    return 0;
}

static unsigned total_ports(const struct usb_tree *tree)
{
    unsigned total = 0;

    for (guint i = 0; i < tree->buses->len; i++) {
        const struct usb_hub *hub = tree->buses->pdata[i];

        total += hub ? hub->n_ports : 0;
    }
    return total;
}

/* A hub takes one port and gives eight. Whoever placed hubs themselves knows how many they want. */
static void add_missing_hubs(struct usb_tree *tree)
{
    struct domain_devices *devices = &tree->to->doc->devices;
    unsigned ports = total_ports(tree), n;

    tree->wanting = 0;
    each_usb(tree, count_port);
    tree->wanting += (unsigned)devices->n_hubs;
    ports += (unsigned)devices->n_hubs * HUB_PORTS;
    if (!total_ports(tree) || tree->wanting <= ports)
        return;
    n = (tree->wanting - ports + HUB_PORTS - 2) / (HUB_PORTS - 1);
    for (unsigned i = 0; i < n; i++)
        LIST_APPEND(devices->hubs, devices->n_hubs)->type = DOMAIN_DEVICES_HUBS_TYPE_USB;
}

static int assign(struct usb_tree *tree)
{
    if (each_hub(tree, take_given) < 0 || each_usb(tree, take_given) < 0)
        return -1;
    tree->wanting = 0;
    each_usb(tree, count_wanting);
    each_hub(tree, count_wanting);
    if (!tree->wanting)
        return 0;
    return each_hub(tree, take_next) < 0 ? -1 : each_usb(tree, take_next);
}

int complete_usb(const struct completion *to)
{
    struct usb_tree tree = {to, g_ptr_array_new_with_free_func(hub_free), 0};
    int rc;

    add_buses(&tree);
    add_missing_hubs(&tree);
    rc = assign(&tree);
    g_ptr_array_unref(tree.buses);
    return rc;
}
