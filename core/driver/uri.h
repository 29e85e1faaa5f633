/* Connection URIs: parsing, aliases, defaults. */
#pragma once

#include <glib.h>

#include "core/base/export.h"

/* NULL with an error naming the text and what is wrong with it. Path and query stay
 * percent-encoded. */
CORRAL_PRIVATE GUri *uri_parse(const char *text);

/* The first of LIBVIRT_DEFAULT_URI and the configuration's uri_default, NULL for none; -1 when the
 * setting cannot be read. */
CORRAL_PRIVATE int uri_default(char **ret_uri);

/* What an alias of the configuration stands for; NULL when `name` is none. -1 for a broken list. */
CORRAL_PRIVATE int uri_resolve_alias(const char *name, char **ret_uri);
