/* From a C struct to XML text: appended straight to the output, no tree in between. */
#include "core/conf/doc/engine.h"

struct writer {
    GString *out;
    unsigned flags;
    unsigned depth;
    const char *prefix; /* of the foreign namespace being printed, or NULL */
};

static void put_element(struct writer *w, const struct doc_field *field, const char *base,
                        const struct frame *up);
static void put_children(struct writer *w, const struct doc_field *fields, unsigned n,
                         const struct frame *frame);

/* ---- text */

static inline void put(struct writer *w, const char *text, size_t length)
{
    GString *out = w->out;

    if (out->len + length >= out->allocated_len) {
        g_string_append_len(out, text, (gssize)length);
        return;
    }
    memcpy(out->str + out->len, text, length);
    out->len += length;
}

#define PUT(w, literal) put(w, literal, sizeof(literal) - 1)

static inline void put_text(struct writer *w, const char *text)
{
    put(w, text, strlen(text));
}

static void put_indent(struct writer *w)
{
    static const char spaces[] = "                                ";
    unsigned left = w->depth * 2;

    while (left > 0) {
        unsigned n = MIN(left, (unsigned)sizeof(spaces) - 1);

        put(w, spaces, n);
        left -= n;
    }
}

/* Characters that need an entity; control characters that XML cannot hold are dropped. */
static const uint8_t special[256] = {
    [1 ... 31] = 1, ['&'] = 1, ['<'] = 1, ['>'] = 1, ['"'] = 1, ['\''] = 1,
};

static void put_special(struct writer *w, char c, bool attribute)
{
    switch (c) {
    case '&':
        PUT(w, "&amp;");
        break;
    case '<':
        PUT(w, "&lt;");
        break;
    case '>':
        PUT(w, "&gt;");
        break;
    case '"':
        PUT(w, "&quot;");
        break;
    case '\'':
        PUT(w, "&apos;");
        break;
    case '\r':
        PUT(w, "&#13;");
        break;
    case '\n':
    case '\t':
        /* Reading an attribute turns these into spaces unless they are spelled out. */
        if (attribute && c == '\n')
            PUT(w, "&#10;");
        else if (attribute)
            PUT(w, "&#9;");
        else
            put(w, &c, 1);
        break;
    default:
        break;
    }
}

static void put_escaped(struct writer *w, const char *text, bool attribute)
{
    for (;;) {
        const char *start = text;

        while (*text && !special[(unsigned char)*text])
            text++;
        put(w, start, text - start);
        if (!*text)
            return;
        put_special(w, *text++, attribute);
    }
}

static void put_attribute(struct writer *w, const char *name, const char *value)
{
    PUT(w, " ");
    put_text(w, name);
    PUT(w, "='");
    put_escaped(w, value, true);
    PUT(w, "'");
}

static void put_name(struct writer *w, const char *name)
{
    if (w->prefix) {
        put_text(w, w->prefix);
        PUT(w, ":");
    }
    put_text(w, name);
}

/* ---- what is printed at all */

static bool shown(const struct writer *w, const struct doc_field *field)
{
    uint32_t only =
        field->flags & (DOC_ONLY_INPUT | DOC_ONLY_LIVE | DOC_ONLY_SECURE | DOC_ONLY_STATUS);

    if (!only)
        return true;
    if (only & DOC_ONLY_INPUT)
        return false;
    if (only & DOC_ONLY_LIVE && w->flags & DOC_INACTIVE)
        return false;
    if (only & DOC_ONLY_SECURE && !(w->flags & DOC_SECURE))
        return false;
    return !(only & DOC_ONLY_STATUS) || w->flags & DOC_STATUS;
}

/* An embedded struct of zeroes is an element left out. */
static bool all_zero(const char *base, size_t size)
{
    return size == 0 || (*base == 0 && memcmp(base, base + 1, size - 1) == 0);
}

/* ---- attributes */

static void put_scalar_attribute(struct writer *w, const struct doc_field *field, const char *base)
{
    char buffer[32];
    const char *unit, *text = doc_scalar_text(field, base, NULL, buffer, &unit);

    if (!text)
        return;
    put_attribute(w, field->name, text);
    if (unit)
        put_attribute(w, field->rule->unit_attribute, unit);
}

static void put_namespace_declaration(struct writer *w, const struct doc_namespace *space,
                                      const struct frame *frame)
{
    if (all_zero(frame->base + space->offset, space->size))
        return;
    PUT(w, " xmlns:");
    put_text(w, space->prefix);
    PUT(w, "='");
    put_escaped(w, space->uri, true);
    PUT(w, "'");
}

