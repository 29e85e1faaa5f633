/* What the table of this kind cannot say. */
#include "core/conf/nodedev/hooks.h"

#include "conf/nodedev_doc.h"

const struct nodedev_hooks nodedev_hooks = {
    .identity_read = nodedev_hook_identity_read,
    .device = nodedev_hook_device,
    .vpd = nodedev_hook_vpd,
};
