/* What differs between two documents, by the names that scripts use. */
#include "bindings/documents.h"

struct differ {
    GString *path;
    bind_value list; /* of path, old and new; owns what it holds */
    unsigned first;  /* what the language calls the first item of a list */
};

static void compare(struct differ *d, bind_value *a, bind_value *b);

/* Takes the values over, and leaves nothings. */
static void report(struct differ *d, bind_value *a, bind_value *b)
{
    bind_value entry = bind_container(BIND_TUPLE, 3);

    entry.items[0] = bind_copy_string(d->path->str);
    if (a)
        entry.items[1] = *a, *a = bind_null();
    if (b)
        entry.items[2] = *b, *b = bind_null();
    d->list.items = g_renew(bind_value, d->list.items, d->list.n + 1);
    d->list.items[d->list.n++] = entry;
}

static bool same_scalar(const bind_value *a, const bind_value *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == BIND_STRING)
        return strcmp(a->s, b->s) == 0;
    return a->kind == BIND_UINT ? a->u == b->u : a->i == b->i;
}

static bind_value *find(bind_value *dict, const char *key)
{
    for (size_t i = 0; i < dict->n; i++) {
        if (!strcmp(dict->items[2 * i].s, key))
            return &dict->items[2 * i + 1];
    }
    return NULL;
}

static void compare_key(struct differ *d, const char *key, bind_value *a, bind_value *b)
{
    size_t length = d->path->len;

    g_string_append_printf(d->path, "%s%s", length ? "." : "", key);
    if (a && b)
        compare(d, a, b);
    else
        report(d, a, b);
    g_string_truncate(d->path, length);
}

static void compare_dicts(struct differ *d, bind_value *a, bind_value *b)
{
    for (size_t i = 0; i < a->n; i++)
        compare_key(d, a->items[2 * i].s, &a->items[2 * i + 1], find(b, a->items[2 * i].s));
    for (size_t i = 0; i < b->n; i++) {
        if (!find(a, b->items[2 * i].s))
            compare_key(d, b->items[2 * i].s, NULL, &b->items[2 * i + 1]);
    }
}

/* Items pair up by their places. */
static void compare_lists(struct differ *d, bind_value *a, bind_value *b)
{
    size_t length = d->path->len;

    for (size_t i = 0; i < MAX(a->n, b->n); i++) {
        g_string_append_printf(d->path, "[%zu]", i + d->first);
        if (i < a->n && i < b->n)
            compare(d, &a->items[i], &b->items[i]);
        else
            report(d, i < a->n ? &a->items[i] : NULL, i < b->n ? &b->items[i] : NULL);
        g_string_truncate(d->path, length);
    }
}

static void compare(struct differ *d, bind_value *a, bind_value *b)
{
    if (a->kind == BIND_DICT && b->kind == BIND_DICT)
        compare_dicts(d, a, b);
    else if (a->kind == BIND_LIST && b->kind == BIND_LIST)
        compare_lists(d, a, b);
    else if (!same_scalar(a, b))
        report(d, a, b);
}

/* What the library makes of a dictionary: complete, in its own spelling. -1 with `refused`. */
static int complete(const struct doc_kind *kind, const char *method, const char *argument,
                    const bind_value *document, bind_value *tree, bind_value *refused)
{
    const struct bind_site site = {method, argument};
    g_autofree char *xml = documents_to_xml(&site, kind, document, refused);
    void *def = NULL;

    if (!xml)
        return -1;
    virResetLastError();
    if (doc_access_parse_alike(kind, xml, &def) < 0) {
        *refused = bind_error();
        return -1;
    }
    *tree = documents_to_tree(kind, def, 0);
    doc_access_free(kind, def);
    return 0;
}

bind_value documents_diff(const char *name, const bind_value *old, const bind_value *new_)
{
    const struct doc_kind *kind = doc_kind_named(name);
    g_autofree char *method = g_strdup_printf("documents.%s.diff", name);
    struct differ d = {.first = old && old->loose};
    bind_value refused, a, b;

    if (!kind)
        return documents_unknown_kind(name);
    if (complete(kind, method, "old", old, &a, &refused) < 0)
        return refused;
    if (complete(kind, method, "new", new_, &b, &refused) < 0) {
        bind_clear(&a);
        return refused;
    }
    d.list = bind_container(BIND_LIST, 0);
    d.path = g_string_new(NULL);
    compare(&d, &a, &b);
    g_string_free(d.path, TRUE);
    bind_clear(&a);
    bind_clear(&b);
    return d.list;
}