static void put_attributes(struct writer *w, const struct doc_field *fields, unsigned n,
                           const struct frame *frame)
{
    for (unsigned i = 0; i < n; i++) {
        const struct doc_field *field = &fields[i];
        const struct doc_when *when = field->detail;

        if (field->place == DOC_ATTRIBUTE && shown(w, field))
            put_scalar_attribute(w, field, frame->base);
        else if (field->place == DOC_WHEN && doc_when_applies(when, frame))
            put_attributes(w, when->fields, when->n_fields, frame);
        else if (field->place == DOC_NAMESPACE)
            put_namespace_declaration(w, field->detail, frame);
    }
}

/* ---- elements */

static void put_where(struct writer *w, const struct doc_field *field)
{
    if (field->flags & DOC_WHERE && field->rule->where_value)
        put_attribute(w, field->rule->where, field->rule->where_value);
}

static void put_scalar_element(struct writer *w, const struct doc_field *field, const char *base,
                               const char *item)
{
    char buffer[32];
    const char *unit = NULL, *text = NULL;

    if (field->type == DOC_FLAG ? !*(const bool *)(base + field->offset)
                                : !(text = doc_scalar_text(field, base, item, buffer, &unit)))
        return;
    put_indent(w);
    if (field->type == DOC_XML) {
        put_text(w, text);
        PUT(w, "\n");
        return;
    }
    PUT(w, "<");
    put_name(w, field->name);
    put_where(w, field);
    if (field->type == DOC_FLAG) {
        PUT(w, "/>\n");
        return;
    }
    if (unit)
        put_attribute(w, field->rule->unit_attribute, unit);
    PUT(w, ">");
    put_escaped(w, text, false);
    PUT(w, "</");
    put_name(w, field->name);
    PUT(w, ">\n");
}

static const struct doc_field *own_text(const struct doc_field *fields, unsigned n,
                                        const struct frame *frame)
{
    for (unsigned i = 0; i < n; i++) {
        const struct doc_when *when = fields[i].detail;
        const struct doc_field *inner;

        if (fields[i].place == DOC_TEXT)
            return &fields[i];
        if (fields[i].place == DOC_WHEN && doc_when_applies(when, frame) &&
            (inner = own_text(when->fields, when->n_fields, frame)))
            return inner;
    }
    return NULL;
}

/* Whether the start tag got text of its own; the unit goes into the tag. */
static bool put_own_text(struct writer *w, const struct doc_struct *type, const struct frame *frame)
{
    const struct doc_field *field = own_text(type->fields, type->n_fields, frame);
    char buffer[32];
    const char *unit,
        *text = field ? doc_scalar_text(field, frame->base, NULL, buffer, &unit) : NULL;

    if (!text)
        return false;
    if (unit)
        put_attribute(w, field->rule->unit_attribute, unit);
    PUT(w, ">");
    put_escaped(w, text, false);
    return true;
}

static void put_end(struct writer *w, const char *name)
{
    PUT(w, "</");
    put_name(w, name);
    PUT(w, ">\n");
}

/* The tag is printed first and taken back if nothing came to stand in it. */
static void put_struct(struct writer *w, const struct doc_field *field,
                       const struct doc_struct *type, const struct frame *frame,
                       const struct doc_any *any, uint32_t keep)
{
    size_t start = w->out->len, tag, content;

    put_indent(w);
    PUT(w, "<");
    put_name(w, field->name);
    put_where(w, field);
    if (any && any->negate &&
        *(const uint8_t *)(frame->up->base + any->negate_offset) == TRISTATE_NO)
        put_attribute(w, any->negate, "no");
    tag = w->out->len;
    put_attributes(w, type->fields, type->n_fields, frame);
    content = w->out->len;
    if (put_own_text(w, type, frame)) {
        put_end(w, field->name);
        return;
    }
    PUT(w, ">\n");
    w->depth++;
    put_children(w, type->fields, type->n_fields, frame);
    w->depth--;
    if (w->out->len > content + 2) {
        put_indent(w);
        put_end(w, field->name);
    } else if (content == tag && !keep) {
        w->out->len = start;
    } else if (keep & DOC_KEEP_OPEN) {
        put_indent(w);
        put_end(w, field->name);
    } else {
        w->out->len = content;
        PUT(w, "/>\n");
    }
}

static void put_element(struct writer *w, const struct doc_field *field, const char *base,
                        const struct frame *up)
{
    const struct doc_struct *type = field->detail;
    struct frame frame = {(char *)base, NULL, NULL, up};

    put_struct(w, field, type, &frame, NULL, field->flags & (DOC_KEEP | DOC_KEEP_OPEN));
}

