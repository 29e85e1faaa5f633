/* IP addresses as bytes: what documents ask about networks, masks and ranges. */
#pragma once

#include <stdbool.h>

struct ip {
    unsigned char bytes[16];
    unsigned length; /* 4 or 16 */
};

/* The texts of documents, which have been checked; false for NULL. */
bool ip_read(const char *text, struct ip *ip);

/* The bits that name the network, from a prefix, else a mask, else the address's class; -1 if the
 * mask has holes or the class no networks. */
int ip_prefix(const struct ip *ip, const char *netmask, unsigned prefix);

bool ip_is_zero(const struct ip *ip);
bool ip_same_network(const struct ip *a, const struct ip *b, unsigned prefix);

/* Whether the bits behind the prefix are all zero (`one` false) or all one. */
bool ip_host_bits_are(const struct ip *ip, unsigned prefix, bool one);

/* How far `b` is above `a`: -1 if it is below, more than 65535 if that is too far to count. */
long ip_distance(const struct ip *a, const struct ip *b);
