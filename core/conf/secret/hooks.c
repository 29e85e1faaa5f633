/* What the table of this kind cannot say. */
#include "core/conf/secret/hooks.h"

#include "conf/secret_doc.h"

const struct secret_hooks secret_hooks = {
    .usage = secret_hook_usage,
};
