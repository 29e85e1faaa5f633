/* What error numbers are called. */
#pragma once

#include <corral/corral.h>

static const struct { const char *name; int code; } error_numbers[] = {
    { "VIR_ERR_OK", VIR_ERR_OK },
    { "VIR_ERR_NO_FARM", VIR_ERR_NO_FARM },
};
