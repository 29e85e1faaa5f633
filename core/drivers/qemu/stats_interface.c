/* What goes through guests' interfaces, as the kernel counts at the host's end. */
#include <string.h>

#include "core/drivers/qemu/sample.h"
#include "core/object/params.h"

struct traffic {
    unsigned long long rx_bytes, rx_packets, rx_errors, rx_dropped;
    unsigned long long tx_bytes, tx_packets, tx_errors, tx_dropped;
};

static bool read_line(const char *text, const char *name, struct traffic *traffic)
{
    g_autofree char *key = g_strdup_printf("%s:", name);

    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += strspn(line, "\n ");
        if (g_str_has_prefix(line, key))
            return sscanf(line + strlen(key),
                          "%llu %llu %llu %llu %*u %*u %*u %*u %llu %llu %llu %llu",
                          &traffic->rx_bytes, &traffic->rx_packets, &traffic->rx_errors,
                          &traffic->rx_dropped, &traffic->tx_bytes, &traffic->tx_packets,
                          &traffic->tx_errors, &traffic->tx_dropped) == 8;
    }
    return false;
}

static bool read_traffic(const char *name, struct traffic *traffic)
{
    g_autofree char *text = NULL;

    return g_file_get_contents("/proc/net/dev", &text, NULL, NULL) &&
           read_line(text, name, traffic);
}

/* A tap is the guest's other end: what it receives the guest has sent. */
static bool is_mirrored(const struct domain_interface *interface)
{
    return interface->type != DOMAIN_INTERFACE_TYPE_DIRECT;
}

static struct traffic mirror(struct traffic t)
{
    return (struct traffic){t.tx_bytes, t.tx_packets, t.tx_errors, t.tx_dropped,
                            t.rx_bytes, t.rx_packets, t.rx_errors, t.rx_dropped};
}

static bool traffic_of(const struct domain_interface *interface, struct traffic *ret)
{
    struct traffic traffic;

    if (!interface->target.dev || !read_traffic(interface->target.dev, &traffic))
        return false;
    *ret = is_mirrored(interface) ? mirror(traffic) : traffic;
    return true;
}

void interface_stats(struct sample *sample, struct params *list)
{
    const struct domain *doc = sample_doc(sample);

    if (!sample->run)
        return;
    params_add_uint(list, doc->devices.n_interfaces, "net.count");
    for (unsigned i = 0; i < doc->devices.n_interfaces; i++) {
        const struct domain_interface *interface = &doc->devices.interfaces[i];
        struct traffic traffic;

        if (!interface->target.dev)
            continue;
        params_add_string(list, interface->target.dev, "net.%u.name", i);
        if (!traffic_of(interface, &traffic))
            continue;
        params_add_ullong(list, traffic.rx_bytes, "net.%u.rx.bytes", i);
        params_add_ullong(list, traffic.rx_packets, "net.%u.rx.pkts", i);
        params_add_ullong(list, traffic.rx_errors, "net.%u.rx.errs", i);
        params_add_ullong(list, traffic.rx_dropped, "net.%u.rx.drop", i);
        params_add_ullong(list, traffic.tx_bytes, "net.%u.tx.bytes", i);
        params_add_ullong(list, traffic.tx_packets, "net.%u.tx.pkts", i);
        params_add_ullong(list, traffic.tx_errors, "net.%u.tx.errs", i);
        params_add_ullong(list, traffic.tx_dropped, "net.%u.tx.drop", i);
    }
}

static const struct domain_interface *find(const struct domain *doc, const char *device)
{
    for (size_t i = 0; i < doc->devices.n_interfaces; i++) {
        const struct domain_interface *interface = &doc->devices.interfaces[i];

        if (!g_strcmp0(interface->target.dev, device) ||
            (interface->mac.address && !g_ascii_strcasecmp(interface->mac.address, device)))
            return interface;
    }
    qemu_error(INVALID_ARG, "invalid path, '%s' is not a known interface", device);
    return NULL;
}

int qemu_domainInterfaceStats(virDomainPtr domain, const char *device,
                              virDomainInterfaceStatsPtr ret, size_t size)
{
    g_auto(sample_auto_t) sample = {0};
    const struct domain_interface *interface;
    struct traffic traffic;

    if (sample_find(&sample, domain, true) < 0 || !(interface = find(sample_doc(&sample), device)))
        return -1;
    if (!traffic_of(interface, &traffic)) {
        qemu_error(OPERATION_UNSUPPORTED,
                   "interface '%s' has no device on the host that counts its traffic", device);
        return -1;
    }
    const virDomainInterfaceStatsStruct stats = {
        .rx_bytes = traffic.rx_bytes,
        .rx_packets = traffic.rx_packets,
        .rx_errs = traffic.rx_errors,
        .rx_drop = traffic.rx_dropped,
        .tx_bytes = traffic.tx_bytes,
        .tx_packets = traffic.tx_packets,
        .tx_errs = traffic.tx_errors,
        .tx_drop = traffic.tx_dropped,
    };

    memcpy(ret, &stats, MIN(size, sizeof(stats)));
    return 0;
}
