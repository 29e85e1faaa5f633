/* What a guest may not say, once everything is read and completed. */
#include "core/conf/domain/devices.h"
#include "core/conf/domain/hooks.h"
#include "core/conf/domain/machine.h"

int domain_hook_validate(void *part, const struct doc_call *call)
{
    struct domain *def = part;

    if (domain_validate_machine(def, call) < 0)
        return -1;
    return domain_validate_devices(def, call);
}
