/* What the table of this kind cannot say. */
#include "core/conf/cpu/hooks.h"

#include "conf/cpu_doc.h"

const struct cpu_hooks cpu_hooks = {
    .processor = cpu_hook_processor,
};
