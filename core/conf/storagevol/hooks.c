/* What the table of this kind cannot say. */
#include "core/conf/storagevol/hooks.h"

#include "conf/storagevol_doc.h"

const struct storagevol_hooks storagevol_hooks = {
    .volume = storagevol_hook_volume,
    .features = storagevol_hook_features,
    .capacity = storagevol_hook_capacity,
};
