/* What the table of this kind cannot say. */
#include "core/conf/nwfilterbinding/hooks.h"

#include "conf/nwfilterbinding_doc.h"

const struct nwfilterbinding_hooks nwfilterbinding_hooks = {
    .filterref = nwfilterbinding_hook_filterref,
};
