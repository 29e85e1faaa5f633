/* Freeing: along the C layout, so that content of every `when` block goes, whatever the type. */
#include "core/conf/doc/engine.h"

static void clear_items(const struct doc_member *member, char *items, size_t n)
{
    if (member->layout->owned) {
        for (size_t i = 0; i < n; i++)
            doc_clear(member->layout, items + i * member->layout->size);
    }
    g_free(items);
}

static void clear_texts(char **texts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        g_free(texts[i]);
    g_free(texts);
}

static void clear_member(const struct doc_member *member, char *base)
{
    char **slot = (char **)(base + member->offset);

    switch (member->shape) {
    case DOC_CHARS:
        g_free(*slot);
        break;
    case DOC_INNER:
        if (member->layout->owned)
            doc_clear(member->layout, base + member->offset);
        break;
    case DOC_POINTER:
        if (*slot)
            doc_free(member->layout, *slot);
        break;
    case DOC_ITEMS:
        if (*slot)
            clear_items(member, *slot, *(size_t *)(base + member->other));
        break;
    case DOC_TEXTS:
        if (*slot)
            clear_texts(*(char ***)(base + member->offset), *(size_t *)(base + member->other));
        break;
    }
}

void doc_clear(const struct doc_layout *layout, void *def)
{
    for (unsigned i = 0; i < layout->n_members; i++) {
        if (layout->members[i].shape != DOC_BYTES)
            clear_member(&layout->members[i], def);
    }
    memset(def, 0, layout->size);
}

void doc_free(const struct doc_layout *layout, void *def)
{
    if (!def)
        return;
    doc_clear(layout, def);
    g_free(def);
}
