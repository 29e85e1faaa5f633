#include "core/conf/common/hooks.h"
#include "conf/common_doc.h"

/* Any part given makes an address; the parts left out are then zero. */
int common_hook_pci_address(void *part, const struct doc_call *call)
{
    struct common_pci_address *address = part;

    (void)call;
    if (address->has_domain || address->has_bus || address->has_slot || address->has_function)
        address->has_domain = address->has_bus = address->has_slot = address->has_function = true;
    return 0;
}
