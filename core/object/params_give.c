#include <stdbool.h>
#include <string.h>

#include "core/object/params_give.h"

int params_give(struct params *list, virTypedParameterPtr params, int *nparams)
{
    virTypedParameterPtr items;
    int n, given;

    if (params_steal(list, &items, &n) < 0)
        return -1;
    given = *nparams ? MIN(n, *nparams) : 0;
    if (given)
        memcpy(params, items, given * sizeof(*items));
    for (int i = given; i < n; i++)
        if (items[i].type == VIR_TYPED_PARAM_STRING)
            g_free(items[i].value.s);
    g_free(items);
    *nparams = *nparams ? given : n;
    return 0;
}
