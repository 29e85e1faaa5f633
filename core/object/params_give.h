/* Lists of parameters into callers' arrays. */
#pragma once

#include "core/object/params.h"

/* What calls with an array of the caller's do: with no room they tell how many there are, else they
 * give as many as there is room for. Clears the list. */
CORRAL_PRIVATE int params_give(struct params *list, virTypedParameterPtr params, int *nparams);

/* A parameter's value, when it is there. */
static inline bool params_get_uint(virTypedParameterPtr params, int n, const char *name,
                                   unsigned int *value)
{
    virTypedParameterPtr it = params_find(params, n, name);

    if (it)
        *value = it->value.ui;
    return it != NULL;
}
static inline bool params_get_ullong(virTypedParameterPtr params, int n, const char *name,
                                     unsigned long long *value)
{
    virTypedParameterPtr it = params_find(params, n, name);

    if (it)
        *value = it->value.ul;
    return it != NULL;
}
