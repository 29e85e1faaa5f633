#include "core/daemon/event.h"

#include "wire_objects.h"

