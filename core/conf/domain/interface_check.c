/* What network cards may not say; and addresses that a guest's container gets. */
#include "core/conf/domain/devices.h"
#include "core/conf/domain/hooks.h"

#include <gio/gio.h>

#define TYPE(name) DOMAIN_INTERFACE_TYPE_##name

int domain_hook_ip(void *part, const struct doc_call *call)
{
    struct domain_ip_info_ips *ip = part;
    bool six = ip->address && strchr(ip->address, ':');

    if (ip->family && (ip->family == DOMAIN_IP_INFO_IPS_FAMILY_IPV6) != six) {
        doc_error(call, VIR_ERR_XML_ERROR,
                  "Invalid address '%s' in <ip>: family='%s' expects "
                  "another form",
                  ip->address, WORD(domain_ip_info_ips_family_words, ip->family));
        return -1;
    }
    ip->family = six ? DOMAIN_IP_INFO_IPS_FAMILY_IPV6 : DOMAIN_IP_INFO_IPS_FAMILY_IPV4;
    if (ip->prefix > (six ? 128 : 32)) {
        doc_error(call, VIR_ERR_XML_ERROR, "Invalid prefix value '%u' in <ip>: at most %d",
                  ip->prefix, six ? 128 : 32);
        return -1;
    }
    return 0;
}

static int unsupported(const struct doc_call *call, const char *text)
{
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "%s", text);
    return -1;
}

static bool is_virtio(const char *model)
{
    return model && g_str_has_prefix(model, "virtio");
}

static int check_vhostuser(const struct domain_interface *interface, const struct doc_call *call)
{
    if (interface->type != TYPE(VHOSTUSER))
        return 0;
    if (!is_virtio(interface->model.type)) {
        doc_error(call, VIR_ERR_INTERNAL_ERROR,
                  "Wrong or no <model> 'type' attribute specified with <interface "
                  "type='vhostuser'/>. vhostuser requires the virtio-net* frontend");
        return -1;
    }
    if (interface->source.vhostuser.reconnect.enabled == TRISTATE_YES &&
        interface->source.vhostuser.mode == DOMAIN_INTERFACE_SOURCE_VHOSTUSER_MODE_SERVER)
        return unsupported(call, "'reconnect' attribute unsupported 'server' mode for <interface "
                                 "type='vhostuser'>");
    return 0;
}

static int check_teaming(const struct domain_interface *interface, const struct doc_call *call)
{
    const struct domain_interface_teaming *teaming = &interface->teaming;

    if (!teaming->type && teaming->persistent)
        return unsupported(call, "unknown teaming type: 'persistent' and 'transient' are known");
    if (teaming->type == DOMAIN_INTERFACE_TEAMING_TYPE_TRANSIENT && !teaming->persistent)
        return unsupported(
            call, "teaming persistent attribute must be set if teaming type is 'transient'");
    if (teaming->type == DOMAIN_INTERFACE_TEAMING_TYPE_PERSISTENT && teaming->persistent)
        return unsupported(
            call, "teaming persistent attribute not allowed if teaming type is 'persistent'");
    return 0;
}

static int check_interface(const struct domain_interface *interface, const struct doc_call *call)
{
    bool network = interface->type == TYPE(NETWORK);

    if (check_vhostuser(interface, call) < 0 || check_teaming(interface, call) < 0 ||
        domain_check_rom(&interface->rom, call) < 0)
        return -1;
    if (!network && interface->bandwidth &&
        (interface->bandwidth->inbound.floor || interface->bandwidth->outbound.floor))
        return unsupported(call, "floor attribute is not supported for this config");
    if (!network && interface->type != TYPE(BRIDGE) && interface->port.isolated == TRISTATE_YES) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "interface %s - <port isolated='yes'/> is not supported for network interfaces "
                  "with type='%s'",
                  interface->mac.address ? interface->mac.address : "",
                  WORD(domain_interface_type_words, interface->type));
        return -1;
    }
    return 0;
}

int domain_check_interfaces(struct domain *def, const struct doc_call *call)
{
    for (size_t i = 0; i < def->devices.n_interfaces; i++) {
        if (check_interface(&def->devices.interfaces[i], call) < 0)
            return -1;
    }
    return 0;
}
