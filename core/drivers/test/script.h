/* What the author of a guest has written about its inside: an element <guest> in its metadata, of
 * this driver's namespace. The rules, and what each part means, are in api/documents/node.xml. */
#pragma once

#include <stdbool.h>

#include <libxml/tree.h>

#include "conf/domain_doc.h"
#include "core/base/xml.h"
#include "core/drivers/test/fault.h"

struct script {
    xmlDocPtr metadata;
    xmlNodePtr guest; /* NULL: nothing has been written */
};

/* Reads a guest's document, which has been checked. */
void script_open(const struct domain *doc, struct script *script);
void script_close(struct script *script);
typedef struct script script_t;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(script_t, script_close)

/* -1 with an error. An element of the namespace, and a document that may have one. */
int script_check(xmlNodePtr element);
int script_check_document(const struct domain *doc);

/* A part of the guest, or of a part of it; NULL when it is not there. */
xmlNodePtr script_part(const struct script *script, const char *name);
/* The one with that value of an attribute. */
xmlNodePtr script_find(xmlNodePtr parent, const char *name, const char *attribute,
                       const char *value);
/* A number, `otherwise` without one. */
long long script_number(xmlNodePtr node, const char *attribute, long long otherwise);

/* for (script_each(node, parent, "name")) */
#define script_each(it, parent, name)                                                              \
    xmlNodePtr it = (parent) ? xml_child((parent), (name)) : NULL;                                 \
    it;                                                                                            \
    it = xml_next(it)
