/* From a tree to XML that the engine then reads: each name is looked up in the tables, each value
 * is of the type that they say. Whether words, numbers and combinations are possible is left to the
 * engine, whose messages are the ones that people know.
 *
 * What a block of the description allows only in some cases is accepted in all of them: as in XML,
 * it is passed over where it does not apply. So a name may stand in several blocks, and an element
 * gets the content of all its definitions. */
#include "bindings/documents.h"

struct writer {
    const struct bind_site *site;
    bind_value *refused;
    GString *out, *path;
};

/* One value and the rows that it goes to: more than one for an element of several blocks. */
struct slot {
    const bind_value *value;
    const char *key;
    const struct doc_namespace *space;
    GPtrArray *fields;
};

/* An element being written. */
struct content {
    struct writer *w;
    GPtrArray *dicts;  /* its own, and those of its blocks with a name */
    GPtrArray *names;  /* what is accepted in the first of them, for messages */
    GHashTable *known; /* the keys that some row takes */
    GPtrArray *slots;
};

static int put_content(struct writer *w, const char *name, const struct slot *slot,
                       const bind_value *dict, const GPtrArray *types);

/* ---- refusing */

static int refuse(struct writer *w, enum bind_refusal how, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static int refuse(struct writer *w, enum bind_refusal how, const char *format, ...)
{
    const char *path = w->path->str + (*w->path->str == '.');
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    *w->refused = bind_refuse(w->site, how, "%s%s%s", path, *path ? ": " : "", text);
    return -1;
}

static int refuse_type(struct writer *w, const char *accepted, const bind_value *value)
{
    return refuse(w, REFUSED_TYPE, "%s is accepted, not %s", accepted, bind_kind_name(value));
}

static bool is_dict(const bind_value *value)
{
    return value->kind == BIND_DICT;
}

static bool is_list(const bind_value *value)
{
    return value->kind == BIND_LIST || value->kind == BIND_TUPLE ||
           (value->kind == BIND_DICT && value->loose && value->n == 0);
}

/* ---- text */

static void put_escaped(GString *out, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '&':
            g_string_append(out, "&amp;");
            break;
        case '<':
            g_string_append(out, "&lt;");
            break;
        case '>':
            g_string_append(out, "&gt;");
            break;
        case '\'':
            g_string_append(out, "&apos;");
            break;
        case '\n':
        case '\t':
        case '\r':
            g_string_append_printf(out, "&#%d;", *text);
            break;
        default:
            g_string_append_c(out, *text);
        }
    }
}

static void put_attribute(GString *out, const char *name, const char *value)
{
    g_string_append_printf(out, " %s='", name);
    put_escaped(out, value);
    g_string_append_c(out, '\'');
}

static bool fits_xml(const char *text)
{
    if (!g_utf8_validate(text, -1, NULL))
        return false;
    for (; *text; text++) {
        if ((unsigned char)*text < ' ' && !strchr("\t\n\r", *text))
            return false;
    }
    return true;
}

static char *string_text(struct writer *w, const struct doc_field *field, const bind_value *value)
{
    const char *wanted = field->type == DOC_WORD ? "a word" : "a string";

    if (value->kind != BIND_STRING) {
        refuse_type(w, wanted, value);
        return NULL;
    }
    if (!fits_xml(value->s)) {
        refuse(w, REFUSED_VALUE, "%s of characters that XML can hold is accepted", wanted);
        return NULL;
    }
    if (field->type == DOC_XML && !doc_is_element(value->s, field->name)) {
        refuse(w, REFUSED_VALUE, "XML with one element '%s' is accepted", field->name);
        return NULL;
    }
    return g_strdup(value->s);
}

static char *number_text(struct writer *w, const struct doc_field *field, const bind_value *value)
{
    unsigned base = field->rule ? field->rule->base : 0;
    bool whole = value->loose && field->size == 8 && field->type != DOC_SIGNED;

    if (value->kind != BIND_INT && value->kind != BIND_UINT) {
        refuse_type(w, "an integer", value);
        return NULL;
    }
    if (value->kind == BIND_INT && value->i < 0 && !whole)
        return g_strdup_printf("%lld", value->i);
    /* What is read as C writes numbers may be decimal, whatever it is printed as. */
    if (base == 16)
        return g_strdup_printf("0x%llx", value->u);
    return g_strdup_printf(field->type == DOC_OCTAL || base == 8 ? "%llo" : "%llu", value->u);
}

static char *truth_text(struct writer *w, const struct doc_field *field, const bind_value *value)
{
    const struct doc_words *words = field->detail;

    if (value->kind != BIND_BOOL) {
        refuse_type(w, "a boolean", value);
        return NULL;
    }
    return g_strdup(words ? words->names[value->i ? TRISTATE_YES : TRISTATE_NO] : "");
}

