/* Addresses that guests ask for: ranges, hosts and the file to start from. */
#include "core/conf/network/hooks.h"
#include "conf/network_doc.h"
#include "core/conf/common/ip.h"

#include <corral/corral.h>
#include <stdio.h>

#define LARGEST_RANGE 65535

static int refuse_range(const struct doc_call *call, const char *start, const char *end,
                        const char *why)
{
    doc_error(call, VIR_ERR_INTERNAL_ERROR, "range %s - %s %s", start, end, why);
    return -1;
}

static int check_place(const char *start, const char *end, const struct ip *network, int prefix,
                       const struct doc_call *call)
{
    struct ip first, last;

    if (prefix < 0)
        return refuse_range(call, start, end, "is in a network whose mask is no mask");
    if (!ip_read(start, &first) || !ip_read(end, &last) ||
        !ip_same_network(&first, network, (unsigned)prefix) ||
        !ip_same_network(&last, network, (unsigned)prefix))
        return refuse_range(call, start, end, "is not entirely within the network");
    /* Only IPv4 keeps these two for itself. */
    if (network->length == 4 && ip_host_bits_are(&first, (unsigned)prefix, false))
        return refuse_range(call, start, end, "starts with the network address");
    if (network->length == 4 && ip_host_bits_are(&last, (unsigned)prefix, true))
        return refuse_range(call, start, end, "ends with the broadcast address");
    return 0;
}

int network_check_range(const char *start, const char *end, const struct ip *network, int prefix,
                        const struct doc_call *call)
{
    struct ip first, last;
    long distance;

    if (!ip_read(start, &first) || !ip_read(end, &last) || first.length != last.length)
        return refuse_range(call, start, end, "mixes address families");
    distance = ip_distance(&first, &last);
    if (distance < 0)
        return refuse_range(call, start, end, "is reversed");
    if (network && check_place(start, end, network, prefix, call) < 0)
        return -1;
    if (distance > LARGEST_RANGE)
        return refuse_range(call, start, end, "is too large (> 65535)");
    return 0;
}

int network_hook_dhcp_range(void *part, const struct doc_call *call)
{
    const struct network_ips_dhcp_ranges *range = part;

    if (range->start && range->end)
        return 0;
    doc_error(call, VIR_ERR_XML_ERROR, "Missing '%s' attribute in dhcp range",
              range->start ? "end" : "start");
    return -1;
}

static int check_mac(const char *mac, const struct doc_call *call)
{
    unsigned b[6];
    int n = 0;

    if (sscanf(mac, "%2x:%2x:%2x:%2x:%2x:%2x%n", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5], &n) !=
            6 ||
        mac[n]) {
        doc_error(call, VIR_ERR_XML_ERROR, "Cannot parse MAC address '%s'", mac);
        return -1;
    }
    if (b[0] & 1) {
        doc_error(call, VIR_ERR_XML_ERROR, "expected unicast mac address, found multicast '%s'",
                  mac);
        return -1;
    }
    return 0;
}

int network_hook_dhcp_host(void *part, const struct doc_call *call)
{
    const struct network_ips_dhcp_hosts *host = part;

    return host->mac ? check_mac(host->mac, call) : 0;
}

int network_hook_bootp(void *part, const struct doc_call *call)
{
    struct network_ips_dhcp_bootp *bootp = part;

    (void)call;
    if (!bootp->file)
        g_clear_pointer(&bootp->server, g_free);
    return 0;
}
