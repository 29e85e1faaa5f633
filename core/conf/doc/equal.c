/* Comparing: the first difference for doc_equal, the path of each for doc_diff. */
#include "core/conf/doc/engine.h"

struct differ {
    GString *path;
    doc_diff_fn each;
    void *opaque;
};

static int diff_struct(struct differ *d, const struct doc_layout *layout, const char *a,
                       const char *b);

static int report(struct differ *d)
{
    return d->each(d->path->str, d->opaque);
}

static size_t push(struct differ *d, const char *label)
{
    size_t length = d->path->len;

    if (*label && length > 0)
        g_string_append_c(d->path, '/');
    g_string_append(d->path, label);
    return length;
}

static bool bytes_differ(const struct doc_member *member, const char *a, const char *b)
{
    if (memcmp(a + member->offset, b + member->offset, member->size) != 0)
        return true;
    return member->other && *(bool *)(a + member->other) != *(bool *)(b + member->other);
}

static int diff_one(struct differ *d, const struct doc_member *member, const char *a, const char *b,
                    size_t index)
{
    size_t length = d->path->len;
    int rc = 0;

    g_string_append_printf(d->path, "[%zu]", index);
    if (member->shape == DOC_ITEMS)
        rc = diff_struct(d, member->layout, a + index * member->layout->size,
                         b + index * member->layout->size);
    else if (g_strcmp0(((char *const *)a)[index], ((char *const *)b)[index]) != 0)
        rc = report(d);
    g_string_truncate(d->path, length);
    return rc;
}

/* Items pair up by position; what one side has more is one difference each. */
static int diff_list(struct differ *d, const struct doc_member *member, const char *a,
                     const char *b)
{
    size_t n_a = *(const size_t *)(a + member->other), n_b = *(const size_t *)(b + member->other);
    const char *items_a = *(char *const *)(a + member->offset);
    const char *items_b = *(char *const *)(b + member->offset);
    int rc = 0;

    for (size_t i = 0; i < MIN(n_a, n_b) && rc == 0; i++)
        rc = diff_one(d, member, items_a, items_b, i);
    for (size_t i = MIN(n_a, n_b); i < MAX(n_a, n_b) && rc == 0; i++) {
        size_t length = d->path->len;

        g_string_append_printf(d->path, "[%zu]", i);
        rc = report(d);
        g_string_truncate(d->path, length);
    }
    return rc;
}

static int diff_pointer(struct differ *d, const struct doc_member *member, const char *a,
                        const char *b)
{
    const char *to_a = *(char *const *)(a + member->offset);
    const char *to_b = *(char *const *)(b + member->offset);

    if (!to_a || !to_b)
        return to_a == to_b ? 0 : report(d);
    return diff_struct(d, member->layout, to_a, to_b);
}

static int diff_member(struct differ *d, const struct doc_member *member, const char *a,
                       const char *b)
{
    switch (member->shape) {
    case DOC_BYTES:
        return bytes_differ(member, a, b) ? report(d) : 0;
    case DOC_CHARS:
        return g_strcmp0(*(char *const *)(a + member->offset),
                         *(char *const *)(b + member->offset)) != 0
                   ? report(d)
                   : 0;
    case DOC_INNER:
        return diff_struct(d, member->layout, a + member->offset, b + member->offset);
    case DOC_POINTER:
        return diff_pointer(d, member, a, b);
    default:
        return diff_list(d, member, a, b);
    }
}

static int diff_struct(struct differ *d, const struct doc_layout *layout, const char *a,
                       const char *b)
{
    int rc = 0;

    for (unsigned i = 0; i < layout->n_members && rc == 0; i++) {
        size_t length = push(d, layout->members[i].label);

        rc = diff_member(d, &layout->members[i], a, b);
        g_string_truncate(d->path, length);
    }
    return rc;
}

int doc_diff(const struct doc_layout *layout, const void *a, const void *b, doc_diff_fn each,
             void *opaque)
{
    struct differ d = {g_string_new(NULL), each, opaque};
    int rc = diff_struct(&d, layout, a, b);

    g_string_free(d.path, TRUE);
    return rc;
}

static int stop(const char *path, void *opaque)
{
    (void)path, (void)opaque;
    return 1;
}

bool doc_equal(const struct doc_layout *layout, const void *a, const void *b)
{
    return a == b || (a && b && doc_diff(layout, a, b, stop, NULL) == 0);
}
