/* What secures connections is in modules beside the library, loaded with the first connection that
 * needs one: programs that never do are not linked with the libraries behind them. */
#pragma once

#include "core/base/export.h"
#include "core/rpc/sasl.h"
#include "core/rpc/tls.h"

/* NULL with an error that says which module could not be loaded, and why. */
CORRAL_PRIVATE const struct tls_module *secure_tls(void);
CORRAL_PRIVATE const struct sasl_module *secure_sasl(void);

/* Any other of these: a table that begins with its version. NULL with an error that begins with
 * `failed`. */
CORRAL_PRIVATE const int *secure_load(const char *file, const char *symbol, int version,
                                      const char *failed);
