#include "core/base/xml_entity.h"

#include <corral/corral.h>
#include <glib.h>
#include <libxml/entities.h>
#include <string.h>

#include "core/object/error.h"

#define DEPTH_MAX 16

struct expansion {
    xmlDocPtr doc;
    const char *name; /* of the document, for errors */
    size_t total;     /* bytes so far, of the whole document */
};

static int refuse(struct expansion *expansion, const char *why)
{
    error_set(VIR_FROM_XML, VIR_ERR_XML_DETAIL, "(%s): entities %s", expansion->name, why);
    return -1;
}

static int append(struct expansion *expansion, GString *text, const char *bytes, size_t n)
{
    expansion->total += n;
    if (expansion->total > XML_ENTITY_TEXT_MAX)
        return refuse(expansion, "grow beyond 1 MiB");
    g_string_append_len(text, bytes, n);
    return 0;
}

static int append_entity(struct expansion *expansion, GString *text, const xmlChar *entity_name,
                         int depth);

/* An entity's value, in which references to others stand as &NAME; */
static int append_value(struct expansion *expansion, GString *text, const char *value, int depth)
{
    while (*value) {
        size_t plain = strcspn(value, "&");
        const char *end;

        if (append(expansion, text, value, plain) < 0)
            return -1;
        value += plain;
        end = *value ? strchr(value, ';') : NULL;
        if (end) {
            g_autofree char *inner = g_strndup(value + 1, end - value - 1);

            if (append_entity(expansion, text, BAD_CAST inner, depth + 1) < 0)
                return -1;
            value = end + 1;
        } else if (*value) {
            return append(expansion, text, value, strlen(value));
        }
    }
    return 0;
}

static int append_entity(struct expansion *expansion, GString *text, const xmlChar *entity_name,
                         int depth)
{
    xmlEntityPtr entity = xmlGetDocEntity(expansion->doc, entity_name);

    if (depth > DEPTH_MAX)
        return refuse(expansion, "refer to each other more than 16 deep");
    if (!entity || !entity->content)
        return 0;
    switch (entity->etype) {
    case XML_INTERNAL_PREDEFINED_ENTITY:
        return append(expansion, text, (const char *)entity->content,
                      strlen((const char *)entity->content));
    case XML_INTERNAL_GENERAL_ENTITY:
        if (strchr((const char *)entity->content, '<'))
            return refuse(expansion, "with markup are not accepted, only text is");
        return append_value(expansion, text, (const char *)entity->content, depth);
    default:
        return 0;
    }
}

static int replace_one(struct expansion *expansion, xmlNodePtr reference)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (append_entity(expansion, text, reference->name, 0) < 0)
        return -1;
    /* an element of nothing but an empty entity is an empty element */
    if (text->len)
        xmlReplaceNode(reference, xmlNewDocText(expansion->doc, BAD_CAST text->str));
    else
        xmlUnlinkNode(reference);
    xmlFreeNode(reference);
    return 0;
}

static int replace_among(struct expansion *expansion, xmlNodePtr first)
{
    for (xmlNodePtr node = first, next; node; node = next) {
        next = node->next;
        if (node->type == XML_ENTITY_REF_NODE && replace_one(expansion, node) < 0)
            return -1;
    }
    return 0;
}

static int replace_below(struct expansion *expansion, xmlNodePtr element)
{
    for (xmlAttrPtr attr = element->properties; attr; attr = attr->next)
        if (replace_among(expansion, attr->children) < 0)
            return -1;
    if (replace_among(expansion, element->children) < 0)
        return -1;
    /* the parser has bounded the depth */
    for (xmlNodePtr child = element->children; child; child = child->next)
        if (child->type == XML_ELEMENT_NODE && replace_below(expansion, child) < 0)
            return -1;
    return 0;
}

int xml_entities_replace(xmlDocPtr doc, const char *name)
{
    struct expansion expansion = {.doc = doc, .name = name};
    xmlDtdPtr subset = doc->intSubset;

    if (!subset)
        return 0;
    if (replace_below(&expansion, xmlDocGetRootElement(doc)) < 0)
        return -1;
    /* Unlinking clears doc->intSubset, too. */
    xmlUnlinkNode((xmlNodePtr)subset);
    xmlFreeDtd(subset);
    return 0;
}
