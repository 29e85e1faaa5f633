/* A network card as it is read. */
#include "core/conf/common/ip.h"
#include "core/conf/domain/devices.h"
#include "core/conf/domain/hooks.h"

#define TYPE(name) DOMAIN_INTERFACE_TYPE_##name

static int refuse(const struct doc_call *call, const char *text)
{
    doc_error(call, VIR_ERR_XML_ERROR, "%s", text);
    return -1;
}

/* Names that one run chose: a definition does not keep them. */
static void forget_generated_name(struct domain_interface *interface, const struct doc_call *call)
{
    static const char *const prefixes[] = {"vnet", "macvtap", "macvlan"};
    char *name = interface->target.dev;

    if (!(call->flags & DOC_INACTIVE) || !name || interface->target.managed == TRISTATE_NO)
        return;
    for (unsigned i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        if (g_str_has_prefix(name, prefixes[i])) {
            g_clear_pointer(&interface->target.dev, g_free);
            return;
        }
    }
}

/* Models that are known, in the spelling they are known by. */
static const char *const models[] = {
    "netfront",
    "rtl8139",
    "virtio",
    "e1000",
    "e1000e",
    "igb",
    "virtio-transitional",
    "virtio-non-transitional",
    "usb-net",
    "spapr-vlan",
    "lan9118",
    "scm91c111",
    "vlance",
    "vmxnet",
    "vmxnet2",
    "vmxnet3",
    "Am79C970A",
    "Am79C973",
    "82540EM",
    "82545EM",
    "82543GC",
};

static int read_model(char **model, const struct doc_call *call)
{
    if (!*model)
        return 0;
    if ((*model)[strspn(*model, G_CSET_A_2_Z G_CSET_a_2_z "0123456789_-")]) {
        doc_error(call, VIR_ERR_INVALID_ARG,
                  "Model name contains invalid characters: '%s' (letters, digits, '_' and '-' are "
                  "possible)",
                  *model);
        return -1;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(models); i++) {
        if (g_ascii_strcasecmp(models[i], *model) == 0) {
            g_free(*model);
            *model = g_strdup(models[i]);
        }
    }
    return 0;
}

static int need_source(const struct domain_interface *interface, const struct doc_call *call)
{
    if (domain_has_child(call, "source"))
        return 0;
    doc_error(call, VIR_ERR_XML_ERROR, "interface type='%s' requires a 'source' element",
              WORD(domain_interface_type_words, interface->type));
    return -1;
}

static int need_attribute(const char *value, const char *name, const struct doc_call *call)
{
    if (value)
        return 0;
    doc_error(call, VIR_ERR_XML_ERROR, "Missing required attribute '%s' in element 'source'", name);
    return -1;
}

static int read_host_address(struct domain_interface_source_hostdev_address *address,
                             const struct doc_call *call)
{
    if (!address->type)
        return refuse(call, "missing source address type");
    if (address->type != DOMAIN_INTERFACE_SOURCE_HOSTDEV_ADDRESS_TYPE_USB &&
        domain_child_has_attribute(call, "source", "startupPolicy")) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "Setting startupPolicy is only allowed for USB devices");
        return -1;
    }
    if (address->type == DOMAIN_INTERFACE_SOURCE_HOSTDEV_ADDRESS_TYPE_PCI)
        address->has_domain = address->has_bus = address->has_slot = address->has_function = true;
    return 0;
}

static int read_source(struct domain_interface *interface, const struct doc_call *call)
{
    struct domain_interface_source *source = &interface->source;

    switch (interface->type) {
    case TYPE(NETWORK):
    case TYPE(DIRECT):
    case TYPE(INTERNAL):
    case TYPE(VDPA):
    case TYPE(VHOSTUSER):
    case TYPE(VDS):
        return need_source(interface, call);
    case TYPE(BRIDGE):
        return need_source(interface, call) < 0 ? -1
                                                : need_attribute(source->bridge, "bridge", call);
    case TYPE(CLIENT):
    case TYPE(MCAST):
    case TYPE(UDP):
        if (need_source(interface, call) < 0 ||
            need_attribute(source->address, "address", call) < 0)
            return -1;
        if (interface->type == TYPE(UDP) && !source->local.address)
            return refuse(call, "'<local>' element missing for 'udp' socket interface");
        return 0;
    case TYPE(SERVER):
        return need_source(interface, call);
    case TYPE(HOSTDEV):
        return read_host_address(&source->hostdev.address, call);
    default:
        return 0;
    }
}