static char *scalar_text(struct writer *w, const struct doc_field *field, const bind_value *value)
{
    if (field->type == DOC_FLAG || doc_is_truth(field))
        return truth_text(w, field, value);
    if (field->type >= DOC_STRING || field->type == DOC_WORD)
        return string_text(w, field, value);
    return number_text(w, field, value);
}

static void put_unit(struct writer *w, const struct doc_field *field)
{
    if (field->type == DOC_SIZE)
        put_attribute(w->out, field->rule->unit_attribute,
                      field->flags & DOC_PRETTY ? "bytes" : field->rule->unit);
}

/* ---- what goes where */

static void clear_slot(gpointer data)
{
    struct slot *slot = data;

    g_ptr_array_unref(slot->fields);
    g_free(slot);
}

static bool same_element(const struct doc_field *a, const struct doc_field *b)
{
    const char *x = a->flags & DOC_WHERE ? a->rule->where_value : NULL;
    const char *y = b->flags & DOC_WHERE ? b->rule->where_value : NULL;

    return a->place == b->place && g_strcmp0(a->name, b->name) == 0 && g_strcmp0(x, y) == 0;
}

static const bind_value *look_up(struct content *c, const bind_value *dict, const char *key)
{
    if (dict == g_ptr_array_index(c->dicts, 0) &&
        !g_ptr_array_find_with_equal_func(c->names, key, g_str_equal, NULL))
        g_ptr_array_add(c->names, (gpointer)key);
    for (size_t i = 0; i < dict->n; i++) {
        const bind_value *name = &dict->items[2 * i];

        if (name->kind == BIND_STRING && !strcmp(name->s, key)) {
            g_hash_table_add(c->known, (gpointer)name);
            return name + 1;
        }
    }
    return NULL;
}

static void add_slot(struct content *c, const struct doc_field *field, const bind_value *value,
                     const char *key, const struct doc_namespace *space)
{
    struct slot *slot;

    for (guint i = 0; i < c->slots->len; i++) {
        slot = g_ptr_array_index(c->slots, i);
        if (slot->value == value && same_element(slot->fields->pdata[0], field)) {
            g_ptr_array_add(slot->fields, (gpointer)field);
            return;
        }
    }
    slot = g_new(struct slot, 1);
    *slot = (struct slot){value, key, space, g_ptr_array_new()};
    g_ptr_array_add(slot->fields, (gpointer)field);
    g_ptr_array_add(c->slots, slot);
}

static int collect(struct content *c, const struct doc_field *fields, unsigned n,
                   const bind_value *dict, const struct doc_namespace *space);

static int collect_block(struct content *c, const struct doc_field *field,
                         const struct doc_field *fields, unsigned n, const bind_value *dict,
                         const struct doc_namespace *space)
{
    const char *key = doc_key(field);
    const bind_value *own = *key ? look_up(c, dict, key) : dict;
    gsize length = c->w->path->len;
    int rc;

    if (!own)
        return 0;
    if (*key)
        g_string_append_printf(c->w->path, ".%s", key);
    if (!is_dict(own))
        return refuse_type(c->w, "a dictionary", own);
    if (own != dict && !g_ptr_array_find(c->dicts, own, NULL))
        g_ptr_array_add(c->dicts, (gpointer)own);
    rc = collect(c, fields, n, own, space);
    if (rc == 0)
        g_string_truncate(c->w->path, length);
    return rc;
}

static int collect_field(struct content *c, const struct doc_field *field, const bind_value *dict,
                         const struct doc_namespace *space)
{
    const struct doc_when *when = field->detail;
    const struct doc_namespace *own = field->detail;
    const bind_value *value;

    if (field->place == DOC_HOOK)
        return 0;
    if (field->place == DOC_WHEN)
        return collect_block(c, field, when->fields, when->n_fields, dict, space);
    if (field->place == DOC_NAMESPACE)
        return collect_block(c, field, own->fields, own->n_fields, dict, own);
    value = look_up(c, dict, doc_key(field));
    if (value)
        add_slot(c, field, value, doc_key(field), space);
    return 0;
}

static int collect(struct content *c, const struct doc_field *fields, unsigned n,
                   const bind_value *dict, const struct doc_namespace *space)
{
    for (unsigned i = 0; i < n; i++) {
        if (collect_field(c, &fields[i], dict, space) < 0)
            return -1;
    }
    return 0;
}

static int refuse_key(struct content *c, const bind_value *dict, const bind_value *key)
{
    g_autoptr(GString) list = g_string_new(NULL);

    if (key->kind != BIND_STRING)
        return refuse(c->w, REFUSED_TYPE, "a string as key is accepted, not %s",
                      bind_kind_name(key));
    for (guint i = 0; i < c->names->len && dict == c->dicts->pdata[0]; i++)
        g_string_append_printf(list, "%s%s", i ? ", " : "", (char *)c->names->pdata[i]);
    return refuse(c->w, REFUSED_VALUE, "'%s' is unknown here%s%s", key->s,
                  list->len ? ": accepted are " : "", list->str);
}

