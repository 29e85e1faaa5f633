/* What a guest sees: whether one document can take the place of another under it. The descriptions
 * say with abi= what may not change, and what refusals call it. */
#include "core/conf/doc/engine.h"

#include "core/object/error.h"

#include <corral/corral.h>

struct comparison {
    GString *path;
};

static int compare_struct(const struct comparison *c, const struct doc_layout *layout,
                          const char *subject, const char *a, const char *b);

int doc_refuse_abi(const char *subject, const char *source, const char *target, const char *path)
{
    source = source ? source : "none";
    target = target ? target : "none";
    /* What is a sentence of its own begins like one. */
    if (g_str_has_prefix(subject, "State of "))
        error_set(VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED,
                  "%s differs: source: '%s', destination: '%s': %s", subject, source, target, path);
    else
        error_set(VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED,
                  "Target %s %s does not match source %s: %s", subject, target, source, path);
    return -1;
}

static int refuse(const struct comparison *c, const char *subject, const char *source,
                  const char *target)
{
    return doc_refuse_abi(subject, source, target, c->path->str);
}

static int refuse_count(const struct comparison *c, const char *subject, size_t source,
                        size_t target)
{
    g_autofree char *before = g_strdup_printf("%zu", source);
    g_autofree char *after = g_strdup_printf("%zu", target);

    return refuse(c, subject, before, after);
}

/* ---- scalars ---- */

static int64_t signed_value(const char *place, size_t size)
{
    return size == sizeof(int) ? *(const int *)place : *(const long long *)place;
}

static uint64_t value_of(const char *place, size_t size)
{
    switch (size) {
    case 1:
        return *(const uint8_t *)place;
    case sizeof(unsigned):
        return *(const unsigned *)place;
    default:
        return *(const unsigned long long *)place;
    }
}

static bool has(const struct doc_member *member, const char *base)
{
    return !member->other || *(const bool *)(base + member->other);
}

/* NULL: there is no value. */
static char *scalar_text(const struct doc_member *member, const char *base)
{
    const char *place = base + member->offset;

    if (!has(member, base))
        return NULL;
    if (member->words == &doc_signed)
        return g_strdup_printf("%" G_GINT64_FORMAT, signed_value(place, member->size));
    if (member->words == &doc_hexadecimal)
        return g_strdup_printf("0x%" G_GINT64_MODIFIER "x", value_of(place, member->size));
    if (member->words)
        return g_strdup(doc_word(member->words, (unsigned)value_of(place, member->size)));
    return g_strdup_printf("%" G_GUINT64_FORMAT, value_of(place, member->size));
}

/* What is not there has no value that could differ. */
static bool same_bytes(const struct doc_member *member, const char *a, const char *b)
{
    if (has(member, a) != has(member, b))
        return false;
    return !has(member, a) || memcmp(a + member->offset, b + member->offset, member->size) == 0;
}

static int compare_bytes(const struct comparison *c, const struct doc_member *member,
                         const char *subject, const char *a, const char *b)
{
    g_autofree char *source = NULL;
    g_autofree char *target = NULL;

    if (same_bytes(member, a, b))
        return 0;
    source = scalar_text(member, a);
    target = scalar_text(member, b);
    return refuse(c, subject, source, target);
}

static int compare_texts(const struct comparison *c, const char *subject, const char *a,
                         const char *b)
{
    return g_strcmp0(a, b) == 0 ? 0 : refuse(c, subject, a, b);
}

/* ---- what holds others ---- */

static int compare_pointer(const struct comparison *c, const struct doc_member *member,
                           const char *subject, const char *a, const char *b)
{
    const char *source = *(char *const *)(a + member->offset);
    const char *target = *(char *const *)(b + member->offset);
    g_autofree char *none = NULL;

    if (member->abi && !source != !target)
        return refuse(c, doc_keys + member->abi, source ? "present" : NULL,
                      target ? "present" : NULL);
    if (!source && !target)
        return 0;
    none = g_malloc0(member->layout->size);
    return compare_struct(c, member->layout, member->abi ? NULL : subject, source ? source : none,
                          target ? target : none);
}

static int compare_item(const struct comparison *c, const struct doc_member *member, const char *a,
                        const char *b, size_t i)
{
    size_t length = c->path->len;
    int rc;

    g_string_append_printf(c->path, "[%zu]", i);
    if (member->shape == DOC_ITEMS)
        rc = compare_struct(c, member->layout, NULL, a + i * member->layout->size,
                            b + i * member->layout->size);
    else
        rc = compare_texts(c, doc_keys + member->abi, ((char *const *)a)[i], ((char *const *)b)[i]);
    g_string_truncate(c->path, length);
    return rc;
}

/* As many, and the same in the same order: guests number their devices. */
static int compare_list(const struct comparison *c, const struct doc_member *member, const char *a,
                        const char *b)
{
    size_t n_a = *(const size_t *)(a + member->other), n_b = *(const size_t *)(b + member->other);
    int rc = 0;

    if (!member->abi)
        return 0;
    if (n_a != n_b)
        return refuse_count(c, doc_keys + member->abi, n_a, n_b);
    for (size_t i = 0; i < n_a && rc == 0; i++)
        rc = compare_item(c, member, *(char *const *)(a + member->offset),
                          *(char *const *)(b + member->offset), i);
    return rc;
}

/* `subject` comes from the elements around when those are compared as a whole. */
static int compare_member(const struct comparison *c, const struct doc_member *member,
                          const char *subject, const char *a, const char *b)
{
    if (member->abi)
        subject = doc_keys + member->abi;
    switch (member->shape) {
    case DOC_BYTES:
        return subject ? compare_bytes(c, member, subject, a, b) : 0;
    case DOC_CHARS:
        return subject ? compare_texts(c, subject, *(char *const *)(a + member->offset),
                                       *(char *const *)(b + member->offset))
                       : 0;
    case DOC_INNER:
        return compare_struct(c, member->layout, subject, a + member->offset, b + member->offset);
    case DOC_POINTER:
        return compare_pointer(c, member, subject, a, b);
    default:
        return compare_list(c, member, a, b);
    }
}

static int compare_struct(const struct comparison *c, const struct doc_layout *layout,
                          const char *subject, const char *a, const char *b)
{
    int rc = 0;

    for (unsigned i = 0; i < layout->n_members && rc == 0; i++) {
        const struct doc_member *member = &layout->members[i];
        size_t length = c->path->len;

        if (*member->label && length > 0)
            g_string_append_c(c->path, '/');
        g_string_append(c->path, member->label);
        rc = compare_member(c, member, subject, a, b);
        g_string_truncate(c->path, length);
    }
    return rc;
}

int doc_check_abi_part(const struct doc_layout *layout, const void *source, const void *target,
                       const char *where)
{
    struct comparison c = {g_string_new(where)};
    int rc = compare_struct(&c, layout, NULL, source, target);

    g_string_free(c.path, TRUE);
    return rc;
}

int doc_check_abi(const struct doc_layout *layout, const void *source, const void *target)
{
    return doc_check_abi_part(layout, source, target, "");
}
