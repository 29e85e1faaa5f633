#include "core/conf/interface/hooks.h"
#include "conf/interface_doc.h"

#include <corral/corral.h>

#define LARGEST_MTU 100000

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

int interface_hook_mtu(void *part, const struct doc_call *call)
{
    const struct interface_mtu *mtu = part;

    if (mtu->size <= LARGEST_MTU)
        return 0;
    doc_error(call, VIR_ERR_XML_ERROR,
              "value of the 'size' attribute of 'mtu' element must be at most %u, not %u",
              LARGEST_MTU, mtu->size);
    return -1;
}
