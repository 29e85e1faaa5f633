/* From a document's C struct to a tree: what printing would show, under the names of the tables. */
#include "bindings/documents.h"

static void take_fields(const struct doc_field *fields, unsigned n, const struct doc_frame *place,
                        unsigned flags, bind_value *dict);

/* ---- dictionaries */

static bind_value *find(const bind_value *dict, const char *key)
{
    for (size_t i = 0; i < dict->n; i++) {
        if (!strcmp(dict->items[2 * i].s, key))
            return &dict->items[2 * i + 1];
    }
    return NULL;
}

/* Takes the value over. Blocks that share a name add to the same dictionary. */
static void add(bind_value *dict, const char *key, bind_value value)
{
    bind_value *there = find(dict, key);

    if (!there) {
        dict->items = g_renew(bind_value, dict->items, 2 * (dict->n + 1));
        dict->items[2 * dict->n] = bind_borrow_string(key);
        dict->items[2 * dict->n + 1] = value;
        dict->n++;
        return;
    }
    for (size_t i = 0; value.kind == BIND_DICT && there->kind == BIND_DICT && i < value.n; i++) {
        add(there, value.items[2 * i].s, value.items[2 * i + 1]);
        value.items[2 * i + 1] = bind_null();
    }
    bind_clear(&value);
}

/* ---- scalars */

static uint64_t load(const char *at, unsigned size)
{
    if (size == 1)
        return *(const uint8_t *)at;
    return size == 8 ? *(const uint64_t *)at : *(const uint32_t *)at;
}

static bind_value word(const struct doc_field *field, unsigned value)
{
    const struct doc_words *words = field->detail;

    if (doc_is_truth(field))
        return bind_bool(value == TRISTATE_YES);
    return bind_borrow_string(words->names[value]);
}

static bind_value scalar(const struct doc_field *field, const char *at)
{
    if (field->type >= DOC_STRING)
        return bind_copy_string(*(char *const *)at);
    if (field->type == DOC_WORD)
        return word(field, *(const uint8_t *)at);
    if (field->type == DOC_SIGNED)
        return bind_int(field->size == 8 ? *(const int64_t *)at : *(const int32_t *)at);
    return bind_uint(load(at, field->size));
}

static void take_scalar(const struct doc_field *field, const char *base, bind_value *dict)
{
    const char *at = base + field->offset;

    if (field->type == DOC_FLAG) {
        if (*(const bool *)at)
            add(dict, doc_key(field), bind_bool(true));
    } else if (!doc_is_absent(field, base)) {
        add(dict, doc_key(field), scalar(field, at));
    }
}

/* ---- elements */

static bool all_zero(const char *base, size_t size)
{
    return size == 0 || (*base == 0 && memcmp(base, base + 1, size - 1) == 0);
}

/* An empty element is there only if that has a meaning. */
static bool take_struct(const struct doc_field *field, const char *base, const struct doc_frame *up,
                        unsigned flags, bind_value *dict)
{
    const struct doc_struct *type = field->detail;
    const struct doc_frame place = {base, up};

    *dict = bind_container(BIND_DICT, 0);
    take_fields(type->fields, type->n_fields, &place, flags, dict);
    if (dict->n > 0 || field->flags & (DOC_KEEP | DOC_KEEP_OPEN))
        return true;
    bind_clear(dict);
    return false;
}

static void take_element(const struct doc_field *field, const struct doc_frame *place,
                         unsigned flags, bind_value *dict)
{
    const struct doc_struct *type = field->detail;
    const char *base = place->base + field->offset;
    bind_value inner;

    if (field->type != DOC_STRUCT) {
        take_scalar(field, place->base, dict);
        return;
    }
    if (field->flags & DOC_BY_POINTER)
        base = *(char *const *)base;
    else if (!(field->flags & DOC_ALWAYS) && all_zero(base, type->layout->size))
        return;
    if (base && take_struct(field, base, place, flags, &inner))
        add(dict, doc_key(field), inner);
}

/* ---- lists */

