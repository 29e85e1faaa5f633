/* What the network's name server knows. */
#include "core/conf/network/hooks.h"
#include "conf/network_doc.h"

#include <corral/corral.h>

static int refuse(const struct doc_call *call, int code, const char *text)
{
    doc_error(call, code, "%s", text);
    return -1;
}

int network_hook_dns(void *part, const struct doc_call *call)
{
    const struct network_dns *dns = part;

    if (dns->enable == TRISTATE_NO &&
        (dns->n_forwarders || dns->n_txts || dns->n_srvs || dns->n_hosts))
        return refuse(call, VIR_ERR_XML_ERROR, "Extra data in disabled network");
    return 0;
}

/* Where names are answered means nothing without a domain. */
int network_hook_dns_domain(void *part, const struct doc_call *call)
{
    struct network_domain *domain = part;

    (void)call;
    if (!domain->name)
        domain->local_only = TRISTATE_ABSENT;
    return 0;
}

int network_hook_dns_forwarder(void *part, const struct doc_call *call)
{
    const struct network_dns_forwarders *forwarder = part;

    if (!forwarder->addr && !forwarder->domain)
        return refuse(call, VIR_ERR_XML_ERROR,
                      "Invalid forwarder element, must contain at least one of addr or domain");
    return 0;
}

int network_hook_dns_srv(void *part, const struct doc_call *call)
{
    const struct network_dns_srvs *srv = part;

    if (!srv->target && (srv->port || srv->priority || srv->weight)) {
        doc_error(call, VIR_ERR_XML_DETAIL,
                  "DNS SRV port, priority and weight attributes not permitted without target for "
                  "service '%s'",
                  srv->service);
        return -1;
    }
    return 0;
}

int network_hook_dns_host(void *part, const struct doc_call *call)
{
    struct network_dns_hosts *host = part;
    size_t n = 0;

    for (size_t i = 0; i < host->n_hostnames; i++) {
        if (host->hostnames[i] && *host->hostnames[i])
            host->hostnames[n++] = host->hostnames[i];
        else
            g_free(host->hostnames[i]);
    }
    host->n_hostnames = n;
    if (n == 0)
        return refuse(call, VIR_ERR_XML_DETAIL, "Missing hostname in network DNS HOST record");
    return 0;
}
