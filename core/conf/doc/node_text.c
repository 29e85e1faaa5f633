/* Text out of elements that have others inside. */
#include "core/conf/doc/engine.h"

bool doc_has_elements(const xmlNode *node)
{
    for (const xmlNode *child = node->children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE)
            return true;
    }
    return false;
}

/* What stands around the elements; nothing where that only sets them apart. */
char *doc_text_around(const xmlNode *node)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (xmlNode *child = node->children; child; child = child->next) {
        xmlChar *text = child->type == XML_ELEMENT_NODE ? NULL : xmlNodeGetContent(child);

        if (child->type != XML_COMMENT_NODE && child->type != XML_PI_NODE && text)
            g_string_append(out, (const char *)text);
        xmlFree(text);
    }
    return g_strdup(out->str[strspn(out->str, " \t\r\n")] ? out->str : "");
}

/* A copy of its own brings along namespaces that were declared further out. */
char *doc_raw_xml(xmlNode *node)
{
    xmlNode *copy = xmlDocCopyNode(node, node->doc, 1);
    xmlBuffer *buffer = xmlBufferCreate();
    char *text;

    if (!copy || !buffer)
        g_error("out of memory");
    xmlNodeDump(buffer, node->doc, copy, 1, 1);
    text = g_strdup((const char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
    xmlFreeNode(copy);
    return text;
}
