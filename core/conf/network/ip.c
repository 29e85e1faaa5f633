/* The host's addresses on the network, and what stands with them. */
#include "core/conf/network/hooks.h"
#include "conf/network_doc.h"
#include "core/conf/common/ip.h"

#include <corral/corral.h>
#include <libxml/tree.h>
#include <string.h>

static int refuse(const struct network *def, const struct network_ips *ip,
                  const struct doc_call *call, int code, const char *text)
{
    doc_error(call, code, "%s: address '%s' in network '%s'", text, ip->address, def->name);
    return -1;
}

int network_hook_ip(void *part, const struct doc_call *call)
{
    const struct network_ips *ip = part;

    if (!strchr(ip->address, ':'))
        return 0;
    for (const xmlNode *node = call->node->children; node; node = node->next) {
        if (node->type != XML_ELEMENT_NODE || strcmp((const char *)node->name, "tftp") != 0)
            continue;
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "Unsupported <tftp> element in an IPv6 element with the address '%s'",
                  ip->address);
        return -1;
    }
    return 0;
}

static int check_family(const struct network *def, const struct network_ips *ip,
                        const struct doc_call *call, bool six)
{
    const int code = VIR_ERR_CONFIG_UNSUPPORTED;

    if (six && ip->family != NETWORK_IPS_FAMILY_IPV6)
        return refuse(def, ip, call, code,
                      ip->family ? "ipv4 family specified for non-IPv4 address"
                                 : "no family specified for non-IPv4 address");
    if (!six && ip->family == NETWORK_IPS_FAMILY_IPV6)
        return refuse(def, ip, call, code, "Family 'ipv6' specified for non-IPv6 address");
    if (six && ip->netmask)
        return refuse(def, ip, call, code, "netmask not allowed for IPv6");
    if (ip->netmask && strchr(ip->netmask, ':'))
        return refuse(def, ip, call, code, "the netmask has to be IPv4");
    if (ip->prefix > (six ? 128 : 32))
        return refuse(def, ip, call, code, six ? "Invalid IPv6 prefix" : "Invalid IPv4 prefix");
    if (ip->prefix && ip->netmask)
        return refuse(def, ip, call, code, "there cannot be both a prefix and a netmask");
    return 0;
}

static int check_host(const struct network *def, const struct network_ips *ip,
                      const struct network_ips_dhcp_hosts *host, const struct doc_call *call,
                      bool six)
{
    const int code = VIR_ERR_XML_ERROR;

    if (six && host->mac)
        return refuse(def, ip, call, code, "a static host of IPv6 has no MAC address");
    if (six && !host->id && !host->name)
        return refuse(def, ip, call, code,
                      "Static host definition in IPv6 network must have id or name attribute");
    if (!six && !host->mac && !host->name)
        return refuse(def, ip, call, code,
                      "Static host definition in IPv4 network must have mac or name attribute");
    return 0;
}

static int check_dhcp(const struct network *def, const struct network_ips *ip,
                      const struct doc_call *call, bool six)
{
    struct ip address;
    int prefix;

    if (!ip_read(ip->address, &address))
        return refuse(def, ip, call, VIR_ERR_XML_ERROR, "bad address");
    prefix = ip_prefix(&address, ip->netmask, ip->prefix);
    for (size_t i = 0; i < ip->dhcp.n_ranges; i++) {
        const struct network_ips_dhcp_ranges *range = &ip->dhcp.ranges[i];

        if (network_check_range(range->start, range->end, &address, prefix, call) < 0)
            return -1;
    }
    for (size_t i = 0; i < ip->dhcp.n_hosts; i++) {
        if (check_host(def, ip, &ip->dhcp.hosts[i], call, six) < 0)
            return -1;
    }
    return 0;
}

int network_check_addresses(const struct network *def, const struct doc_call *call)
{
    for (size_t i = 0; i < def->n_ips; i++) {
        const struct network_ips *ip = &def->ips[i];
        bool six = strchr(ip->address, ':');

        if (check_family(def, ip, call, six) < 0 || check_dhcp(def, ip, call, six) < 0)
            return -1;
    }
    return 0;
}
