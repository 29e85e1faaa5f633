/* Hooks of the network documents, one file a subject. */
#pragma once

#include "core/conf/doc/doc.h"

struct network;

int network_hook_forward(void *part, const struct doc_call *call);
int network_hook_forward_address(void *part, const struct doc_call *call);
int network_hook_nat_address(void *part, const struct doc_call *call);
int network_hook_nat_port(void *part, const struct doc_call *call);
int network_hook_virtualport(void *part, const struct doc_call *call);
int network_hook_dns(void *part, const struct doc_call *call);
int network_hook_dns_domain(void *part, const struct doc_call *call);
int network_hook_dns_forwarder(void *part, const struct doc_call *call);
int network_hook_dns_srv(void *part, const struct doc_call *call);
int network_hook_dns_host(void *part, const struct doc_call *call);
int network_hook_dhcp_range(void *part, const struct doc_call *call);
int network_hook_dhcp_host(void *part, const struct doc_call *call);
int network_hook_ip(void *part, const struct doc_call *call);
int network_hook_bootp(void *part, const struct doc_call *call);
int network_hook_lease(void *part, const struct doc_call *call);
int network_hook_post_parse(void *part, const struct doc_call *call);
int network_hook_validate(void *part, const struct doc_call *call);

/* The parts of validate; each refuses with an error of its own. */
int network_check_mode(const struct network *def, const struct doc_call *call);
int network_check_addresses(const struct network *def, const struct doc_call *call);
int network_check_routes(const struct network *def, const struct doc_call *call);

/* Refuses a range that is none, or that leaves its network; `network` may be NULL. */
struct ip;
int network_check_range(const char *start, const char *end, const struct ip *network, int prefix,
                        const struct doc_call *call);
