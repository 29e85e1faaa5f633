/* What the sets of typed parameters accept. */
#pragma once

#include "core/object/params.h"

extern const struct params_rule virFarmTuning_rules[2];
