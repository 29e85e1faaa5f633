/* What the table of this kind cannot say. */
#include "core/conf/storagepool/hooks.h"

#include "conf/storagepool_doc.h"

const struct storagepool_hooks storagepool_hooks = {
    .pool = storagepool_hook_pool,
    .source = storagepool_hook_source,
    .adapter = storagepool_hook_adapter,
    .validate = storagepool_hook_validate,
};
