/* What the table of this kind cannot say. */
#include "core/conf/nwfilter/hooks.h"

#include "conf/nwfilter_doc.h"

const struct nwfilter_hooks nwfilter_hooks = {
    .filter = nwfilter_hook_filter,
    .filterref = nwfilter_hook_filterref,
    .rule = nwfilter_hook_rule,
};
