/* Addresses of guests' interfaces: made up, but from their networks. */
#include "core/drivers/test/address.h"

#include <arpa/inet.h>
#include <string.h>

#include "core/drivers/test/inside.h"
#include "core/drivers/test/network.h"

#define ADDRESSES_PER_GUEST 20

static unsigned int prefix_of(const struct network_ips *ip)
{
    struct in_addr mask;

    if (ip->prefix)
        return ip->prefix;
    if (ip->netmask && inet_pton(AF_INET, ip->netmask, &mask) == 1)
        return __builtin_popcount(mask.s_addr);
    return 24;
}

static const struct network_ips *network_address(struct world *world,
                                                 const struct domain_interface *interface)
{
    struct net *net;

    if (interface->type != DOMAIN_INTERFACE_TYPE_NETWORK || !interface->source.network)
        return NULL;
    net = objlist_by_name(&world->networks, interface->source.network);
    return net && net->def->n_ips ? &net->def->ips[0] : NULL;
}

/* What the network's DHCP service keeps for the interface. */
static const char *reserved(const struct network_ips *ip, const struct domain_interface *interface)
{
    for (size_t i = 0; ip && i < ip->dhcp.n_hosts; i++)
        if (ip->dhcp.hosts[i].mac && ip->dhcp.hosts[i].ip && interface->mac.address &&
            !g_ascii_strcasecmp(ip->dhcp.hosts[i].mac, interface->mac.address))
            return ip->dhcp.hosts[i].ip;
    return NULL;
}

/* Each guest has a range of its own in the network, behind the host's address. */
virDomainIPAddress interface_address(struct world *world, const struct guest *guest, size_t at)
{
    const struct domain_interface *interface = &guest->live->doc->devices.interfaces[at];
    const struct network_ips *ip = network_address(world, interface);
    const char *kept = reserved(ip, interface);
    char text[INET_ADDRSTRLEN];
    struct in_addr address;

    if (kept)
        return (virDomainIPAddress){
            .type = VIR_IP_ADDR_TYPE_IPV4, .addr = g_strdup(kept), .prefix = prefix_of(ip)};
    if (!ip || !ip->address || inet_pton(AF_INET, ip->address, &address) != 1)
        return (virDomainIPAddress){
            .type = VIR_IP_ADDR_TYPE_IPV4,
            .addr = g_strdup_printf("192.168.0.%zu", 1 + at % 254),
            .prefix = 24,
        };
    address.s_addr =
        htonl(ntohl(address.s_addr) + 2 + (guest->item.id - 1) * ADDRESSES_PER_GUEST + at);
    return (virDomainIPAddress){
        .type = VIR_IP_ADDR_TYPE_IPV4,
        .addr = g_strdup(inet_ntop(AF_INET, &address, text, sizeof(text))),
        .prefix = prefix_of(ip),
    };
}

int test_domainInterfaceAddresses(virDomainPtr dom, virDomainInterfacePtr **ifaces,
                                  unsigned int source, unsigned int flags)
{
    const struct domain_devices *devices;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    if (source > VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP) {
        test_error(ARGUMENT_UNSUPPORTED, "Unknown IP address data source %u", source);
        return -1;
    }
    if (source == VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT &&
        agent_ask(dom, "guest-network-get-interfaces", __func__) < 0)
        return -1;
    WITH_ACTIVE_GUEST(dom, -1);
    devices = &guest->live->doc->devices;
    *ifaces = g_new0(virDomainInterfacePtr, devices->n_interfaces + 1);
    for (size_t i = 0; i < devices->n_interfaces; i++) {
        virDomainInterfacePtr it = (*ifaces)[i] = g_new0(virDomainInterface, 1);

        it->name = g_strdup(devices->interfaces[i].target.dev);
        it->hwaddr = g_strdup(devices->interfaces[i].mac.address);
        it->addrs = g_new(virDomainIPAddress, 1);
        it->addrs[0] = interface_address(world, guest, i);
        it->naddrs = 1;
    }
    return devices->n_interfaces;
}
