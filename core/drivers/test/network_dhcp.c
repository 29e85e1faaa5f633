/* Which addresses a network's DHCP service may lend. */
#include "core/drivers/test/network.h"

#include <arpa/inet.h>
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

/* The bytes of an address of either family; how many, 0 for none. */
static int address_bytes(const char *text, unsigned char bytes[16])
{
    if (text && inet_pton(AF_INET, text, bytes) == 1)
        return 4;
    return text && inet_pton(AF_INET6, text, bytes) == 1 ? 16 : 0;
}

/* Bits of the network's part; of all when the document does not say. */
static unsigned prefix_of(const struct network_ips *ip, int length)
{
    unsigned char mask[16];
    unsigned bits = 0;

    if (ip->prefix)
        return ip->prefix;
    if (address_bytes(ip->netmask, mask) != length)
        return 0;
    while (bits < (unsigned)length * 8 && mask[bits / 8] & (0x80 >> bits % 8))
        bits++;
    return bits;
}

static gboolean same_network(const unsigned char *a, const unsigned char *b, unsigned bits)
{
    for (unsigned i = 0; i < bits; i++) {
        if ((a[i / 8] ^ b[i / 8]) & (0x80 >> i % 8))
            return FALSE;
    }
    return TRUE;
}

static int fail_range(const char *format, const struct network_ips_dhcp_ranges *range,
                      const struct network_ips *ip)
{
    error_set(VIR_FROM_NETWORK, VIR_ERR_INTERNAL_ERROR, "range %s - %s %s %s/%u", range->start,
              range->end, format, ip->address, prefix_of(ip, strchr(ip->address, ':') ? 16 : 4));
    return -1;
}

static int check_range(const struct network_ips *ip, const struct network_ips_dhcp_ranges *range)
{
    unsigned char start[16], end[16], address[16];
    int length = address_bytes(ip->address, address);
    unsigned bits = prefix_of(ip, length);

    if (!length)
        return 0;
    if (address_bytes(range->start, start) != length || address_bytes(range->end, end) != length)
        return fail_range("is not of the same family as", range, ip);
    if (!same_network(start, address, bits) || !same_network(end, address, bits))
        return fail_range("is not entirely within network", range, ip);
    if (memcmp(start, end, length) > 0)
        return fail_range("is reversed in network", range, ip);
    return 0;
}

static int check_host(const struct network *def, const struct network_ips *ip,
                      const struct network_ips_dhcp_hosts *host)
{
    if (is_ipv4(ip) && !host->mac && !host->name) {
        error_set(VIR_FROM_NETWORK, VIR_ERR_XML_ERROR,
                  "Static host definition in IPv4 network '%s' must have mac or name attribute",
                  def->name);
        return -1;
    }
    if (!host->ip) {
        error_set(VIR_FROM_NETWORK, VIR_ERR_XML_ERROR,
                  "Missing IP address in static host definition for network '%s'", def->name);
        return -1;
    }
    return 0;
}

int net_dhcp_check(struct network *def, int index, const char *element, const void *part)
{
    struct network_ips *ip = net_dhcp_ip(def, index, element);

    if (!ip)
        return -1;
    return strcmp(element, "range") == 0 ? check_range(ip, part) : check_host(def, ip, part);
}
