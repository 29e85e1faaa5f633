/* Metadata: one element of each application, told apart by their namespaces. */
#include "core/conf/common/hooks.h"

#include <libxml/tree.h>

#include "core/base/xml.h"

static void put_element(GString *out, xmlNode *node)
{
    /* A copy declares the namespaces that it uses itself. */
    xmlNode *copy = xmlCopyNode(node, 1);
    xmlBuffer *buffer = xmlBufferCreate();

    xmlNodeDump(buffer, NULL, copy, 2, 1);
    g_string_append_printf(out, "    %s\n", (const char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
    xmlFreeNode(copy);
}

int common_hook_metadata(void *part, const struct doc_call *call)
{
    char **text = part;
    g_autoptr(xmlDoc) doc = *text ? xml_parse(*text, "metadata") : NULL;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    GString *out;

    (void)call;
    if (!doc)
        return *text ? -1 : 0;
    out = g_string_new("<metadata>\n");
    for (xmlNode *node = xmlDocGetRootElement(doc)->children; node; node = node->next) {
        if (node->type == XML_ELEMENT_NODE && node->ns &&
            g_hash_table_add(seen, (void *)node->ns->href))
            put_element(out, node);
    }
    g_string_append(out, "  </metadata>");
    if (!g_hash_table_size(seen))
        g_string_assign(out, "<metadata/>");
    g_free(*text);
    *text = g_string_free(out, FALSE);
    return 0;
}
