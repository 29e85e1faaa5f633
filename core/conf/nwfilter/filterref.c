#include "core/conf/nwfilter/hooks.h"
#include "conf/nwfilter_doc.h"

#include <string.h>

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

static bool made_of(const char *text, const char *characters)
{
    return text && *text && strspn(text, characters) == strlen(text);
}

bool nwfilter_is_parameter(const char *name, const char *value)
{
    return made_of(name, NAME_CHARACTERS) && made_of(value, NAME_CHARACTERS ".:");
}

/* A parameter that no rule could use is none. */
int nwfilter_hook_filterref(void *part, const struct doc_call *call)
{
    struct nwfilter_entries_filterref *ref = part;
    size_t n = 0;

    (void)call;
    for (size_t i = 0; i < ref->n_parameters; i++) {
        struct nwfilter_entries_filterref_parameters *parameter = &ref->parameters[i];

        if (nwfilter_is_parameter(parameter->name, parameter->value))
            ref->parameters[n++] = *parameter;
        else
            doc_clear(&nwfilter_entries_filterref_parameters_layout, parameter);
    }
    ref->n_parameters = n;
    return 0;
}
