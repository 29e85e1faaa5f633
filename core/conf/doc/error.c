/* Errors of documents: libvirt's openings, then the path and the line that a person can go to. */
#include "core/conf/doc/engine.h"

#include "core/object/error.h"

static unsigned position(const xmlNode *node, bool *several)
{
    unsigned before = 0;

    *several = false;
    for (const xmlNode *other = node->parent->children; other; other = other->next) {
        if (other == node || other->type != XML_ELEMENT_NODE ||
            !xmlStrEqual(other->name, node->name))
            continue;
        *several = true;
    }
    for (const xmlNode *other = node->prev; other; other = other->prev)
        before += other->type == XML_ELEMENT_NODE && xmlStrEqual(other->name, node->name);
    return before + 1;
}

static void append_path(GString *path, xmlNode *node)
{
    bool several;
    unsigned number;

    if (!node->parent || node->parent->type != XML_ELEMENT_NODE)
        return;
    append_path(path, node->parent);
    if (path->len > 0)
        g_string_append_c(path, '/');
    g_string_append(path, (const char *)node->name);
    number = position(node, &several);
    if (several)
        g_string_append_printf(path, "[%u]", number);
}

/* "devices/disk[3]/target"; the root element is "". */
char *doc_node_path(xmlNode *node)
{
    GString *path = g_string_new(NULL);

    append_path(path, node);
    return g_string_free(path, FALSE);
}

int doc_fail_node(xmlNode *node, int code, const char *format, ...)
{
    g_autofree char *path = doc_node_path(node);
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    error_set(VIR_FROM_XML, code, "%s: %s, line %ld", text, *path ? path : (const char *)node->name,
              xmlGetLineNo(node));
    return -1;
}

int doc_fail(const struct reader *reader, const struct frame *frame, const struct doc_field *field,
             int code, const char *format, ...)
{
    xmlNode *node = frame->node ? frame->node : frame->near;
    g_autofree char *parent = doc_node_path(node);
    g_autofree char *text = NULL;
    const char *at = field->place == DOC_ATTRIBUTE ? "@" : "";
    const char *name = field->name ? field->name : "";
    const char *slash = *parent && *name ? "/" : "";
    va_list args;

    (void)reader;
    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    if (field->rule && field->rule->error)
        code = field->rule->error;
    error_set(VIR_FROM_XML, code, "%s: %s%s%s%s, line %ld", text, parent, slash, at, name,
              xmlGetLineNo(node));
    return -1;
}

void doc_error(const struct doc_call *call, int code, const char *format, ...)
{
    g_autofree char *path = call->node ? doc_node_path(call->node) : NULL;
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    if (path)
        error_set(VIR_FROM_XML, code, "%s: %s, line %ld", text,
                  *path ? path : (const char *)call->node->name, xmlGetLineNo(call->node));
    else
        error_set(VIR_FROM_XML, code, "%s", text);
}
