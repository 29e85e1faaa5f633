/* Documents as dictionaries, for every kind alike: the names and shapes are the tables' that the
 * engine in core/conf/doc follows. */
#pragma once

#include "bindings/shim_support.h"
#include "core/conf/doc/access.h"

/* ---- for scripts: `kind` is one that documents_kinds() lists, flags are of DOC_INACTIVE and
 * DOC_MIGRATABLE, `validate` asks for a check against the grammar first. They check their arguments themselves, to name the call as scripts know it. */
bind_value documents_kinds(void);
bind_value documents_parse(const char *kind, const bind_value *xml, const bind_value *flags,
                           const bind_value *validate);
bind_value documents_build(const char *kind, const bind_value *document, const bind_value *flags,
                           const bind_value *validate);
/* A list of what differs, each as path, value of `old`, value of `new`; nothing where it lacks one.
 * Empty if and only if both print alike. */
bind_value documents_diff(const char *kind, const bind_value *old, const bind_value *new_);

/* ---- between the files */

bind_value documents_unknown_kind(const char *name);

bind_value documents_to_tree(const struct doc_kind *kind, const void *def, unsigned flags);
/* XML for the engine to read, or NULL and `refused`: names and types are right then, the rest is
 * the engine's to judge. */
char *documents_to_xml(const struct bind_site *site, const struct doc_kind *kind,
                       const bind_value *document, bind_value *refused);
