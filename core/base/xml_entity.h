/* Entities of a document's own type: replaced by their text, within bounds. */
#pragma once

#include <libxml/tree.h>

/* What all references of a document may grow to together. */
#define XML_ENTITY_TEXT_MAX (1024 * 1024)

/* Replaces every reference by text and drops the document type. Entities from outside are empty,
 * since nothing outside is read. -1 with an error when they grow too much, or hold markup. */
int xml_entities_replace(xmlDocPtr doc, const char *name);