static int check_keys(struct content *c)
{
    for (guint i = 0; i < c->dicts->len; i++) {
        const bind_value *dict = c->dicts->pdata[i];

        for (size_t j = 0; j < dict->n; j++) {
            if (!g_hash_table_contains(c->known, &dict->items[2 * j]))
                return refuse_key(c, dict, &dict->items[2 * j]);
        }
    }
    return 0;
}

/* ---- elements */

static void open_tag(struct writer *w, const struct doc_field *field, const struct slot *slot)
{
    g_string_append_printf(w->out, "\n<%s%s%s", slot->space ? slot->space->prefix : "",
                           slot->space ? ":" : "", field->name);
    if (field->flags & DOC_WHERE && field->rule->where_value)
        put_attribute(w->out, field->rule->where, field->rule->where_value);
}

static void close_tag(struct writer *w, const char *name, const struct slot *slot)
{
    const struct doc_namespace *space = slot ? slot->space : NULL;

    g_string_append_printf(w->out, "</%s%s%s>", space ? space->prefix : "", space ? ":" : "", name);
}

static int put_scalar_element(struct writer *w, const struct slot *slot, const bind_value *value)
{
    const struct doc_field *field = slot->fields->pdata[0];
    g_autofree char *text = scalar_text(w, field, value);

    if (!text)
        return -1;
    if (field->type == DOC_FLAG && !value->i)
        return 0;
    if (field->type == DOC_XML) {
        g_string_append(w->out, text);
        return 0;
    }
    open_tag(w, field, slot);
    put_unit(w, field);
    g_string_append_c(w->out, '>');
    put_escaped(w->out, text);
    close_tag(w, field->name, slot);
    return 0;
}

static int put_one(struct writer *w, const struct slot *slot, const bind_value *value)
{
    const struct doc_field *field = slot->fields->pdata[0];
    g_autoptr(GPtrArray) types = NULL;

    if (field->type != DOC_STRUCT)
        return put_scalar_element(w, slot, value);
    if (!is_dict(value))
        return refuse_type(w, "a dictionary", value);
    types = g_ptr_array_new();
    for (guint i = 0; i < slot->fields->len; i++) {
        field = slot->fields->pdata[i];
        if (!g_ptr_array_find(types, field->detail, NULL))
            g_ptr_array_add(types, (gpointer)field->detail);
    }
    open_tag(w, field, slot);
    return put_content(w, field->name, slot, value, types);
}

static const bind_value *item_value(const bind_value *item, const char *key)
{
    for (size_t i = 0; i < item->n; i++) {
        if (item->items[2 * i].kind == BIND_STRING && !strcmp(item->items[2 * i].s, key))
            return &item->items[2 * i + 1];
    }
    return NULL;
}

static int refuse_any(struct writer *w, const struct doc_any *any)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (unsigned i = 0; i < any->n_fields; i++)
        g_string_append_printf(names, "%s%s", i ? ", " : "", doc_key(&any->fields[i]));
    if (any->negate)
        g_string_append_printf(names, "; and beside it %s", any->negate);
    return refuse(w, REFUSED_VALUE, "a dictionary with one key is accepted: %s", names->str);
}

/* An item of a mixed list: a dictionary with the element's name, and perhaps the negation. */
static int put_any(struct writer *w, const struct slot *slot, const bind_value *item)
{
    const struct doc_any *any = ((const struct doc_field *)slot->fields->pdata[0])->detail;
    const bind_value *value = NULL, *negate = NULL;
    const struct doc_field *found = NULL;
    g_autoptr(GPtrArray) types = g_ptr_array_new();

    if (!is_dict(item))
        return refuse_type(w, "a dictionary", item);
    for (unsigned i = 0; i < any->n_fields && !value; i++) {
        found = &any->fields[i];
        value = item_value(item, doc_key(found));
    }
    if (any->negate)
        negate = item_value(item, any->negate);
    if (!value || item->n != 1u + (negate != NULL))
        return refuse_any(w, any);
    g_string_append_printf(w->path, ".%s", doc_key(found));
    if (!is_dict(value))
        return refuse_type(w, "a dictionary", value);
    if (negate && negate->kind != BIND_BOOL)
        return refuse(w, REFUSED_TYPE, "beside it a boolean is accepted as %s", any->negate);
    open_tag(w, found, slot);
    if (negate)
        put_attribute(w->out, any->negate, negate->i ? "yes" : "no");
    g_ptr_array_add(types, (gpointer)found->detail);
    return put_content(w, found->name, slot, value, types);
}

