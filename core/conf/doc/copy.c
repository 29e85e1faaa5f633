/* Copying: the bytes first, then a copy of everything that the struct owns. */
#include "core/conf/doc/engine.h"

static void copy_owned(const struct doc_layout *layout, char *def);

static void *copy_items(const struct doc_member *member, const char *items, size_t n)
{
    char *copy = g_memdup2(items, n * member->layout->size);

    if (member->layout->owned) {
        for (size_t i = 0; i < n; i++)
            copy_owned(member->layout, copy + i * member->layout->size);
    }
    return copy;
}

static void *copy_texts(char *const *texts, size_t n)
{
    char **copy = g_new0(char *, n);

    for (size_t i = 0; i < n; i++)
        copy[i] = g_strdup(texts[i]);
    return copy;
}

static void copy_member(const struct doc_member *member, char *base)
{
    char *field = base + member->offset;
    void **slot = (void **)field;
    size_t n = member->other ? *(size_t *)(base + member->other) : 0;

    switch (member->shape) {
    case DOC_CHARS:
        *(char **)field = g_strdup(*(char **)field);
        break;
    case DOC_INNER:
        copy_owned(member->layout, field);
        break;
    case DOC_POINTER:
        *slot = *slot ? doc_copy(member->layout, *slot) : NULL;
        break;
    case DOC_ITEMS:
        *slot = n > 0 ? copy_items(member, *slot, n) : NULL;
        break;
    case DOC_TEXTS:
        *slot = n > 0 ? copy_texts(*(char ***)field, n) : NULL;
        break;
    }
}

static void copy_owned(const struct doc_layout *layout, char *def)
{
    if (!layout->owned)
        return;
    for (unsigned i = 0; i < layout->n_members; i++) {
        if (layout->members[i].shape != DOC_BYTES)
            copy_member(&layout->members[i], def);
    }
}

void *doc_copy(const struct doc_layout *layout, const void *def)
{
    char *copy = g_memdup2(def, layout->size);

    copy_owned(layout, copy);
    return copy;
}
