/* Network interfaces of guests. */
#include "core/drivers/test/device.h"

#include <string.h>

#include "core/object/params_give.h"
#include "params_tables.h"

struct domain_interface *interface_find(const struct domain *doc, const char *device)
{
    for (size_t i = 0; i < doc->devices.n_interfaces; i++) {
        struct domain_interface *it = &doc->devices.interfaces[i];

        if (!g_strcmp0(it->target.dev, device) ||
            (it->mac.address && !g_ascii_strcasecmp(it->mac.address, device)))
            return it;
    }
    error_set(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG, "'%s' is not a known interface", device);
    return NULL;
}

void interface_traffic(virDomainInterfaceStatsPtr stats)
{
    long long now = g_get_real_time(), seconds = now / G_USEC_PER_SEC;

    stats->rx_bytes = now / 10;
    stats->rx_packets = now / 100;
    stats->rx_errs = seconds;
    stats->rx_drop = seconds / 2;
    stats->tx_bytes = now / 20;
    stats->tx_packets = now / 110;
    stats->tx_errs = seconds / 3;
    stats->tx_drop = seconds / 4;
}

int test_domainInterfaceStats(virDomainPtr dom, const char *device,
                              virDomainInterfaceStatsPtr stats, size_t size)
{
    WITH_ACTIVE_GUEST(dom, -1);
    if (!interface_find(guest->live->doc, device))
        return -1;
    interface_traffic(stats);
    return 0;
}

/* A direction's limits, when the call names any: without an average or a floor there are none. */
static void set_rate(struct common_rate *rate, virTypedParameterPtr params, int nparams,
                     const char *average, const char *peak, const char *burst, const char *floor)
{
    unsigned int values[4] = {0};
    bool given = params_get_uint(params, nparams, average, &values[0]);

    params_get_uint(params, nparams, peak, &values[1]);
    params_get_uint(params, nparams, burst, &values[2]);
    if (floor)
        params_get_uint(params, nparams, floor, &values[3]);
    if (values[0] || values[3])
        *rate = (struct common_rate){
            .average = values[0],
            .peak = values[1],
            .burst = values[2],
            .floor = values[3],
        };
    else if (given)
        *rate = (struct common_rate){0};
}

static bool rate_is_set(const struct common_rate *rate)
{
    return rate->average || rate->floor;
}

int test_domainSetInterfaceParameters(virDomainPtr domain, const char *device,
                                      virTypedParameterPtr params, int nparams, unsigned int flags)
{
    struct domain_interface *interface;
    struct common_bandwidth bandwidth = {0};
    const struct domain *doc;

    if (flags_check(flags, AFFECT_FLAGS, __func__) < 0 || affects_one(flags) < 0 ||
        params_validate(params, nparams, virDomainBandwidth_rules,
                        G_N_ELEMENTS(virDomainBandwidth_rules), 0) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    doc = guest_affected(guest, flags);
    if (!doc || !interface_find(doc, device))
        return -1;
    interface = interface_find(guest_edit_one(guest, flags), device);
    if (interface->bandwidth)
        bandwidth = *interface->bandwidth;
    set_rate(&bandwidth.inbound, params, nparams, VIR_DOMAIN_BANDWIDTH_IN_AVERAGE,
             VIR_DOMAIN_BANDWIDTH_IN_PEAK, VIR_DOMAIN_BANDWIDTH_IN_BURST,
             VIR_DOMAIN_BANDWIDTH_IN_FLOOR);
    set_rate(&bandwidth.outbound, params, nparams, VIR_DOMAIN_BANDWIDTH_OUT_AVERAGE,
             VIR_DOMAIN_BANDWIDTH_OUT_PEAK, VIR_DOMAIN_BANDWIDTH_OUT_BURST, NULL);
    if (!rate_is_set(&bandwidth.inbound) && !rate_is_set(&bandwidth.outbound)) {
        g_clear_pointer(&interface->bandwidth, g_free);
        return 0;
    }
    if (!interface->bandwidth)
        interface->bandwidth = g_new(struct common_bandwidth, 1);
    *interface->bandwidth = bandwidth;
    return 0;
}

int test_domainGetInterfaceParameters(virDomainPtr domain, const char *device,
                                      virTypedParameterPtr params, int *nparams, unsigned int flags)
{
    const struct common_bandwidth none = {0}, *bandwidth = &none;
    const struct domain_interface *interface;
    params_auto_t list = {0};
    const struct domain *doc;

    if (flags_check(flags, AFFECT_FLAGS | VIR_TYPED_PARAM_STRING_OKAY, __func__) < 0 ||
        affects_one(flags) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    doc = guest_affected(guest, flags);
    interface = doc ? interface_find(doc, device) : NULL;
    if (!interface)
        return -1;
    if (interface->bandwidth)
        bandwidth = interface->bandwidth;
    params_add_uint(&list, bandwidth->inbound.average, VIR_DOMAIN_BANDWIDTH_IN_AVERAGE);
    params_add_uint(&list, bandwidth->inbound.peak, VIR_DOMAIN_BANDWIDTH_IN_PEAK);
    params_add_uint(&list, bandwidth->inbound.burst, VIR_DOMAIN_BANDWIDTH_IN_BURST);
    params_add_uint(&list, bandwidth->inbound.floor, VIR_DOMAIN_BANDWIDTH_IN_FLOOR);
    params_add_uint(&list, bandwidth->outbound.average, VIR_DOMAIN_BANDWIDTH_OUT_AVERAGE);
    params_add_uint(&list, bandwidth->outbound.peak, VIR_DOMAIN_BANDWIDTH_OUT_PEAK);
    params_add_uint(&list, bandwidth->outbound.burst, VIR_DOMAIN_BANDWIDTH_OUT_BURST);
    return params_give(&list, params, nparams);
}
