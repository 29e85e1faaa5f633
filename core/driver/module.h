/* Drivers that are modules beside the library, loaded when a URI is the first to need one. */
#pragma once

#include "core/driver/registry.h"

#define MODULE_SYMBOL "corral_driver"

/* Stands in the registry's table for all of them: `open` puts the module's own driver in the
 * connection. */
extern const struct connect_driver module_connect_driver;

/* Where drivers keep what they have in a daemon, and for whom they work. */
struct module_place {
    const char *root; /* everything is below it; NULL: the system's folders */
    gboolean session; /* of one user */
};
/* In daemons, once it is certain that there is no other with the same files: the modules that are
 * installed take up what they find (guests that have lived on), until module_end(). */
CORRAL_PRIVATE void module_begin(const char *root, gboolean session);
CORRAL_PRIVATE void module_end(void);
/* NULL where no daemon has begun. */
CORRAL_PRIVATE const struct module_place *module_place(void);
