/* How messages open: by code, alone and with a detail. */
#pragma once

#include <corral/corral.h>

static const struct { const char *text, *detail; } error_texts[] = {
    [VIR_ERR_NO_FARM] = { "Farm not found", "Farm not found: %s" },
};

static const char *const error_domains[] = {
    [0] = NULL,
    [VIR_FROM_FARM] = "Farm",
};
