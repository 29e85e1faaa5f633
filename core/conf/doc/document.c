/* Text to an XML tree, bounded in depth; and its check against a generated grammar. */
#include "core/conf/doc/engine.h"

#include "core/base/lock.h"
#include "core/base/xml.h"
#include "core/object/error.h"

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

/* Reading a grammar takes longer than all checks of a small document, so each is read once in a
 * process. libxml2 does not promise that two threads may check along one at the same time. */
struct grammar {
    lock_t lock;
    xmlRelaxNG *compiled;
};

static lock_t grammars_lock = LOCK_INITIALIZER;
static GHashTable *grammars; /* by path; stay until the process ends */

static int grammar_fail(int code, const char *path, GString *text)
{
    error_set(VIR_FROM_XML, code, "Unable to validate doc against %s\n%s", path, text->str);
    return -1;
}

static xmlRelaxNG *grammar_compile(const char *path)
{
    xmlRelaxNGParserCtxt *parser = xmlRelaxNGNewParserCtxt(path);
    GString *text = g_string_new(NULL);
    xmlRelaxNG *compiled;

    xmlRelaxNGSetParserErrors(parser, keep_message, keep_message, text);
    compiled = xmlRelaxNGParse(parser);
    if (!compiled)
        grammar_fail(VIR_ERR_INTERNAL_ERROR, path, text);
    xmlRelaxNGFreeParserCtxt(parser);
    g_string_free(text, TRUE);
    return compiled;
}

/* A grammar that cannot be read is tried again: it may have been put right. */
static struct grammar *grammar_of(const char *path)
{
    struct grammar *grammar;
    xmlRelaxNG *compiled;

    lock_guard(&grammars_lock);
    if (!grammars)
        grammars = g_hash_table_new(g_str_hash, g_str_equal);
    grammar = g_hash_table_lookup(grammars, path);
    if (grammar)
        return grammar;
    compiled = grammar_compile(path);
    if (!compiled)
        return NULL;
    grammar = g_new0(struct grammar, 1);
    lock_init(&grammar->lock);
    grammar->compiled = compiled;
    g_hash_table_insert(grammars, g_strdup(path), grammar);
    return grammar;
}

static char *own_grammar(const char *name)
{
    const struct doc_grammar *grammar = doc_grammars;

    while (grammar->name && strcmp(grammar->name, name) != 0)
        grammar++;
    return grammar->name ? g_strjoinv("\n", (char **)grammar->lines) : NULL;
}

static xmlRelaxNG *read_grammar(const char *name, const char *folder, GString *text)
{
    g_autofree char *path = folder ? g_strdup_printf("%s/%s.rng", folder, name) : NULL;
    g_autofree char *own = folder ? NULL : own_grammar(name);
    xmlRelaxNGParserCtxt *parser = folder ? xmlRelaxNGNewParserCtxt(path)
                                          : xmlRelaxNGNewMemParserCtxt(own, own ? strlen(own) : 0);
    xmlRelaxNG *grammar = NULL;

    if (parser) {
        xmlRelaxNGSetParserErrors(parser, keep_message, keep_message, text);
        grammar = xmlRelaxNGParse(parser);
    }
    if (!grammar)
        error_set(VIR_FROM_XML, VIR_ERR_INTERNAL_ERROR, "Unable to read the grammar %s\n%s",
                  path ? path : name, text->str);
    xmlRelaxNGFreeParserCtxt(parser);
    return grammar;
}

/* Reading a large one takes longer than checking a document against it. */
static xmlRelaxNG *kept_grammar(const char *name, GString *text)
{
    static GHashTable *kept;
    xmlRelaxNG *grammar;

    if (!kept)
        kept = g_hash_table_new(g_str_hash, g_str_equal);
    grammar = g_hash_table_lookup(kept, name);
    if (!grammar && (grammar = read_grammar(name, NULL, text)))
        g_hash_table_insert(kept, (char *)name, grammar);
    return grammar;
}

static int check(const struct doc_kind *kind, xmlRelaxNG *grammar, xmlDoc *doc, GString *text)
{
    xmlRelaxNGValidCtxt *valid = xmlRelaxNGNewValidCtxt(grammar);
    int rc;

    xmlRelaxNGSetValidErrors(valid, keep_message, keep_message, text);
    rc = xmlRelaxNGValidateDoc(valid, doc) == 0 ? 0 : -1;
    if (rc < 0)
        error_set(VIR_FROM_XML, VIR_ERR_XML_INVALID_SCHEMA,
                  "Unable to validate doc against %s.rng\n%s", kind->name, text->str);
    xmlRelaxNGFreeValidCtxt(valid);
    return rc;
}

int doc_check_grammar(const struct doc_kind *kind, const char *folder, xmlDoc *doc)
{
    /* libxml2 compiles parts of a grammar while it checks. */
    static lock_t lock = LOCK_INITIALIZER;
    GString *text = g_string_new(NULL);
    xmlRelaxNG *grammar;
    int rc = -1;

    lock_take(&lock);
    grammar = folder ? read_grammar(kind->name, folder, text) : kept_grammar(kind->name, text);
    if (grammar)
        rc = check(kind, grammar, doc, text);
    if (folder)
        xmlRelaxNGFree(grammar);
    lock_drop(&lock);
    g_string_free(text, TRUE);
    return rc;
}
