/* What has to hold for every document that is accepted. */
#include "fuzz.h"

#include "core/object/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fuzz_fail(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    abort();
}

static int keep_path(const char *path, void *opaque)
{
    g_string_append_printf(opaque, "%s\n", path);
    return 0;
}

static void expect_same(const struct doc_kind *kind, const void *a, const void *b, const char *what)
{
    g_autoptr(GString) paths = g_string_new(NULL);

    doc_diff(kind->root->layout, a, b, keep_path, paths);
    if (paths->len > 0)
        fuzz_fail("%s: %s differs at\n%s", kind->name, what, paths->str);
    if (!doc_equal(kind->root->layout, a, b))
        fuzz_fail("%s: %s is not equal, but there is no difference", kind->name, what);
}

/* Bytes that count up: the same document is read the same way each time. */
static int counting_random(void *opaque, void *bytes, size_t length)
{
    unsigned char *next = opaque, *out = bytes;

    for (size_t i = 0; i < length; i++)
        out[i] = (*next)++;
    return 0;
}

static int parse(const struct doc_kind *kind, const char *xml, unsigned flags, void **ret_def)
{
    unsigned char next = 1;
    struct doc_context ctx = {.driver = "*", .random = counting_random, .opaque = &next};
    int rc = doc_parse(kind, xml, &ctx, flags, ret_def);

    if (rc < 0 && error_code() == 0)
        fuzz_fail("%s: refused without an error:\n%s", kind->name, xml);
    error_reset();
    return rc;
}

static void check_copy(const struct doc_kind *kind, void *def, const char *text, unsigned flags)
{
    void *copy = doc_copy(kind->root->layout, def);
    g_autofree char *again = NULL;

    expect_same(kind, def, copy, "the copy");
    again = doc_format(kind, copy, flags);
    if (strcmp(text, again) != 0)
        fuzz_fail("%s: the copy prints otherwise:\n%s\n%s", kind->name, text, again);
    doc_free(kind->root->layout, copy);
}

static void check_reading_back(const struct doc_kind *kind, const void *def, const char *xml,
                               const char *text, enum fuzz_depth depth)
{
    const unsigned flags = DOC_INACTIVE | DOC_SECURE;
    g_autofree char *again = NULL;
    void *back = NULL;

    if (parse(kind, text, flags, &back) < 0)
        fuzz_fail("%s: refuses what it printed:\n%s\nof\n%s", kind->name, text, xml);
    again = doc_format(kind, back, flags);
    if (strcmp(text, again) != 0)
        fuzz_fail("%s: printing is not stable:\n%s\n%s\nof\n%s", kind->name, text, again, xml);
    if (depth >= FUZZ_EQUAL)
        expect_same(kind, def, back, "what reads back");
    doc_free(kind->root->layout, back);
}

/* Other ways to print and to read have to end, too; what they make is others' to check. */
static void try_other_flags(const struct doc_kind *kind, const void *def, const char *xml)
{
    void *live = NULL;

    g_free(doc_format(kind, def, 0));
    g_free(doc_format(kind, def, DOC_MIGRATABLE | DOC_SECURE));
    if (parse(kind, xml, DOC_SECURE | DOC_STATUS, &live) == 0)
        doc_free(kind->root->layout, live);
}

bool fuzz_grammatical(const struct doc_kind *kind, const char *xml)
{
    void *def = NULL;

    if (parse(kind, xml, DOC_INACTIVE | DOC_SECURE | DOC_VALIDATE, &def) < 0)
        return false;
    doc_free(kind->root->layout, def);
    return true;
}

bool fuzz_document(const struct doc_kind *kind, const char *xml, enum fuzz_depth depth)
{
    const unsigned flags = DOC_INACTIVE | DOC_SECURE;
    g_autofree char *text = NULL;
    void *def = NULL;

    if (parse(kind, xml, flags, &def) < 0)
        return false;
    text = doc_format(kind, def, flags);
    check_copy(kind, def, text, flags);
    if (depth >= FUZZ_STABLE)
        check_reading_back(kind, def, xml, text, depth);
    try_other_flags(kind, def, xml);
    doc_free(kind->root->layout, def);
    return true;
}
