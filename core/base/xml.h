/* XML from others, read safely: no network, no entities, no document type, bounded size and depth.
 */
#pragma once

#include <glib.h>
#include <libxml/tree.h>

#include "core/base/export.h"

#define XML_SIZE_MAX (16 * 1024 * 1024)

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)

/* Reads `text`; `name` says in errors what it is ("domain_definition"). A fault is recorded as
 * "(NAME):LINE: what", the line, and a caret below the place. */
CORRAL_PRIVATE xmlDocPtr xml_parse(const char *text, const char *name);

/* The first child element called `name`, or NULL. */
CORRAL_PRIVATE xmlNodePtr xml_child(xmlNodePtr node, const char *name);
/* The next element behind `node` with the same name, or NULL. */
CORRAL_PRIVATE xmlNodePtr xml_next(xmlNodePtr node);

/* An element's text, an attribute's value: to be freed with g_free(); NULL without one. */
CORRAL_PRIVATE char *xml_text(xmlNodePtr node);
CORRAL_PRIVATE char *xml_attr(xmlNodePtr node, const char *name);

/* 1 and the value, 0 when the attribute is not there, -1 with an error when it is none of the type.
 */
CORRAL_PRIVATE int xml_attr_int(xmlNodePtr node, const char *name, int *value);
CORRAL_PRIVATE int xml_attr_ullong(xmlNodePtr node, const char *name, unsigned long long *value);
CORRAL_PRIVATE int xml_attr_bool(xmlNodePtr node, const char *name, gboolean *value); /* yes, no */
