#include "core/conf/domain/devices.h"
#include "core/conf/domain/hooks.h"
#include "core/conf/domain/machine.h"

int domain_hook_post_parse(void *part, const struct doc_call *call)
{
    struct domain *def = part;

    if (domain_post_parse_machine(def, call) < 0)
        return -1;
    return domain_post_parse_devices(def, call);
}
