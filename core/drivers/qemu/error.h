/* Errors of the driver: qemu_error(OPERATION_FAILED, "…", …) */
#pragma once

#include "core/object/error.h"

#define qemu_error(code, ...) error_set(VIR_FROM_QEMU, VIR_ERR_##code, __VA_ARGS__)