/* Options of virtio's rings mean nothing to other models. */
static int check_options(const struct domain_interface *interface, const struct doc_call *call)
{
    static const char *const names[] = {"iommu", "ats", "packed", "page_per_vq"};

    if (interface->model.type && g_str_has_prefix(interface->model.type, "virtio"))
        return 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        if (domain_child_has_attribute(call, "driver", names[i])) {
            doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                      "%s driver option is only supported for virtio devices", names[i]);
            return -1;
        }
    }
    return 0;
}

static int check_host_side(const struct domain_interface *interface, const struct doc_call *call)
{
    if (interface->type != TYPE(ETHERNET) &&
        (interface->source.n_ips > 0 || interface->source.n_routes > 0)) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "Invalid attempt to set network interface host-side IP route and/or address "
                  "info: only type='ethernet' has it");
        return -1;
    }
    if (interface->target.managed == TRISTATE_NO && interface->type != TYPE(ETHERNET)) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "unmanaged target dev is not supported on interfaces of type '%s'",
                  WORD(domain_interface_type_words, interface->type));
        return -1;
    }
    return 0;
}

/* Where a route leads is a network: no bits but those of its prefix. */
static int check_route(const struct common_route *route, const char *where,
                       const struct doc_call *call)
{
    unsigned most = strchr(route->address, ':') ? 128 : 32;
    struct ip address;
    int bits;

    if (route->has_prefix && route->prefix > most) {
        doc_error(call, VIR_ERR_XML_ERROR,
                  "%s: Invalid prefix %u specified in route definition, must be 0 - %u", where,
                  route->prefix, most);
        return -1;
    }
    if (!ip_read(route->address, &address))
        return 0;
    bits = route->has_prefix ? (int)route->prefix : ip_prefix(&address, route->netmask, 0);
    if (bits >= 0 && ip_host_bits_are(&address, (unsigned)bits, false))
        return 0;
    doc_error(call, VIR_ERR_XML_ERROR,
              "%s: Address '%s' in route definition is not a network address", where,
              route->address);
    return -1;
}

static int check_routes(const struct domain_ip_info *info, const char *where,
                        const struct doc_call *call)
{
    for (size_t i = 0; i < info->n_routes; i++) {
        const char *missing = !info->routes[i].address   ? "address"
                              : !info->routes[i].gateway ? "gateway"
                                                         : NULL;

        if (missing) {
            doc_error(call, VIR_ERR_XML_ERROR,
                      "%s: Missing required %s attribute in route definition", where, missing);
            return -1;
        }
        if (check_route(&info->routes[i], where, call) < 0)
            return -1;
    }
    return 0;
}

/* Rings and their backend are virtio's; one queue is what there is anyway. */
static void read_driver(struct domain_interface *interface)
{
    if (interface->driver.queues <= 1)
        interface->driver.queues = 0;
    if (!interface->model.type || !g_str_has_prefix(interface->model.type, "virtio"))
        g_clear_pointer(&interface->backend.vhost, g_free);
}

/* Filters apply where packets pass the host's kernel, and need a name. */
static void read_filter(struct domain_interface *interface)
{
    if (!interface->filterref.filter)
        doc_clear(&domain_interface_filterref_layout, &interface->filterref);
}

static int read_mac(const char *mac, const struct doc_call *call)
{
    if (!mac || !(g_ascii_xdigit_value(mac[1]) & 1))
        return 0;
    doc_error(call, VIR_ERR_XML_ERROR, "expected unicast mac address, found multicast '%s'", mac);
    return -1;
}

/* Limits for neither direction are none. */
static void drop_empty_bandwidth(struct domain_interface *interface)
{
    static const struct common_bandwidth none;

    if (!interface->bandwidth || !doc_equal(&common_bandwidth_layout, interface->bandwidth, &none))
        return;
    doc_free(&common_bandwidth_layout, interface->bandwidth);
    interface->bandwidth = NULL;
}

int domain_hook_interface(void *part, const struct doc_call *call)
{
    struct domain_interface *interface = part;

    if (read_mac(interface->mac.address, call) < 0 ||
        read_model(&interface->model.type, call) < 0 || read_source(interface, call) < 0 ||
        domain_read_virtualport(interface, call) < 0)
        return -1;
    if (check_options(interface, call) < 0 || check_host_side(interface, call) < 0)
        return -1;
    if (check_routes(&interface->ip_info, "guest interface", call) < 0 ||
        check_routes(&interface->source.ip_info, "interface host IP", call) < 0)
        return -1;
    if (domain_child_has_attribute(call, "backend", "type"))
        return refuse(call,
                      "Invalid value for attribute 'type' in element 'backend': none is known");
    read_filter(interface);
    read_driver(interface);
    drop_empty_bandwidth(interface);
    forget_generated_name(interface, call);
    return 0;
}