static void put_child(struct writer *w, const struct doc_field *field, const struct frame *frame)
{
    const struct doc_struct *type = field->detail;
    const char *base = frame->base + field->offset;

    if (field->type != DOC_STRUCT) {
        put_scalar_element(w, field, frame->base, NULL);
        return;
    }
    if (field->flags & DOC_BY_POINTER)
        base = *(char *const *)base;
    else if (!(field->flags & DOC_ALWAYS) && all_zero(base, type->layout->size))
        base = NULL;
    if (base)
        put_element(w, field, base, frame);
}

static void put_list(struct writer *w, const struct doc_field *field, const struct frame *frame)
{
    size_t n = *(const size_t *)(frame->base + field->other);
    const char *item = *(char *const *)(frame->base + field->offset);
    const struct doc_struct *type = field->detail;

    for (size_t i = 0; i < n; i++) {
        if (field->type == DOC_STRUCT) {
            put_element(w, field, item, frame);
            item += type->layout->size;
        } else {
            put_scalar_element(w, field, frame->base, item);
            item += field->size;
        }
    }
}

static void put_any(struct writer *w, const struct doc_field *field, const struct frame *frame)
{
    const struct doc_any *any = field->detail;
    size_t n = *(const size_t *)(frame->base + field->other);
    char *item = *(char *const *)(frame->base + field->offset);

    for (; n > 0; n--, item += any->layout->size) {
        struct frame at = {item, NULL, NULL, frame};

        for (unsigned i = 0; i < any->n_fields; i++) {
            const struct doc_field *one = &any->fields[i];
            struct frame inner = {*(char *const *)(item + one->offset), NULL, NULL, &at};

            if (inner.base)
                put_struct(w, one, one->detail, &inner, any,
                           one->flags & (DOC_KEEP | DOC_KEEP_OPEN));
        }
    }
}

static void put_namespace(struct writer *w, const struct doc_namespace *space,
                          const struct frame *frame)
{
    if (all_zero(frame->base + space->offset, space->size))
        return;
    w->prefix = space->prefix;
    put_children(w, space->fields, space->n_fields, frame);
    w->prefix = NULL;
}

static void put_children(struct writer *w, const struct doc_field *fields, unsigned n,
                         const struct frame *frame)
{
    for (unsigned i = 0; i < n; i++) {
        const struct doc_field *field = &fields[i];
        const struct doc_when *when = field->detail;

        if (field->place == DOC_WHEN) {
            if (doc_when_applies(when, frame))
                put_children(w, when->fields, when->n_fields, frame);
        } else if (field->place == DOC_NAMESPACE) {
            put_namespace(w, field->detail, frame);
        } else if (!shown(w, field)) {
            continue;
        } else if (field->place == DOC_ELEMENT) {
            put_child(w, field, frame);
        } else if (field->place == DOC_LIST) {
            put_list(w, field, frame);
        } else if (field->place == DOC_ANY) {
            put_any(w, field, frame);
        }
    }
}

/* ---- entry points */

static char *format_plain(const struct doc_kind *kind, const void *def, unsigned flags)
{
    struct writer w = {g_string_sized_new(4096), flags, 0, NULL};
    struct doc_field root = {.name = kind->element,
                             .place = DOC_ELEMENT,
                             .type = DOC_STRUCT,
                             .flags = kind->flags,
                             .detail = kind->root};

    /* A root with nothing in it is still the document. */
    if (!(root.flags & DOC_KEEP_OPEN))
        root.flags |= DOC_KEEP;
    put_element(&w, &root, def, NULL);
    w.out->str[w.out->len] = '\0';
    return g_string_free(w.out, FALSE);
}

char *doc_format(const struct doc_kind *kind, const void *def, unsigned flags)
{
    struct doc_call call = {.ctx = &(const struct doc_context){0}, .flags = flags};
    void *copy;
    char *text = NULL;

    if (!(flags & DOC_MIGRATABLE) || !*kind->migratable)
        return format_plain(kind, def, flags);
    copy = doc_copy(kind->root->layout, def);
    if ((*kind->migratable)(copy, &call) == 0)
        text = format_plain(kind, copy, flags);
    doc_free(kind->root->layout, copy);
    return text;
}

int doc_format_part(GString *out, const struct doc_field *field, const void *part, unsigned flags)
{
    struct writer w = {out, flags, 0, NULL};

    put_element(&w, field, part, NULL);
    out->str[out->len] = '\0';
    return 0;
}
