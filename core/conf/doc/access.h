/* The engine as the scripting bindings see it: what they need to turn a C struct into dictionaries,
 * and dictionaries into text that is read like any other. The rest of the engine stays hidden. */
#pragma once

#include "core/conf/doc/doc.h"

/* A C struct and those around it, which `when` looks at. */
struct doc_frame {
    const char *base;
    const struct doc_frame *up;
};

const struct doc_kind *doc_kind_named(const char *name);
/* The name at `index`, or NULL behind the last. */
const char *doc_kind_name(size_t index);

int doc_access_parse(const struct doc_kind *kind, const char *xml, unsigned flags, void **ret_def);
/* The same, but what is made up for it (identifiers, addresses) is the same every time. */
int doc_access_parse_alike(const struct doc_kind *kind, const char *xml, void **ret_def);
char *doc_access_format(const struct doc_kind *kind, const void *def, unsigned flags);
void doc_access_free(const struct doc_kind *kind, void *def);

/* What scripts call a member; "" for what has no name of its own. */
const char *doc_key(const struct doc_field *field);
/* Whether its words are yes and no, or on and off. */
bool doc_is_truth(const struct doc_field *field);
/* Whether a `when` block applies to the struct at `place`. */
bool doc_applies(const struct doc_when *when, const struct doc_frame *place);
/* Whether printing would leave the scalar out. */
bool doc_is_absent(const struct doc_field *field, const char *base);
/* Whether `text` is one element called `name`, whatever is in it. */
bool doc_is_element(const char *text, const char *name);
