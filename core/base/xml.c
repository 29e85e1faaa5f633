#include "core/base/xml.h"

#include <corral/corral.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string.h>

#include "core/base/xml_entity.h"
#include "core/object/error.h"

/* How much of the faulty line goes into an error: documents may come as one line of megabytes. */
#define CONTEXT_BEFORE 200
#define CONTEXT_AFTER 80

struct xml_fault {
    const char *name;
    gboolean seen;
};

static const xmlChar *xml_line_begin(xmlParserInputPtr input, const xmlChar *at)
{
    const xmlChar *p = at;

    /* A fault at the end of a line is often noticed at the start of the next. */
    while (p > input->base && (*p == '\n' || *p == '\r' || !*p))
        p--;
    while (p > input->base && p[-1] != '\n' && p[-1] != '\r' && at - p < CONTEXT_BEFORE)
        p--;
    return p;
}

/* The faulty line and a second one with a caret below the place; NULL when there is no text. */
static char *xml_context(xmlParserInputPtr input)
{
    const xmlChar *begin, *end;
    g_autofree char *line = NULL;
    g_autofree char *rule = NULL;
    size_t column;

    if (!input || !input->cur || !input->base || input->base == input->end)
        return NULL;
    begin = xml_line_begin(input, input->cur);
    end = begin;
    while (end < input->end && *end && *end != '\n' && *end != '\r' &&
           end - input->cur < CONTEXT_AFTER)
        end++;
    /* Cut, or not in the encoding it claims: what we put into an error is UTF-8 all the same. */
    line = g_utf8_make_valid((const char *)begin, end - begin);
    column = MIN((size_t)(input->cur - begin), strlen(line));
    rule = g_strnfill(column, '-');
    return g_strdup_printf("%s\n%s^", line, rule);
}

/* libxml2 reports follow-up faults too; the first one is the cause. */
static void xml_fault_handle(void *opaque, xmlErrorPtr error)
{
    xmlParserCtxtPtr ctxt = opaque;
    struct xml_fault *fault = ctxt->_private;
    g_autofree char *context = NULL;
    g_autofree char *text = NULL;

    /* A prefix that nothing declares is part of the name: well-formed, and ignored like any name.
     */
    if (error->level < XML_ERR_ERROR || error->domain == XML_FROM_NAMESPACE || fault->seen)
        return;
    fault->seen = TRUE;
    text = g_strstrip(g_utf8_make_valid(error->message ? error->message : "malformed", -1));
    if (strstr(text, "XML_PARSE_HUGE")) {
        g_free(text);
        text = g_strdup_printf("a limit is exceeded: elements may nest %u deep and a single text "
                               "may have %d bytes",
                               xmlParserMaxDepth, XML_MAX_TEXT_LENGTH);
    }
    context = xml_context(ctxt->input);
    error_set(VIR_FROM_XML, VIR_ERR_XML_DETAIL, "(%s):%d: %s%s%s", fault->name, error->line, text,
              context ? "\n" : "", context ? context : "");
}

/* Nothing from outside is read for a document, whatever its type says. */
static xmlParserInputPtr xml_nothing_external(void *opaque G_GNUC_UNUSED,
                                              const xmlChar *public_id G_GNUC_UNUSED,
                                              const xmlChar *system_id G_GNUC_UNUSED)
{
    return NULL;
}

static xmlDocPtr xml_parse_bounded(const char *text, struct xml_fault *fault)
{
    xmlParserCtxtPtr ctxt = xmlNewParserCtxt();
    xmlDocPtr doc;

    if (!ctxt)
        g_error("no memory for an XML parser");
    ctxt->_private = fault;
    ctxt->sax->serror = xml_fault_handle;
    ctxt->sax->resolveEntity = xml_nothing_external;
    /* Not from memory: for libxml2 a string is no UTF-16, whatever its declaration says. */
    doc =
        xmlCtxtReadDoc(ctxt, BAD_CAST text, fault->name, NULL, XML_PARSE_NONET | XML_PARSE_NOCDATA);
    xmlFreeParserCtxt(ctxt);
    if (doc &&
        (fault->seen || !xmlDocGetRootElement(doc) || xml_entities_replace(doc, fault->name) < 0)) {
        fault->seen = TRUE;
        g_clear_pointer(&doc, xmlFreeDoc);
    }
    if (!doc && !fault->seen)
        error_set(VIR_FROM_XML, VIR_ERR_XML_ERROR, "(%s): no well-formed document", fault->name);
    return doc;
}

xmlDocPtr xml_parse(const char *text, const char *name)
{
    struct xml_fault fault = {name, FALSE};
    size_t size = text ? strnlen(text, XML_SIZE_MAX + 1) : 0;

    if (size > XML_SIZE_MAX) {
        error_set(VIR_FROM_XML, VIR_ERR_XML_ERROR, "(%s): the document is larger than %d bytes",
                  name, XML_SIZE_MAX);
        return NULL;
    }
    if (!size) {
        error_set(VIR_FROM_XML, VIR_ERR_XML_DETAIL, "(%s):1: the document is empty", name);
        return NULL;
    }
    return xml_parse_bounded(text, &fault);
}

static xmlNodePtr xml_find(xmlNodePtr node, const xmlChar *name)
{
    while (node && !(node->type == XML_ELEMENT_NODE && xmlStrEqual(node->name, name)))
        node = node->next;
    return node;
}

xmlNodePtr xml_child(xmlNodePtr node, const char *name)
{
    return xml_find(node->children, BAD_CAST name);
}

xmlNodePtr xml_next(xmlNodePtr node)
{
    return xml_find(node->next, node->name);
}

/* libxml2's strings have an allocator of their own. */
static char *xml_take(xmlChar *text)
{
    char *copy = g_strdup((const char *)text);

    xmlFree(text);
    return copy;
}

char *xml_text(xmlNodePtr node)
{
    return xml_take(xmlNodeGetContent(node));
}

char *xml_attr(xmlNodePtr node, const char *name)
{
    return xml_take(xmlGetNoNsProp(node, BAD_CAST name));
}

static int xml_attr_refuse(xmlNodePtr node, const char *name, const char *value, const char *want)
{
    error_set(VIR_FROM_XML, VIR_ERR_XML_ERROR, "attribute '%s' of element <%s> is '%s', not %s",
              name, (const char *)node->name, value, want);
    return -1;
}

int xml_attr_int(xmlNodePtr node, const char *name, int *value)
{
    g_autofree char *text = xml_attr(node, name);
    gint64 number;

    if (!text)
        return 0;
    if (!g_ascii_string_to_signed(text, 10, G_MININT, G_MAXINT, &number, NULL))
        return xml_attr_refuse(node, name, text, "a whole number of 32 bits");
    *value = number;
    return 1;
}

int xml_attr_ullong(xmlNodePtr node, const char *name, unsigned long long *value)
{
    g_autofree char *text = xml_attr(node, name);
    guint64 number;

    if (!text)
        return 0;
    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, &number, NULL))
        return xml_attr_refuse(node, name, text, "a whole number from 0 to 2^64-1");
    *value = number;
    return 1;
}

int xml_attr_bool(xmlNodePtr node, const char *name, gboolean *value)
{
    g_autofree char *text = xml_attr(node, name);

    if (!text)
        return 0;
    if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
        return xml_attr_refuse(node, name, text, "'yes' or 'no'");
    *value = text[0] == 'y';
    return 1;
}
