/* What the table of this kind cannot say. */
#include "core/conf/common/hooks.h"

#include "conf/common_doc.h"

const struct common_hooks common_hooks = {
    .pci_address = common_hook_pci_address,
    .bandwidth_rate = common_hook_bandwidth_rate,
    .secret_names = common_hook_secret_names,
    .encryption = common_hook_encryption,
    .vlan = common_hook_vlan,
    .virtualport = common_hook_virtualport,
};
