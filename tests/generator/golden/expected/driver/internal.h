/* Calls between drivers: entry points as the public ones are, declared for nobody else. */
#pragma once

#include <corral/corral.h>

#include "core/base/export.h"
