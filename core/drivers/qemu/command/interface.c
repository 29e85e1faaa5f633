/* Network cards, and what they are plugged into. */
#include "core/drivers/qemu/command/chardev.h"

#include <string.h>

static bool is_virtio(const struct domain_interface *interface)
{
    return interface->model.type && g_str_has_prefix(interface->model.type, "virtio");
}

/* ---- the host's side */

static void set_descriptors(json_t *props, const char *one, const char *many, const int *fds,
                            size_t n)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (size_t i = 0; i < n; i++)
        g_string_append_printf(text, "%s%d", i ? ":" : "", fds[i]);
    if (n)
        prop_string(props, n == 1 ? one : many, text->str);
}

static json_t *tap(const struct domain_interface *interface, const struct launch_net *net)
{
    json_t *props = props_of("type", "tap");

    set_descriptors(props, "fd", "fds", net->taps, net->n_taps);
    if (net->n_vhosts) {
        prop_bool(props, "vhost", true);
        set_descriptors(props, "vhostfd", "vhostfds", net->vhosts, net->n_vhosts);
    }
    if (interface->tune && interface->tune->has_sndbuf)
        prop_uint(props, "sndbuf", interface->tune->sndbuf);
    return props;
}

static json_t *user(const struct domain_interface *interface)
{
    json_t *props = props_of("type", "user");

    for (size_t i = 0; i < interface->n_ips; i++) {
        const struct domain_ip_info_ips *ip = &interface->ips[i];

        if (ip->family == DOMAIN_IP_INFO_IPS_FAMILY_IPV6) {
            prop_string(props, "ipv6-prefix", ip->address);
            if (ip->prefix)
                prop_uint(props, "ipv6-prefixlen", ip->prefix);
        } else if (ip->prefix) {
            prop_format(props, "net", "%s/%u", ip->address, ip->prefix);
        } else {
            prop_string(props, "net", ip->address);
        }
    }
    return props;
}

static json_t *socket_of(const struct domain_interface *interface)
{
    const struct domain_interface_source *source = &interface->source;
    const char *host = source->address ? source->address : "";
    json_t *props = props_of("type", "socket");

    switch (interface->type) {
    case DOMAIN_INTERFACE_TYPE_SERVER:
        prop_format(props, "listen", "%s:%u", host, source->port);
        break;
    case DOMAIN_INTERFACE_TYPE_CLIENT:
        prop_format(props, "connect", "%s:%u", host, source->port);
        break;
    case DOMAIN_INTERFACE_TYPE_MCAST:
        prop_format(props, "mcast", "%s:%u", host, source->port);
        break;
    default:
        prop_format(props, "udp", "%s:%u", host, source->port);
        prop_format(props, "localaddr", "%s:%u", source->local.address ? source->local.address : "",
                    source->local.port);
        break;
    }
    return props;
}

static json_t *vhost_user(const struct domain_interface *interface)
{
    json_t *props = props_of("type", "vhost-user");

    prop_format(props, "chardev", "char%s", interface->alias.name);
    if (interface->driver.queues > 1)
        prop_uint(props, "queues", interface->driver.queues);
    return props;
}

static json_t *vdpa(const struct domain_interface *interface, const struct launch_net *net)
{
    json_t *props = props_of("type", "vhost-vdpa");

    if (net->vdpa >= 0)
        prop_format(props, "vhostdev", "/dev/fdset/%d", net->vdpa);
    else
        prop_string(props, "vhostdev", interface->source.dev);
    if (interface->driver.queues > 1)
        prop_uint(props, "queues", interface->driver.queues);
    return props;
}

json_t *netdev_props(const struct domain *doc G_GNUC_UNUSED,
                     const struct domain_interface *interface, const struct launch_net *net,
                     const struct launch *launch)
{
    static const int placeholder[] = {-1};
    struct launch_net shown = {.taps = placeholder, .n_taps = 1, .vdpa = -1};
    json_t *props;

    if (!net || (launch->for_show && !net->n_taps))
        net = &shown;
    switch (interface->type) {
    case DOMAIN_INTERFACE_TYPE_USER:
        props = user(interface);
        break;
    case DOMAIN_INTERFACE_TYPE_SERVER:
    case DOMAIN_INTERFACE_TYPE_CLIENT:
    case DOMAIN_INTERFACE_TYPE_MCAST:
    case DOMAIN_INTERFACE_TYPE_UDP:
        props = socket_of(interface);
        break;
    case DOMAIN_INTERFACE_TYPE_VHOSTUSER:
        props = vhost_user(interface);
        break;
    case DOMAIN_INTERFACE_TYPE_VDPA:
        props = vdpa(interface, net);
        break;
    default:
        props = tap(interface, net);
        break;
    }
    prop_format(props, "id", "host%s", interface->alias.name);
    return props;
}

/* ---- the guest's side */

