#include "bindings/documents.h"

#define PARSE_FLAGS DOC_INACTIVE
#define BUILD_FLAGS (DOC_INACTIVE | DOC_MIGRATABLE)

bind_value documents_kinds(void)
{
    size_t n = 0;
    bind_value list;

    while (doc_kind_name(n))
        n++;
    list = bind_container(BIND_LIST, n);
    for (size_t i = 0; i < n; i++)
        list.items[i] = bind_copy_string(doc_kind_name(i));
    return list;
}

static int read_flags(const struct bind_site *site, const bind_value *value, unsigned accepted,
                      unsigned *flags, bind_value *refused)
{
    long long number = 0;

    if (value && value->kind != BIND_NULL &&
        bind_to_number(site, value, 0, G_MAXUINT, &number, refused) < 0)
        return -1;
    if (number & ~(long long)accepted) {
        *refused = bind_refuse(site, REFUSED_VALUE, "%#llx is not accepted: 0 or flags of %#x are",
                               number, accepted);
        return -1;
    }
    *flags = (unsigned)number;
    return 0;
}

static int read_validate(const struct bind_site *site, const bind_value *value, unsigned *flags,
                         bind_value *refused)
{
    if (!value || value->kind == BIND_NULL)
        return 0;
    if (value->kind != BIND_BOOL) {
        *refused = bind_refuse(site, REFUSED_TYPE, "a truth value is accepted, not %s",
                               bind_kind_name(value));
        return -1;
    }
    *flags |= value->i ? DOC_VALIDATE : 0;
    return 0;
}

/* The languages keep their own lists of kinds: this does not happen but by calling past them. */
bind_value documents_unknown_kind(const char *name)
{
    const struct bind_site site = {"documents", "kind"};

    return bind_refuse(&site, REFUSED_VALUE, "there are no documents of the kind '%s'", name);
}

bind_value documents_parse(const char *name, const bind_value *xml, const bind_value *flags,
                           const bind_value *validate)
{
    const struct doc_kind *kind = doc_kind_named(name);
    g_autofree char *method = g_strdup_printf("documents.%s.parse", name);
    const struct bind_site text = {method, "xml"}, bits = {method, "flags"};
    const struct bind_site truth = {method, "validate"};
    bind_value refused, tree;
    unsigned how = 0;
    void *def = NULL;

    if (!kind)
        return documents_unknown_kind(name);
    if (!xml || (xml->kind != BIND_STRING && !(xml->loose && xml->kind == BIND_BYTES)))
        return bind_refuse(&text, REFUSED_TYPE, "a string is accepted, not %s",
                           bind_kind_name(xml));
    if (strlen(xml->s) != xml->n)
        return bind_refuse(&text, REFUSED_VALUE, "a string without zero bytes is accepted");
    if (read_flags(&bits, flags, PARSE_FLAGS, &how, &refused) < 0 ||
        read_validate(&truth, validate, &how, &refused) < 0)
        return refused;
    virResetLastError();
    if (doc_access_parse(kind, xml->s, how, &def) < 0)
        return bind_error();
    tree = documents_to_tree(kind, def, how);
    doc_access_free(kind, def);
    return tree;
}

/* What was written is read as any other document would be: checked and completed by the library
 * itself, and printed as it prints. What a script put into it is no secret to that script. */
static bind_value print(const struct doc_kind *kind, const char *xml, unsigned flags)
{
    void *def = NULL;
    char *text;

    virResetLastError();
    if (doc_access_parse(kind, xml, flags & (PARSE_FLAGS | DOC_VALIDATE), &def) < 0)
        return bind_error();
    text = doc_access_format(kind, def, flags | DOC_SECURE);
    doc_access_free(kind, def);
    return text ? bind_take_string(text) : bind_error();
}

bind_value documents_build(const char *name, const bind_value *document, const bind_value *flags,
                           const bind_value *validate)
{
    const struct doc_kind *kind = doc_kind_named(name);
    g_autofree char *method = g_strdup_printf("documents.%s.build", name);
    const struct bind_site tree = {method, "document"}, bits = {method, "flags"};
    const struct bind_site truth = {method, "validate"};
    g_autofree char *xml = NULL;
    bind_value refused;
    unsigned how = 0;

    if (!kind)
        return documents_unknown_kind(name);
    if (read_flags(&bits, flags, BUILD_FLAGS, &how, &refused) < 0 ||
        read_validate(&truth, validate, &how, &refused) < 0)
        return refused;
    xml = documents_to_xml(&tree, kind, document, &refused);
    return xml ? print(kind, xml, how) : refused;
}
