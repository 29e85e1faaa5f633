#include "shim.h"

#include <stdlib.h>
#include <string.h>

#include "bindings/shim_support.h"
#include "shim_private.h"

const struct bind_param params_of_virFarmTuning[2] = {
    { "hay", VIR_TYPED_PARAM_UINT },
    { "stall.{n}", VIR_TYPED_PARAM_STRING },
};

bind_value from_virFarmInfo(const virFarmInfo *it)
{
    bind_value value;

    if (!it)
        return bind_null();
    value = bind_container(BIND_LIST, 2);
    value.items[0] = bind_int(it->animals);
    value.items[1] = bind_uint(it->milk);
    return value;
}

bind_value from_array_virFarmInfo(const virFarmInfo *them, size_t n)
{
    bind_value list = bind_container(BIND_LIST, n);

    for (size_t i = 0; i < n; i++)
        list.items[i] = from_virFarmInfo(&them[i]);
    return list;
}

bind_value take_array_virFarmInfo(virFarmInfo *them, size_t n)
{
    bind_value value = from_array_virFarmInfo(them, n);

    free(them);
    return value;
}
