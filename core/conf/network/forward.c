#include "core/conf/network/hooks.h"
#include "conf/network_doc.h"

/* dev= is the older spelling of the first interface; both are kept and agree. */
int network_hook_forward(void *part, const struct doc_call *call)
{
    struct network_forward *forward = part;

    (void)call;
    if (forward->n_interfaces > 0) {
        g_free(forward->dev);
        forward->dev = g_strdup(forward->interfaces[0].dev);
    } else if (forward->dev) {
        forward->interfaces = g_new0(struct network_forward_interfaces, 1);
        forward->interfaces[0].dev = g_strdup(forward->dev);
        forward->n_interfaces = 1;
    }
    return 0;
}
