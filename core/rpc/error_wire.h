/* Errors on their way from the daemon to its clients. */
#pragma once

#include "wire.h"

/* What `error` is on the wire; points into it. */
wire_error wire_error_of(const virError *error);

/* Makes what came from the other side the thread's last error. */
void wire_error_raise(const wire_error *error);
