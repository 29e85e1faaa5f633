/* What the table of this kind cannot say. */
#include "core/conf/network/hooks.h"

#include "conf/network_doc.h"
#include "core/conf/common/hooks.h"

const struct network_hooks network_hooks = {
    .metadata = common_hook_metadata,
    .forward = network_hook_forward,
    .forward_address = network_hook_forward_address,
    .nat_address = network_hook_nat_address,
    .nat_port = network_hook_nat_port,
    .virtualport = network_hook_virtualport,
    .dns = network_hook_dns,
    .dns_domain = network_hook_dns_domain,
    .dns_forwarder = network_hook_dns_forwarder,
    .dns_srv = network_hook_dns_srv,
    .dns_host = network_hook_dns_host,
    .dhcp_range = network_hook_dhcp_range,
    .dhcp_host = network_hook_dhcp_host,
    .bootp = network_hook_bootp,
    .ip = network_hook_ip,
    .lease = network_hook_lease,
    .post_parse = network_hook_post_parse,
    .validate = network_hook_validate,
};
