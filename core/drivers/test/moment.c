#include "core/drivers/test/moment.h"

#include <string.h>

struct moments *moments_new(const struct moment_kind *kind)
{
    struct moments *moments = g_new0(struct moments, 1);

    moments->kind = kind;
    objlist_init(&moments->list, OBJLIST_NAME);
    moments->root = g_node_new(NULL);
    return moments;
}

static char **parent_name(const struct moments *moments, const void *doc)
{
    return (char **)((char *)doc + moments->kind->parent);
}

static void moment_free(struct moments *moments, struct moment *moment)
{
    objlist_remove(&moments->list, &moment->item);
    doc_free(moments->kind->layout, moment->doc);
    g_free(moment);
}

void moments_free(struct moments *moments)
{
    GList *link;

    if (!moments)
        return;
    while ((link = moments->list.order.head))
        moment_free(moments, link->data);
    objlist_clear(&moments->list);
    g_node_destroy(moments->root);
    g_free(moments);
}

struct moment *moment_find(struct moments *moments, const struct moment_kind *kind,
                           const char *name)
{
    struct moment *moment = moments ? objlist_by_name(&moments->list, name) : NULL;

    if (!moment)
        error_set(VIR_FROM_TEST, kind->missing, "no domain %s with matching name '%s'", kind->name,
                  name);
    return moment;
}

struct moment *moment_parent(struct moments *moments, const struct moment *moment)
{
    struct moment *parent = moment->node->parent->data;

    if (!parent)
        error_set(VIR_FROM_TEST, moments->kind->missing, "%s '%s' does not have a parent",
                  moments->kind->name, moment->item.name);
    return parent;
}

int moment_check_new(struct moments *moments, const char *name)
{
    if (!objlist_by_name(&moments->list, name))
        return 0;
    error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_FAILED, "domain moment %s already exists", name);
    return -1;
}

/* The child of `above` from which `node` comes. */
static struct moment *child_above(const GNode *above, const GNode *node)
{
    while (node->parent != above)
        node = node->parent;
    return node->data;
}

int moment_check_parent(struct moments *moments, const void *doc, const char *name)
{
    const char *parent = *parent_name(moments, doc);
    struct moment *self = objlist_by_name(&moments->list, name);
    struct moment *it = parent ? objlist_by_name(&moments->list, parent) : NULL;

    if (!parent)
        return 0;
    if (!strcmp(parent, name))
        error_set(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG, "cannot set moment %s as its own parent",
                  name);
    else if (!it)
        error_set(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG, "parent %s for moment %s not found", parent,
                  name);
    else if (self && g_node_is_ancestor(self->node, it->node))
        error_set(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG, "parent %s would create cycle to %s",
                  child_above(self->node, it->node)->item.name, name);
    else
        return 0;
    return -1;
}

static void set_parent(struct moments *moments, struct moment *moment, GNode *parent)
{
    struct moment *to = parent->data;
    char **name = parent_name(moments, moment->doc);

    g_node_unlink(moment->node);
    g_node_append(parent, moment->node);
    if (to && *name && !strcmp(*name, to->item.name))
        return;
    g_free(*name);
    *name = to ? g_strdup(to->item.name) : NULL;
}

struct moment *moment_put(struct moments *moments, const char *name, void *doc)
{
    struct moment *moment = objlist_by_name(&moments->list, name);
    const char *parent = *parent_name(moments, doc);
    struct moment *to = parent ? objlist_by_name(&moments->list, parent) : NULL;

    if (moment) {
        objlist_rename(&moments->list, &moment->item, name);
        doc_free(moments->kind->layout, moment->doc);
        moment->doc = doc;
    } else {
        moment = g_new0(struct moment, 1);
        moment->item.name = name;
        moment->item.id = -1;
        moment->doc = doc;
        moment->node = g_node_new(moment);
        objlist_add(&moments->list, &moment->item);
    }
    set_parent(moments, moment, to ? to->node : moments->root);
    return moment;
}

struct moment *moment_add(struct moments *moments, const char *name, void *doc)
{
    char **parent = parent_name(moments, doc);

    g_free(*parent);
    *parent = moments->current ? g_strdup(moments->current->item.name) : NULL;
    return moments->current = moment_put(moments, name, doc);
}

static void delete_one(struct moments *moments, struct moment *moment)
{
    GNode *node = moment->node;

    if (moments->current == moment)
        moments->current = node->parent->data;
    while (node->children)
        set_parent(moments, node->children->data, node->parent);
    g_node_destroy(node);
    moment_free(moments, moment);
}

/* The next one in the order of the tree, within the branch of `top`. */
static GNode *next_node(GNode *node, const GNode *top)
{
    if (node->children)
        return node->children;
    while (node != top && !node->next)
        node = node->parent;
    return node == top ? NULL : node->next;
}

static void delete_below(struct moments *moments, GNode *top)
{
    GNode *node = top;

    while (top->children) {
        while (node->children)
            node = node->children;
        node = node->parent;
        delete_one(moments, node->children->data);
    }
}

#define SAME_DELETE(flag)                                                                          \
    G_STATIC_ASSERT((int)VIR_DOMAIN_SNAPSHOT_DELETE_##flag ==                                      \
                    (int)VIR_DOMAIN_CHECKPOINT_DELETE_##flag)
SAME_DELETE(CHILDREN);
SAME_DELETE(CHILDREN_ONLY);

void moment_delete(struct moments *moments, struct moment *moment, unsigned int flags)
{
    if (flags & (VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN | VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY))
        delete_below(moments, moment->node);
    if (!(flags & VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY))
        delete_one(moments, moment);
}

static bool is_selected(const struct moment *moment, unsigned int filter)
{
    return !(filter & (moment->node->children ? MOMENT_LEAVES : MOMENT_NO_LEAVES));
}

GPtrArray *moments_select(struct moments *moments, const struct moment *below, unsigned int filter,
                          moment_matches *matches, unsigned int flags)
{
    GPtrArray *selected = g_ptr_array_new();
    GNode *top = below ? below->node : moments ? moments->root : NULL;
    GNode *node = top ? top->children : NULL;

    while (node) {
        struct moment *moment = node->data;

        if (is_selected(moment, filter) && (!matches || matches(moment, flags)))
            g_ptr_array_add(selected, moment);
        node = filter & MOMENT_DEEP ? next_node(node, top) : node->next;
    }
    return selected;
}
