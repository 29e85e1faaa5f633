/* The check of a document against its generated grammar. */
#include "core/conf/doc/engine.h"

#include "core/base/lock.h"
#include "core/base/xml.h"
#include "core/object/error.h"

#include <libxml/relaxng.h>
#include <string.h>

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
static GHashTable *grammars; /* by path or kind; stay until the process ends */

static int grammar_fail(int code, const char *path, GString *text)
{
    error_set(VIR_FROM_XML, code, "Unable to validate doc against %s\n%s", path, text->str);
    return -1;
}

/* The text of a kind's grammar that the library brings along; NULL for anything else. */
static char *own_grammar(const char *kind)
{
    const struct doc_grammar *grammar = doc_grammars;

    while (grammar->kind && strcmp(grammar->kind, kind) != 0)
        grammar++;
    return grammar->kind ? g_strjoinv("\n", (char **)grammar->lines) : NULL;
}

static xmlRelaxNG *grammar_compile(const char *path)
{
    g_autofree char *own = own_grammar(path);
    xmlRelaxNGParserCtxt *parser =
        own ? xmlRelaxNGNewMemParserCtxt(own, strlen(own)) : xmlRelaxNGNewParserCtxt(path);
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

int doc_check_grammar(const struct doc_kind *kind, const char *folder, xmlDoc *doc)
{
    g_autofree char *path =
        folder ? g_strdup_printf("%s/%s.rng", folder, kind->name) : g_strdup(kind->name);
    struct grammar *grammar = grammar_of(path);
    g_autoptr(GString) text = g_string_new(NULL);
    xmlRelaxNGValidCtxt *valid;
    int rc;

    if (!grammar)
        return -1;
    lock_guard(&grammar->lock);
    valid = xmlRelaxNGNewValidCtxt(grammar->compiled);
    xmlRelaxNGSetValidErrors(valid, keep_message, keep_message, text);
    rc = xmlRelaxNGValidateDoc(valid, doc);
    xmlRelaxNGFreeValidCtxt(valid);
    return rc == 0 ? 0 : grammar_fail(VIR_ERR_XML_INVALID_SCHEMA, path, text);
}
