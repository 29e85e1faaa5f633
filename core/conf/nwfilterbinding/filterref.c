#include "core/conf/nwfilterbinding/hooks.h"
#include "conf/nwfilterbinding_doc.h"

#include "core/conf/nwfilter/hooks.h"

/* A parameter that no rule could use is none. */
int nwfilterbinding_hook_filterref(void *part, const struct doc_call *call)
{
    struct nwfilterbinding_filterref *ref = part;
    size_t n = 0;

    (void)call;
    for (size_t i = 0; i < ref->n_parameters; i++) {
        struct nwfilterbinding_filterref_parameters *parameter = &ref->parameters[i];

        if (nwfilter_is_parameter(parameter->name, parameter->value))
            ref->parameters[n++] = *parameter;
        else
            doc_clear(&nwfilterbinding_filterref_parameters_layout, parameter);
    }
    ref->n_parameters = n;
    return 0;
}
