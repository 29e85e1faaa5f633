/* Farms and barns. */
#pragma once

#include <corral/farm.h>
