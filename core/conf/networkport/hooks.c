/* What the table of this kind cannot say. */
#include "conf/networkport_doc.h"

/* A device has a place on its bus, be it the first one. */
static int plug(void *part, const struct doc_call *call)
{
    struct networkport_plug *plug = part;
    struct common_pci_address *address = &plug->address;

    (void)call;
    if (plug->type == NETWORKPORT_PLUG_TYPE_HOSTDEV_PCI)
        address->has_domain = address->has_bus = address->has_slot = address->has_function = true;
    return 0;
}

const struct networkport_hooks networkport_hooks = {
    .plug = plug,
};