static int put_items(struct writer *w, const struct slot *slot)
{
    const struct doc_field *field = slot->fields->pdata[0];
    const bind_value *list = slot->value;
    gsize length = w->path->len;

    if (!is_list(list))
        return refuse_type(w, "a list", list);
    for (size_t i = 0; i < list->n; i++) {
        const bind_value *item = &list->items[i];

        g_string_append_printf(w->path, "[%zu]", i + item->loose);
        if ((field->place == DOC_ANY ? put_any : put_one)(w, slot, item) < 0)
            return -1;
        g_string_truncate(w->path, length);
    }
    return 0;
}

/* ---- content */

static int put_attribute_slot(struct writer *w, const struct slot *slot)
{
    const struct doc_field *field = slot->fields->pdata[0];
    g_autofree char *text = NULL;

    if (field->place == DOC_TEXT) {
        put_unit(w, field);
        return 0;
    }
    if (field->place != DOC_ATTRIBUTE)
        return 0;
    text = scalar_text(w, field, slot->value);
    if (!text)
        return -1;
    put_attribute(w->out, field->name, text);
    put_unit(w, field);
    return 0;
}

static int put_child_slot(struct writer *w, const struct slot *slot)
{
    const struct doc_field *field = slot->fields->pdata[0];
    g_autofree char *text = NULL;

    switch (field->place) {
    case DOC_ATTRIBUTE:
        return 0;
    case DOC_TEXT:
        text = scalar_text(w, field, slot->value);
        if (!text)
            return -1;
        put_escaped(w->out, text);
        return 0;
    case DOC_ELEMENT:
        return put_one(w, slot, slot->value);
    default:
        return put_items(w, slot);
    }
}

static int put_slots(struct content *c, int (*put)(struct writer *, const struct slot *))
{
    GString *path = c->w->path;
    gsize length = path->len;

    for (guint i = 0; i < c->slots->len; i++) {
        const struct slot *slot = c->slots->pdata[i];

        g_string_append_printf(path, ".%s", slot->key);
        if (put(c->w, slot) < 0)
            return -1;
        g_string_truncate(path, length);
    }
    return 0;
}

/* A prefix is declared where it is used first, by the root. */
static void put_namespaces(struct content *c)
{
    g_autoptr(GPtrArray) done = g_ptr_array_new();

    for (guint i = 0; i < c->slots->len; i++) {
        const struct slot *slot = c->slots->pdata[i];

        if (!slot->space || g_ptr_array_find(done, slot->space, NULL))
            continue;
        g_string_append_printf(c->w->out, " xmlns:%s='%s'", slot->space->prefix, slot->space->uri);
        g_ptr_array_add(done, (gpointer)slot->space);
    }
}

/* A nested element of a foreign namespace is in that namespace, too. */
static void inherit_namespace(struct content *c, const struct slot *outer)
{
    for (guint i = 0; outer && outer->space && i < c->slots->len; i++)
        ((struct slot *)c->slots->pdata[i])->space = outer->space;
}

static int put_content(struct writer *w, const char *name, const struct slot *slot,
                       const bind_value *dict, const GPtrArray *types)
{
    struct content c = {w, g_ptr_array_new(), g_ptr_array_new(), g_hash_table_new(NULL, NULL),
                        g_ptr_array_new_with_free_func(clear_slot)};
    int rc = 0;

    g_ptr_array_add(c.dicts, (gpointer)dict);
    for (guint i = 0; i < types->len && rc == 0; i++) {
        const struct doc_struct *type = types->pdata[i];

        rc = collect(&c, type->fields, type->n_fields, dict, NULL);
    }
    if (rc == 0)
        rc = check_keys(&c);
    if (rc == 0 && !slot)
        put_namespaces(&c);
    inherit_namespace(&c, slot);
    if (rc == 0)
        rc = put_slots(&c, put_attribute_slot);
    g_string_append_c(w->out, '>');
    if (rc == 0)
        rc = put_slots(&c, put_child_slot);
    close_tag(w, name, slot);
    g_ptr_array_unref(c.dicts);
    g_ptr_array_unref(c.names);
    g_hash_table_unref(c.known);
    g_ptr_array_unref(c.slots);
    return rc;
}

char *documents_to_xml(const struct bind_site *site, const struct doc_kind *kind,
                       const bind_value *document, bind_value *refused)
{
    struct writer w = {site, refused, g_string_new(NULL), g_string_new(NULL)};
    g_autoptr(GPtrArray) types = g_ptr_array_new();
    int rc;

    g_ptr_array_add(types, (gpointer)kind->root);
    g_string_append_printf(w.out, "<%s", kind->element);
    if (document && is_dict(document))
        rc = put_content(&w, kind->element, NULL, document, types);
    else
        rc = refuse_type(&w, "a dictionary", document);
    g_string_free(w.path, TRUE);
    return g_string_free(w.out, rc < 0);
}