static void take_list(const struct doc_field *field, const struct doc_frame *place, unsigned flags,
                      bind_value *dict)
{
    const struct doc_struct *type = field->detail;
    bool structs = field->type == DOC_STRUCT;
    size_t n = *(const size_t *)(place->base + field->other);
    size_t size = structs ? type->layout->size : field->size;
    const char *item = *(char *const *)(place->base + field->offset);
    bind_value list;

    if (n == 0)
        return;
    list = bind_container(BIND_LIST, n);
    list.n = 0;
    for (size_t i = 0; i < n; i++, item += size) {
        if (!structs)
            list.items[list.n++] = scalar(field, item);
        else if (take_struct(field, item, place, flags, &list.items[list.n]))
            list.n++;
    }
    add(dict, doc_key(field), list);
}

static void take_any_item(const struct doc_any *any, const char *item,
                          const struct doc_frame *place, unsigned flags, bind_value *dict)
{
    for (unsigned i = 0; i < any->n_fields; i++) {
        const char *base = *(char *const *)(item + any->fields[i].offset);
        bind_value inner;

        if (!base)
            continue;
        if (!take_struct(&any->fields[i], base, place, flags, &inner))
            inner = bind_container(BIND_DICT, 0);
        add(dict, doc_key(&any->fields[i]), inner);
    }
    if (any->negate && *(const uint8_t *)(item + any->negate_offset) == TRISTATE_NO)
        add(dict, any->negate, bind_bool(false));
}

static void take_any(const struct doc_field *field, const struct doc_frame *place, unsigned flags,
                     bind_value *dict)
{
    const struct doc_any *any = field->detail;
    size_t n = *(const size_t *)(place->base + field->other);
    const char *item = *(char *const *)(place->base + field->offset);
    bind_value list;

    if (n == 0)
        return;
    list = bind_container(BIND_LIST, n);
    for (size_t i = 0; i < n; i++, item += any->layout->size) {
        list.items[i] = bind_container(BIND_DICT, 0);
        take_any_item(any, item, place, flags, &list.items[i]);
    }
    add(dict, doc_key(field), list);
}

/* ---- structs */

static bool shown(const struct doc_field *field, unsigned flags)
{
    if (field->flags & (DOC_ONLY_INPUT | DOC_ONLY_STATUS))
        return false;
    return !(field->flags & DOC_ONLY_LIVE && flags & DOC_INACTIVE);
}

/* A block that has a name has a dictionary of its own. */
static void take_block(const struct doc_field *field, const struct doc_field *fields, unsigned n,
                       const struct doc_frame *place, unsigned flags, bind_value *dict)
{
    bind_value inner;

    if (!*doc_key(field)) {
        take_fields(fields, n, place, flags, dict);
        return;
    }
    inner = bind_container(BIND_DICT, 0);
    take_fields(fields, n, place, flags, &inner);
    if (inner.n > 0)
        add(dict, doc_key(field), inner);
    else
        bind_clear(&inner);
}

static void take_field(const struct doc_field *field, const struct doc_frame *place, unsigned flags,
                       bind_value *dict)
{
    const struct doc_when *when = field->detail;
    const struct doc_namespace *space = field->detail;

    switch (field->place) {
    case DOC_WHEN:
        if (doc_applies(when, place))
            take_block(field, when->fields, when->n_fields, place, flags, dict);
        break;
    case DOC_NAMESPACE:
        take_block(field, space->fields, space->n_fields, place, flags, dict);
        break;
    case DOC_HOOK:
        break;
    case DOC_LIST:
        take_list(field, place, flags, dict);
        break;
    case DOC_ANY:
        take_any(field, place, flags, dict);
        break;
    case DOC_ELEMENT:
        take_element(field, place, flags, dict);
        break;
    default:
        take_scalar(field, place->base, dict);
    }
}

static void take_fields(const struct doc_field *fields, unsigned n, const struct doc_frame *place,
                        unsigned flags, bind_value *dict)
{
    for (unsigned i = 0; i < n; i++) {
        if (shown(&fields[i], flags))
            take_field(&fields[i], place, flags, dict);
    }
}

bind_value documents_to_tree(const struct doc_kind *kind, const void *def, unsigned flags)
{
    const struct doc_frame place = {def, NULL};
    bind_value dict = bind_container(BIND_DICT, 0);

    take_fields(kind->root->fields, kind->root->n_fields, &place, flags, &dict);
    return dict;
}
