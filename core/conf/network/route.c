/* Static routes: from one network to another, over a gateway that can be reached. */
#include "core/conf/network/hooks.h"
#include "conf/network_doc.h"
#include "core/conf/common/ip.h"

#include <corral/corral.h>

static int refuse(const struct network *def, const struct common_route *route,
                  const struct doc_call *call, const char *text)
{
    doc_error(call, VIR_ERR_XML_ERROR, "%s: %s in route definition, address '%s'", def->name, text,
              route->address ? route->address : "");
    return -1;
}

static int check_family(const struct network *def, const struct common_route *route,
                        const struct doc_call *call)
{
    bool six = route->family == COMMON_ROUTE_FAMILY_IPV6;

    if (!route->address)
        return refuse(def, route, call, "Missing required address attribute");
    if (!route->gateway)
        return refuse(def, route, call, "Missing required gateway attribute");
    if (!!strchr(route->address, ':') != six)
        return refuse(def, route, call, "the family is not that of the address");
    if (!!strchr(route->gateway, ':') != six)
        return refuse(def, route, call, "the family is not that of the gateway");
    if (route->netmask && (six || strchr(route->netmask, ':')))
        return refuse(def, route, call, "Invalid netmask (all must be IPv4)");
    if (route->netmask && route->has_prefix)
        return refuse(def, route, call, "there cannot be both a prefix and a netmask");
    if (route->prefix > (six ? 128 : 32))
        return refuse(def, route, call, "Invalid prefix");
    return 0;
}

static int check_network(const struct network *def, const struct common_route *route,
                         const struct doc_call *call)
{
    struct ip address;
    int prefix = (int)route->prefix;

    if (!ip_read(route->address, &address))
        return refuse(def, route, call, "bad address");
    if (route->netmask)
        prefix = ip_prefix(&address, route->netmask, 0);
    if (prefix < 0 || !ip_host_bits_are(&address, (unsigned)prefix, false))
        return refuse(def, route, call, "the address is not a network address");
    return 0;
}

static int check_gateway(const struct network *def, const struct common_route *route,
                         const struct doc_call *call)
{
    struct ip gateway;

    ip_read(route->gateway, &gateway);
    for (size_t i = 0; i < def->n_ips; i++) {
        const struct network_ips *ip = &def->ips[i];
        struct ip address;
        int prefix =
            ip_read(ip->address, &address) ? ip_prefix(&address, ip->netmask, ip->prefix) : -1;

        if (prefix >= 0 && ip_same_network(&gateway, &address, (unsigned)prefix))
            return 0;
    }
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
              "unreachable static route gateway '%s' specified for network '%s'", route->gateway,
              def->name);
    return -1;
}

int network_check_routes(const struct network *def, const struct doc_call *call)
{
    for (size_t i = 0; i < def->n_routes; i++) {
        const struct common_route *route = &def->routes[i];

        if (check_family(def, route, call) < 0 || check_network(def, route, call) < 0 ||
            check_gateway(def, route, call) < 0)
            return -1;
    }
    return 0;
}
