#include "core/conf/doc/access.h"

#include "core/base/export.h"
#include "core/base/xml.h"
#include "core/conf/doc/engine.h"
#include "core/object/error.h"

CORRAL_PRIVATE const struct doc_kind *doc_kind_named(const char *name)
{
    for (size_t i = 0; doc_kinds[i]; i++) {
        if (name_equal(doc_kinds[i]->name, name))
            return doc_kinds[i];
    }
    return NULL;
}

CORRAL_PRIVATE const char *doc_kind_name(size_t index)
{
    return doc_kinds[index] ? doc_kinds[index]->name : NULL;
}

CORRAL_PRIVATE int doc_access_parse(const struct doc_kind *kind, const char *xml, unsigned flags,
                                    void **ret_def)
{
    /* A script is no driver: it may look into what belongs to each of them, and at their answers.
     */
    static const struct doc_context ctx = {.driver = "*"};

    return doc_parse(kind, xml, &ctx, flags | DOC_PRINTED, ret_def);
}

static int count(void *opaque, void *bytes, size_t length)
{
    unsigned char *next = opaque, *out = bytes;

    for (size_t i = 0; i < length; i++)
        out[i] = (*next)++;
    return 0;
}

CORRAL_PRIVATE int doc_access_parse_alike(const struct doc_kind *kind, const char *xml,
                                          void **ret_def)
{
    unsigned char next = 1;
    const struct doc_context ctx = {.driver = "*", .random = count, .opaque = &next};

    return doc_parse(kind, xml, &ctx, DOC_PRINTED, ret_def);
}

CORRAL_PRIVATE char *doc_access_format(const struct doc_kind *kind, const void *def, unsigned flags)
{
    return doc_format(kind, def, flags);
}

CORRAL_PRIVATE void doc_access_free(const struct doc_kind *kind, void *def)
{
    doc_free(kind->root->layout, def);
}

CORRAL_PRIVATE const char *doc_key(const struct doc_field *field)
{
    return doc_keys + field->key;
}

CORRAL_PRIVATE bool doc_is_truth(const struct doc_field *field)
{
    return field->detail == &doc_yesno_words || field->detail == &doc_onoff_words;
}

CORRAL_PRIVATE bool doc_applies(const struct doc_when *when, const struct doc_frame *place)
{
    struct doc_when here = *when;
    struct frame frame = {0};

    for (; here.up > 0; here.up--)
        place = place->up;
    frame.base = (char *)place->base;
    return doc_when_applies(&here, &frame);
}

CORRAL_PRIVATE bool doc_is_absent(const struct doc_field *field, const char *base)
{
    char buffer[32];
    const char *unit;

    return !doc_scalar_text(field, base, NULL, buffer, &unit);
}

CORRAL_PRIVATE bool doc_is_element(const char *text, const char *name)
{
    g_autoptr(xmlDoc) doc = xml_parse(text, name);
    const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;

    error_reset();
    return root && name_equal((const char *)root->name, name);
}
