/* What the table of this kind cannot say. */
#include "core/conf/domain/hooks.h"

#include "conf/domain_doc.h"

const struct domain_hooks domain_hooks = {
    .alias = domain_hook_alias,
    .post_parse = domain_hook_post_parse,
};
