#include "core/conf/network/hooks.h"
#include "conf/network_doc.h"

#include <string.h>

/* Only networks with a bridge of their own say how it behaves. */
static void set_bridge(struct network *def)
{
    enum network_forward_mode mode = def->forward.mode;
    struct network_bridge *bridge = &def->bridge;

    if (mode && mode != NETWORK_FORWARD_MODE_NAT && mode != NETWORK_FORWARD_MODE_ROUTE &&
        mode != NETWORK_FORWARD_MODE_OPEN) {
        if (bridge->delay == 0)
            bridge->has_delay = false;
        return;
    }
    if (!bridge->stp)
        bridge->stp = TRISTATE_ON;
    bridge->has_delay = true;
}

/* A lease that says nothing is none. */
static void drop_empty_lease(struct network_lease **lease)
{
    if (!*lease || (*lease)->has_expiry)
        return;
    doc_free(&network_lease_layout, *lease);
    *lease = NULL;
}

static void drop_empty_bandwidth(struct common_bandwidth **bandwidth)
{
    static const struct common_bandwidth nothing;

    if (!*bandwidth || !doc_equal(&common_bandwidth_layout, *bandwidth, &nothing))
        return;
    doc_free(&common_bandwidth_layout, *bandwidth);
    *bandwidth = NULL;
}

/* The file to start from is told to those who get an address, and by IPv4 only. */
static void drop_bootp(struct network_ips *ip)
{
    struct network_ips_dhcp *dhcp = &ip->dhcp;

    if (strchr(ip->address, ':') || (dhcp->n_ranges == 0 && dhcp->n_hosts == 0))
        doc_clear(&network_ips_dhcp_bootp_layout, &dhcp->bootp);
}

int network_hook_post_parse(void *part, const struct doc_call *call)
{
    struct network *def = part;

    (void)call;
    set_bridge(def);
    drop_empty_bandwidth(&def->bandwidth);
    for (size_t i = 0; i < def->n_portgroups; i++)
        drop_empty_bandwidth(&def->portgroups[i].bandwidth);
    for (size_t i = 0; i < def->n_ips; i++) {
        struct network_ips_dhcp *dhcp = &def->ips[i].dhcp;

        for (size_t j = 0; j < dhcp->n_ranges; j++)
            drop_empty_lease(&dhcp->ranges[j].lease);
        for (size_t j = 0; j < dhcp->n_hosts; j++)
            drop_empty_lease(&dhcp->hosts[j].lease);
        drop_bootp(&def->ips[i]);
    }
    return 0;
}
