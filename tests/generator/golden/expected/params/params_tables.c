#include "params_tables.h"

const struct params_rule virFarmTuning_rules[2] = {
    { "hay", VIR_TYPED_PARAM_UINT, FALSE },
    { "stall.{n}", VIR_TYPED_PARAM_STRING, FALSE },
};

