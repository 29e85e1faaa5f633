#include "core/conf/common/ip.h"

#include <arpa/inet.h>
#include <string.h>

bool ip_read(const char *text, struct ip *ip)
{
    memset(ip, 0, sizeof(*ip));
    if (!text)
        return false;
    ip->length = strchr(text, ':') ? 16 : 4;
    return inet_pton(ip->length == 4 ? AF_INET : AF_INET6, text, ip->bytes) == 1;
}

static bool bit(const struct ip *ip, unsigned at)
{
    return ip->bytes[at / 8] & 0x80 >> at % 8;
}

bool ip_is_zero(const struct ip *ip)
{
    static const struct ip zero;

    return memcmp(ip->bytes, zero.bytes, sizeof(zero.bytes)) == 0;
}

static int mask_bits(const struct ip *mask)
{
    unsigned bits = 0;

    while (bits < mask->length * 8 && bit(mask, bits))
        bits++;
    return ip_host_bits_are(mask, bits, false) ? (int)bits : -1;
}

static int class_bits(const struct ip *ip)
{
    if (ip_is_zero(ip))
        return 0;
    if (ip->length == 16)
        return 64;
    if (ip->bytes[0] < 128)
        return 8;
    if (ip->bytes[0] < 192)
        return 16;
    return ip->bytes[0] < 224 ? 24 : -1;
}

int ip_prefix(const struct ip *ip, const char *netmask, unsigned prefix)
{
    struct ip mask;

    if (prefix)
        return (int)prefix;
    if (netmask)
        return ip_read(netmask, &mask) ? mask_bits(&mask) : -1;
    return class_bits(ip);
}

bool ip_same_network(const struct ip *a, const struct ip *b, unsigned prefix)
{
    if (a->length != b->length)
        return false;
    for (unsigned i = 0; i < prefix && i < a->length * 8; i++) {
        if (bit(a, i) != bit(b, i))
            return false;
    }
    return true;
}

bool ip_host_bits_are(const struct ip *ip, unsigned prefix, bool one)
{
    for (unsigned i = prefix; i < ip->length * 8; i++) {
        if (bit(ip, i) != one)
            return false;
    }
    return true;
}

long ip_distance(const struct ip *a, const struct ip *b)
{
    unsigned low = a->length - 2;
    int order = memcmp(a->bytes, b->bytes, a->length);

    if (order > 0)
        return -1;
    if (memcmp(a->bytes, b->bytes, low) != 0)
        return 65536;
    return (b->bytes[low] << 8 | b->bytes[low + 1]) - (a->bytes[low] << 8 | a->bytes[low + 1]);
}
