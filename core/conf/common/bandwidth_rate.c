#include "core/conf/common/hooks.h"
#include "conf/common_doc.h"

/* Peak and burst mean nothing without a rate. */
int common_hook_bandwidth_rate(void *part, const struct doc_call *call)
{
    struct common_rate *rate = part;

    (void)call;
    if (!rate->average && !rate->floor)
        rate->peak = rate->burst = 0;
    return 0;
}