static const struct prop virtio_table[] = {
    PROP("ioeventfd", PROP_BOOL, struct domain_interface, driver.ioeventfd),
    PROP("event_idx", PROP_BOOL, struct domain_interface, driver.event_idx),
    PROP("rx_queue_size", PROP_UINT, struct domain_interface, driver.rx_queue_size),
    PROP("tx_queue_size", PROP_UINT, struct domain_interface, driver.tx_queue_size),
    PROP("rss", PROP_BOOL, struct domain_interface, driver.rss),
    PROP("hash", PROP_BOOL, struct domain_interface, driver.rss_hash_report),
    PROP("host_mtu", PROP_UINT, struct domain_interface, mtu.size),
    PROP("csum", PROP_BOOL, struct domain_interface, driver.host.csum),
    PROP("gso", PROP_BOOL, struct domain_interface, driver.host.gso),
    PROP("host_tso4", PROP_BOOL, struct domain_interface, driver.host.tso4),
    PROP("host_tso6", PROP_BOOL, struct domain_interface, driver.host.tso6),
    PROP("host_ecn", PROP_BOOL, struct domain_interface, driver.host.ecn),
    PROP("host_ufo", PROP_BOOL, struct domain_interface, driver.host.ufo),
    PROP("mrg_rxbuf", PROP_BOOL, struct domain_interface, driver.host.mrg_rxbuf),
    PROP("guest_csum", PROP_BOOL, struct domain_interface, driver.guest.csum),
    PROP("guest_tso4", PROP_BOOL, struct domain_interface, driver.guest.tso4),
    PROP("guest_tso6", PROP_BOOL, struct domain_interface, driver.guest.tso6),
    PROP("guest_ecn", PROP_BOOL, struct domain_interface, driver.guest.ecn),
    PROP("guest_ufo", PROP_BOOL, struct domain_interface, driver.guest.ufo),
};

static json_t *virtio(const struct domain_interface *interface)
{
    unsigned model = doc_word_value(&domain_virtio_model_words, interface->model.type);
    unsigned queues = interface->driver.queues;
    g_autofree char *driver = virtio_driver("virtio-net", model, &interface->address);
    json_t *props = props_of("driver", driver);

    if (interface->driver.txmode)
        prop_string(props, "tx",
                    interface->driver.txmode == DOMAIN_INTERFACE_DRIVER_TXMODE_IOTHREAD ? "bh"
                                                                                        : "timer");
    PROPS_ADD(props, interface, virtio_table);
    virtio_props(props, &interface->driver.virtio_options);
    if (queues > 1) {
        prop_bool(props, "mq", true);
        prop_uint(props, "vectors", 2 * queues + 2);
    }
    if (interface->teaming.type == DOMAIN_INTERFACE_TEAMING_TYPE_PERSISTENT)
        prop_bool(props, "failover", true);
    return props;
}

json_t *device_props_interface(const struct domain *doc, const struct domain_interface *interface,
                               const struct launch_net *net G_GNUC_UNUSED,
                               const struct launch *launch)
{
    unsigned boot = boot_index_interface(doc, interface);
    json_t *props =
        is_virtio(interface) ? virtio(interface) : props_of("driver", interface->model.type);

    prop_format(props, "netdev", "host%s", interface->alias.name);
    prop_string(props, "mac", interface->mac.address);
    rom_props(props, &interface->rom);
    if (boot)
        prop_uint(props, "bootindex", boot);
    return device_finish(doc, launch, props, (const struct domain_info *)&interface->alias,
                         &interface->address);
}

static void inherit(struct builder *build, const struct launch_net *net)
{
    for (size_t i = 0; net && i < net->n_taps; i++)
        add_fd(build, net->taps[i], "tap");
    for (size_t i = 0; net && i < net->n_vhosts; i++)
        add_fd(build, net->vhosts[i], "vhost");
    if (net && net->vdpa >= 0)
        add_optionf(build, "-add-fd", "set=%d,fd=%d", net->vdpa, add_fd(build, net->vdpa, "vdpa"));
}

static void build_socket(struct builder *build, const struct domain_interface *interface)
{
    const struct domain_interface_source_vhostuser *source = &interface->source.vhostuser;
    g_autofree char *id = g_strdup_printf("char%s", interface->alias.name);

    if (interface->type == DOMAIN_INTERFACE_TYPE_VHOSTUSER)
        add_socket_chardev(build, id, source->path, &source->reconnect,
                           source->mode == DOMAIN_INTERFACE_SOURCE_VHOSTUSER_MODE_SERVER);
}

/* What only whoever starts the guest can open. */
static bool needs_opening(const struct domain_interface *interface)
{
    switch (interface->type) {
    case DOMAIN_INTERFACE_TYPE_USER:
    case DOMAIN_INTERFACE_TYPE_SERVER:
    case DOMAIN_INTERFACE_TYPE_CLIENT:
    case DOMAIN_INTERFACE_TYPE_MCAST:
    case DOMAIN_INTERFACE_TYPE_UDP:
    case DOMAIN_INTERFACE_TYPE_VHOSTUSER:
        return false;
    default:
        return true;
    }
}

int build_interfaces(struct builder *build)
{
    const struct domain_devices *devices = &build->doc->devices;

    for (size_t i = 0; i < devices->n_interfaces; i++) {
        const struct domain_interface *interface = &devices->interfaces[i];
        const struct launch_net *net = build->launch->nets ? &build->launch->nets[i] : NULL;

        /* A device of the host's, which comes with those. */
        if (interface->type == DOMAIN_INTERFACE_TYPE_HOSTDEV)
            continue;
        if (!net && !build->launch->for_show && needs_opening(interface))
            return refuse("interface '%s' of type '%s' cannot be connected to the host here: types "
                          "user, server, client, mcast, udp and vhostuser can",
                          interface->alias.name,
                          doc_word(&domain_interface_type_words, interface->type));
        inherit(build, net);
        build_socket(build, interface);
        if (add_json(build, "-netdev", netdev_props(build->doc, interface, net, build->launch)) <
                0 ||
            add_device(build, device_props_interface(build->doc, interface, net, build->launch)) <
                0)
            return -1;
    }
    return 0;
}
