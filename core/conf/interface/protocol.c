#include "core/conf/interface/hooks.h"
#include "conf/interface_doc.h"

/* An address without an address says nothing. */
int interface_hook_protocol(void *part, const struct doc_call *call)
{
    struct interface_protocols *protocol = part;
    size_t n = 0;

    (void)call;
    for (size_t i = 0; i < protocol->n_ips; i++) {
        if (protocol->ips[i].address)
            protocol->ips[n++] = protocol->ips[i];
    }
    protocol->n_ips = n;
    return 0;
}
