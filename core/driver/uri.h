/* Connection URIs: parsing, aliases, defaults. */
#pragma once

#include <glib.h>

/* NULL with VIR_ERR_INVALID_ARG-class error naming the text and what is wrong with it. */
GUri *uri_parse(const char *text);

/* The first of LIBVIRT_DEFAULT_URI and the configuration's uri_default; NULL for none. */
char *uri_default(void);

/* What an alias of the configuration stands for; NULL when `name` is none. -1 for a broken list. */
int uri_resolve_alias(const char *name, char **ret_uri);
