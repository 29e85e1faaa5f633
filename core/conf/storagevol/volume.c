#include "core/conf/storagevol/hooks.h"
#include "conf/storagevol_doc.h"

/* Everything is allocated unless the document says less; features came with version 1.1. */
int storagevol_hook_volume(void *part, const struct doc_call *call)
{
    struct storagevol *def = part;

    (void)call;
    if (!def->has_allocation) {
        def->allocation = def->capacity;
        def->has_allocation = def->has_capacity;
    }
    if (def->target.features && !def->target.compat)
        def->target.compat = g_strdup("1.1");
    /* What lies behind is found by its path; nothing else makes one. */
    if (def->backing_store && !def->backing_store->path) {
        doc_free(&storagevol_vol_target_layout, def->backing_store);
        def->backing_store = NULL;
    }
    return 0;
}
