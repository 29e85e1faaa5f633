#include "core/conf/common/hooks.h"
#include "conf/common_doc.h"

#include <corral/corral.h>

static int refuse(const struct doc_call *call, const char *text)
{
    doc_error(call, VIR_ERR_XML_ERROR, "%s", text);
    return -1;
}

/* trunk= may be left out; what it would say follows from the tags. */
int common_hook_vlan(void *part, const struct doc_call *call)
{
    struct common_vlan *vlan = part;
    size_t native = 0;

    for (size_t i = 0; i < vlan->n_tags; i++)
        native += vlan->tags[i].native_mode != 0;
    if (vlan->n_tags == 0)
        return refuse(call, "missing tag id - each <vlan> must have at least one <tag id='n'/> "
                            "subelement");
    if (native > 1)
        return refuse(call, "duplicate native vlan setting");
    if (vlan->trunk == TRISTATE_NO && native)
        return refuse(call, "invalid configuration in <vlan> - \"trunk='no'\" is not allowed with "
                            "a native vlan id");
    if (vlan->trunk == TRISTATE_NO && vlan->n_tags > 1)
        return refuse(call, "invalid \"trunk='no'\" in <vlan> - trunk='yes' is required for more "
                            "than one vlan tag");
    if (vlan->n_tags > 1)
        vlan->trunk = TRISTATE_YES;
    if (vlan->trunk == TRISTATE_NO)
        vlan->trunk = TRISTATE_ABSENT;
    return 0;
}
