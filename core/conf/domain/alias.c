#include "core/conf/domain/hooks.h"
#include "conf/domain_doc.h"

/* A definition keeps the names that its user gave; all others belong to one run. */
int domain_hook_alias(void *part, const struct doc_call *call)
{
    struct domain_info *info = part;

    if (call->flags & DOC_INACTIVE && info->alias.name &&
        !g_str_has_prefix(info->alias.name, "ua-"))
        g_clear_pointer(&info->alias.name, g_free);
    return 0;
}
