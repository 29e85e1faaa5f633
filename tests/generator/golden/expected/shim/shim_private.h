/* What the parts of the shim share. */
#pragma once

bind_value from_virFarmInfo(const virFarmInfo *it);
bind_value from_array_virFarmInfo(const virFarmInfo *them, size_t n);
bind_value take_array_virFarmInfo(virFarmInfo *them, size_t n);
extern const struct bind_param params_of_virFarmTuning[2];
