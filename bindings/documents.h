/* Documents as dictionaries, for every kind alike: the names and shapes are the tables' that the
 * engine in core/conf/doc follows. */
#pragma once

#include "bindings/shim_support.h"
#include "core/conf/doc/access.h"

/* ---- for scripts: `kind` is one that documents_kinds() lists, flags are of DOC_INACTIVE and
 * DOC_MIGRATABLE. They check their arguments themselves, to name the call as scripts know it. */
bind_value documents_kinds(void);
bind_value documents_parse(const char *kind, const bind_value *xml, const bind_value *flags);
bind_value documents_build(const char *kind, const bind_value *document, const bind_value *flags);

/* ---- between the files */

bind_value documents_to_tree(const struct doc_kind *kind, const void *def, unsigned flags);
/* XML for the engine to read, or NULL and `refused`: names and types are right then, the rest is
 * the engine's to judge. */
char *documents_to_xml(const struct bind_site *site, const struct doc_kind *kind,
                       const bind_value *document, bind_value *refused);
