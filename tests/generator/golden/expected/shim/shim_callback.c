#include "shim.h"

#include <stdlib.h>
#include <string.h>

#include "bindings/shim_support.h"
#include "shim_private.h"

