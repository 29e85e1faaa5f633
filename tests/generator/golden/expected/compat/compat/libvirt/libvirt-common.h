/* What all share. */
#pragma once

#include <corral/common.h>
