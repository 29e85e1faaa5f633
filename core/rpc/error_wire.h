/* Errors on their way from the daemon to its clients. */
#pragma once

#include "core/base/export.h"

#include "wire.h"

/* What `error` is on the wire; points into it. */
CORRAL_PRIVATE wire_error wire_error_of(const virError *error);

/* Makes what came from the other side the thread's last error. */
void wire_error_raise(const wire_error *error);
