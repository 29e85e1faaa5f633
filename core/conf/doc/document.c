/* Text to an XML tree, bounded in depth; and its check against a generated grammar. */
#include "core/conf/doc/engine.h"

#include "core/object/error.h"
#include "core/base/xml.h"

#include <libxml/relaxng.h>

/* The first element that stands too deep, or NULL. */
static xmlNode *too_deep(xmlNode *root)
{
    xmlNode *node = root;
    unsigned depth = 1;

    for (;;) {
        if (depth > DOC_MAX_DEPTH && node->type == XML_ELEMENT_NODE)
            return node;
        if (node->children && node->type == XML_ELEMENT_NODE) {
            node = node->children;
            depth++;
            continue;
        }
        /* The root may have siblings: comments behind the document. */
        while (node != root && !node->next) {
            node = node->parent;
            depth--;
        }
        if (node == root)
            return NULL;
        node = node->next;
    }
}

xmlDoc *doc_read_document(const char *label, const char *xml)
{
    xmlDoc *doc = xml_parse(xml, label);
    xmlNode *deep = doc ? too_deep(xmlDocGetRootElement(doc)) : NULL;

    if (!deep)
        return doc;
    error_set(VIR_FROM_XML, VIR_ERR_XML_DETAIL,
              "(%s):%ld: Excessive depth in document: more than %d elements inside each other",
              label, xmlGetLineNo(deep), DOC_MAX_DEPTH);
    xmlFreeDoc(doc);
    return NULL;
}

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
