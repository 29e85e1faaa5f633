/* Which of a network's addresses an update of its DHCP service is for. */
#include "core/drivers/test/network.h"

#include <string.h>

#include "core/object/error.h"

#define FAIL(...)                                                                                  \
    (error_set(VIR_FROM_NETWORK, VIR_ERR_OPERATION_INVALID, __VA_ARGS__),                          \
     (struct network_ips *)NULL)

static gboolean is_ipv4(const struct network_ips *ip)
{
    return ip->family != NETWORK_IPS_FAMILY_IPV6 && !(ip->address && strchr(ip->address, ':'));
}

static gboolean has_dhcp(const struct network_ips *ip)
{
    return ip->dhcp.n_ranges > 0 || ip->dhcp.n_hosts > 0;
}

static struct network_ips *choose_ip(struct network *def)
{
    struct network_ips *first = NULL;

    for (size_t i = 0; i < def->n_ips; i++) {
        if (has_dhcp(&def->ips[i]))
            return &def->ips[i];
        if (!first && is_ipv4(&def->ips[i]))
            first = &def->ips[i];
    }
    return first;
}

struct network_ips *net_dhcp_ip(struct network *def, int index, const char *label)
{
    struct network_ips *ip = NULL;

    if (index < 0)
        ip = choose_ip(def);
    else if ((size_t)index < def->n_ips)
        ip = &def->ips[index];
    if (!ip && index >= 0)
        return FAIL("couldn't update %s entry - no <ip> element found at index %d in network '%s'",
                    label, index, def->name);
    if (!ip)
        return FAIL("couldn't update %s entry - no <ip> element found in network '%s'", label,
                    def->name);
    for (size_t i = 0; i < def->n_ips && is_ipv4(ip); i++) {
        if (&def->ips[i] != ip && is_ipv4(&def->ips[i]) && has_dhcp(&def->ips[i]))
            return FAIL("dhcp is supported only for a single IPv4 address on each network");
    }
    return ip;
}
