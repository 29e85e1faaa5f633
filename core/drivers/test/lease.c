/* What a network's DHCP service has lent: the addresses of running guests' interfaces on it. */
#include "core/drivers/test/network.h"

#include <string.h>

#include "core/drivers/test/address.h"
#include "core/drivers/test/inside.h"

/* How long a loan lasts, in seconds; it is always just made. */
#define LEASE_SECONDS 3600

/* Two hexadecimal digits six times, with colons between. */
static gboolean mac_valid(const char *mac)
{
    return g_regex_match_simple("^([0-9A-Fa-f]{1,2}:){5}[0-9A-Fa-f]{1,2}$", mac, 0, 0);
}

static bool gives_addresses(const struct network *def)
{
    for (size_t i = 0; i < def->n_ips; i++)
        if (def->ips[i].dhcp.n_ranges || def->ips[i].dhcp.n_hosts)
            return true;
    return false;
}

static virNetworkDHCPLeasePtr make_lease(struct world *world, const struct net *net,
                                         const struct guest *guest, size_t at)
{
    const struct domain_interface *interface = &guest->live->doc->devices.interfaces[at];
    virDomainIPAddress address = interface_address(world, guest, at);
    virNetworkDHCPLeasePtr lease = g_new0(virNetworkDHCPLease, 1);

    lease->iface = g_strdup(net->def->bridge.name);
    lease->expirytime = g_get_real_time() / G_USEC_PER_SEC + LEASE_SECONDS;
    lease->type = address.type;
    lease->mac = g_strdup(interface->mac.address);
    lease->ipaddr = address.addr;
    lease->prefix = address.prefix;
    lease->hostname = guest_hostname(guest);
    lease->clientid = g_strdup_printf("01:%s", interface->mac.address);
    return lease;
}

static void add_leases(struct world *world, const struct net *net, const struct guest *guest,
                       const char *mac, GPtrArray *leases)
{
    const struct domain_devices *devices = &guest->live->doc->devices;

    for (size_t i = 0; i < devices->n_interfaces; i++) {
        const struct domain_interface *it = &devices->interfaces[i];

        if (it->type == DOMAIN_INTERFACE_TYPE_NETWORK &&
            !g_strcmp0(it->source.network, net->name) &&
            (!mac || !g_ascii_strcasecmp(mac, it->mac.address)))
            g_ptr_array_add(leases, make_lease(world, net, guest, i));
    }
}

static void free_lease(gpointer lease)
{
    virNetworkDHCPLeaseFree(lease);
}

int test_networkGetDHCPLeases(virNetworkPtr network, const char *mac,
                              virNetworkDHCPLeasePtr **leases, unsigned int flags)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(free_lease);
    struct world *world = world_of(network->conn);
    struct net *net;
    int n;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    if (mac && !mac_valid(mac)) {
        error_set(VIR_FROM_NETWORK, VIR_ERR_INVALID_MAC, "'%.64s' is not six bytes in hexadecimal",
                  mac);
        return -1;
    }
    lock_guard(&world->lock);
    net = net_find(world, network);
    if (!net)
        return -1;
    if (!net->active) {
        error_set(VIR_FROM_TEST, VIR_ERR_OPERATION_INVALID, "network '%s' is not active",
                  net->name);
        return -1;
    }
    for (objlist_each(&world->guests, struct guest, guest))
        if (guest->live && gives_addresses(net->def))
            add_leases(world, net, guest, mac, found);
    n = found->len;
    if (leases) {
        g_ptr_array_add(found, NULL);
        g_ptr_array_set_free_func(found, NULL);
        *leases = (virNetworkDHCPLeasePtr *)g_ptr_array_free(g_steal_pointer(&found), FALSE);
    }
    return n;
}
