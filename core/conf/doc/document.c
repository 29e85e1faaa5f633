/* Text to an XML tree: bounded in depth and length, without entities, network or DTD. */
#include "conf/doc/engine.h"

#include "object/error.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/relaxng.h>
#include <libxml/SAX2.h>

enum refusal { REFUSED_NOTHING, REFUSED_DEPTH, REFUSED_ENTITY };

static void start_element(void *opaque, const xmlChar *name, const xmlChar *prefix,
                          const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                          int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    xmlParserCtxt *parser = opaque;

    if (parser->nodeNr >= DOC_MAX_DEPTH) {
        *(enum refusal *)parser->_private = REFUSED_DEPTH;
        xmlStopParser(parser);
        return;
    }
    xmlSAX2StartElementNs(opaque, name, prefix, uri, n_namespaces, namespaces, n_attributes,
                          n_defaulted, attributes);
}

static void entity_declared(void *opaque, const xmlChar *name, int type, const xmlChar *public_id,
                            const xmlChar *system_id, xmlChar *content)
{
    xmlParserCtxt *parser = opaque;

    (void)name, (void)type, (void)public_id, (void)system_id, (void)content;
    *(enum refusal *)parser->_private = REFUSED_ENTITY;
    xmlStopParser(parser);
}

/* The line in question and a caret below it, as libxml2's own tools show it. */
static void append_context(GString *out, const char *xml, int line, int column)
{
    const char *start = xml, *end;

    for (; line > 1 && (end = strchr(start, '\n')); line--)
        start = end + 1;
    end = start + strcspn(start, "\n");
    if (end - start > 80 || column < 1 || column > end - start + 1)
        return;
    g_string_append_printf(out, "\n%.*s\n%*s^", (int)(end - start), start, column - 1, "");
}

static void set_syntax_error(const char *label, const char *xml, const xmlParserCtxt *parser)
{
    const xmlError *error = &parser->lastError;
    GString *text = g_string_new(error->message ? error->message : "no document");

    g_strchomp(text->str);
    text->len = strlen(text->str);
    append_context(text, xml, error->line, error->int2);
    error_set(VIR_FROM_XML, VIR_ERR_XML_DETAIL, "%s:%d: %s", label, error->line, text->str);
    g_string_free(text, TRUE);
}

static xmlDoc *finish_document(xmlParserCtxt *parser, const char *label, const char *xml,
                               xmlDoc *doc, enum refusal refusal)
{
    if (doc && refusal == REFUSED_NOTHING)
        return doc;
    if (refusal == REFUSED_DEPTH)
        error_set(VIR_FROM_XML, VIR_ERR_XML_DETAIL,
                  "%s:%d: Excessive depth in document: more than %d elements inside each other",
                  label, parser->input ? parser->input->line : 0, DOC_MAX_DEPTH);
    else if (refusal == REFUSED_ENTITY)
        error_set(VIR_FROM_XML, VIR_ERR_XML_DETAIL, "%s:%d: entities cannot be declared here",
                  label, parser->input ? parser->input->line : 0);
    else
        set_syntax_error(label, xml, parser);
    xmlFreeDoc(doc);
    return NULL;
}

xmlDoc *doc_read_document(const char *label, const char *xml)
{
    enum refusal refusal = REFUSED_NOTHING;
    xmlParserCtxt *parser;
    xmlDoc *doc;

    if (strnlen(xml, DOC_MAX_TEXT + 1) > DOC_MAX_TEXT) {
        error_set(VIR_FROM_XML, VIR_ERR_XML_ERROR, "%s: the document is longer than %u bytes",
                  label, DOC_MAX_TEXT);
        return NULL;
    }
    parser = xmlNewParserCtxt();
    if (!parser)
        g_error("out of memory");
    parser->_private = &refusal;
    parser->sax->startElementNs = start_element;
    parser->sax->entityDecl = entity_declared;
    /* A string has been decoded already: what it says about its encoding does not matter. */
    doc = xmlCtxtReadDoc(parser, (const xmlChar *)xml, NULL, NULL,
                         XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                             XML_PARSE_COMPACT | XML_PARSE_BIG_LINES);
    doc = finish_document(parser, label, xml, doc, refusal);
    xmlFreeParserCtxt(parser);
    return doc;
}

/* ---- grammar */

static void keep_message(void *opaque, const char *format, ...)
{
    GString *text = opaque;
    va_list args;

    va_start(args, format);
    g_string_append_vprintf(text, format, args);
    va_end(args);
}

int doc_check_grammar(const struct doc_kind *kind, const char *folder, xmlDoc *doc)
{
    g_autofree char *path = g_strdup_printf("%s/%s.rng", folder ? folder : ".", kind->name);
    xmlRelaxNGParserCtxt *parser = xmlRelaxNGNewParserCtxt(path);
    GString *text = g_string_new(NULL);
    xmlRelaxNG *grammar;
    xmlRelaxNGValidCtxt *valid;
    int rc = -1;

    xmlRelaxNGSetParserErrors(parser, keep_message, keep_message, text);
    grammar = xmlRelaxNGParse(parser);
    valid = grammar ? xmlRelaxNGNewValidCtxt(grammar) : NULL;
    if (valid) {
        xmlRelaxNGSetValidErrors(valid, keep_message, keep_message, text);
        rc = xmlRelaxNGValidateDoc(valid, doc) == 0 ? 0 : -1;
    }
    if (rc < 0)
        error_set(VIR_FROM_XML, grammar ? VIR_ERR_XML_INVALID_SCHEMA : VIR_ERR_INTERNAL_ERROR,
                  "Unable to validate doc against %s\n%s", path, text->str);
    xmlRelaxNGFreeValidCtxt(valid);
    xmlRelaxNGFree(grammar);
    xmlRelaxNGFreeParserCtxt(parser);
    g_string_free(text, TRUE);
    return rc;
}
