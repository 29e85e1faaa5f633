#include "core/conf/domain/devices.h"

#include <libxml/tree.h>

const char *domain_word(const struct doc_words *words, unsigned value)
{
    const char *word = value ? doc_word(words, value) : NULL;

    return word ? word : "none";
}

size_t domain_count_children(const struct doc_call *call, const char *name)
{
    size_t n = 0;

    for (const xmlNode *child = call->node ? call->node->children : NULL; child;
         child = child->next)
        n += child->type == XML_ELEMENT_NODE && !child->ns && !strcmp((char *)child->name, name);
    return n;
}

bool domain_has_child(const struct doc_call *call, const char *name)
{
    return domain_count_children(call, name) > 0;
}

void *domain_list_insert(void **items, size_t *n, size_t size, size_t place)
{
    char *list = g_realloc_n(*items, *n + 1, size);

    memmove(list + (place + 1) * size, list + place * size, (*n - place) * size);
    memset(list + place * size, 0, size);
    *items = list;
    ++*n;
    return list + place * size;
}

bool domain_is_hvm(const struct domain *def)
{
    return def->os.type.text == DOMAIN_OS_TYPE_TEXT_HVM;
}

bool domain_has_attribute(const struct doc_call *call, const char *name)
{
    return call->node && xmlHasProp(call->node, (const xmlChar *)name);
}

bool domain_has_value(const struct doc_call *call, const char *name)
{
    return domain_has_attribute(call, name) && !domain_attribute_is(call, name, "");
}

static const xmlNode *find_child(const xmlNode *node, const char *name)
{
    for (const xmlNode *child = node ? node->children : NULL; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE && !strcmp((char *)child->name, name))
            return child;
    }
    return NULL;
}

static const xmlNode *next_alike(const xmlNode *node)
{
    const char *name = (const char *)node->name;

    do
        node = node->next;
    while (node && (node->type != XML_ELEMENT_NODE || strcmp((char *)node->name, name) != 0));
    return node;
}

bool domain_has_grandchild(const struct doc_call *call, const char *child, const char *name)
{
    for (const xmlNode *node = find_child(call->node, child); node; node = next_alike(node)) {
        if (find_child(node, name))
            return true;
    }
    return false;
}

char *domain_grandchild_attribute(const struct doc_call *call, const char *child, const char *name,
                                  const char *attribute)
{
    const xmlNode *node = find_child(find_child(call->node, child), name);
    xmlChar *text = node ? xmlGetProp(node, (const xmlChar *)attribute) : NULL;
    char *copy = g_strdup((char *)text);

    xmlFree(text);
    return copy;
}

bool domain_child_has_attribute(const struct doc_call *call, const char *child, const char *name)
{
    const xmlNode *node = find_child(call->node, child);

    return node && xmlHasProp(node, (const xmlChar *)name);
}

bool domain_attribute_is(const struct doc_call *call, const char *name, const char *value)
{
    xmlChar *text = call->node ? xmlGetProp(call->node, (const xmlChar *)name) : NULL;
    bool same = text && !strcmp((char *)text, value);

    xmlFree(text);
    return same;
}

char *domain_other_value(const struct doc_call *call, const char *child, const char *name,
                         const char *const *words)
{
    char *other = NULL;

    for (const xmlNode *node = call->node ? call->node->children : NULL; node && !other;
         node = node->next) {
        xmlChar *text;

        if (node->type != XML_ELEMENT_NODE || strcmp((char *)node->name, child) != 0)
            continue;
        text = xmlGetProp(node, (const xmlChar *)name);
        if (text && !g_strv_contains(words, (char *)text))
            other = g_strdup((char *)text);
        xmlFree(text);
    }
    return other;
}
