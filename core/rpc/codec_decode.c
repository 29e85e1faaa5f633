/* From bytes to structures. A count is let through only if the rest of the message can hold as many
 * elements, so what is allocated is at most a small multiple of what has arrived. */
#include "core/rpc/codec_private.h"

#include "wire.h"

static gboolean get_fields(struct xdr_in *in, unsigned int type, void *value, gboolean owned);

static gboolean get_text(struct xdr_in *in, guint32 max, gboolean owned, char **ret_text)
{
    size_t length;
    char *text = xdr_get_string(in, max, &length);
    if (!text)
        return FALSE;
    *ret_text = owned ? g_memdup2(text, length + 1) : text;
    return TRUE;
}

static gboolean get_string(struct xdr_in *in, const struct wire_field *field, void *value,
                           gboolean owned)
{
    gboolean present = TRUE;
    if ((field->flags & WIRE_NULLABLE) && !xdr_get_present(in, &present))
        return FALSE;
    return !present || get_text(in, field->max, owned, AT(value, field->offset, char *));
}

static gboolean get_string_buffer(struct xdr_in *in, const struct wire_field *field, void *value,
                                  G_GNUC_UNUSED gboolean owned)
{
    size_t length;
    const char *text = xdr_get_string(in, field->max, &length);
    if (!text)
        return FALSE;
    if (length >= field->room)
        return xdr_fault(&in->fault, XDR_LONG, length, field->room - 1u);
    memcpy(AT(value, field->offset, char), text, length + 1);
    return TRUE;
}

static gboolean get_uuid(struct xdr_in *in, const struct wire_field *field, void *value)
{
    const guint8 *uuid = xdr_get_bytes(in, 16);
    *AT(value, field->offset, const guint8 *) = uuid;
    return uuid != NULL;
}

static gboolean get_bytes(struct xdr_in *in, const struct wire_field *field, void *value,
                          gboolean owned)
{
    guint32 n;
    guint8 *bytes;
    if (!xdr_get_count(in, field->max, 1, &n) || !(bytes = xdr_get_bytes(in, n)))
        return FALSE;
    if (n > 0)
        *AT(value, field->offset, void *) = owned ? g_memdup2(bytes, n) : bytes;
    wire_set_count(field, value, n);
    return TRUE;
}

static gboolean get_narrow(struct xdr_in *in, int least, int most, int *ret_value)
{
    guint32 word;
    if (!xdr_get_u32(in, &word))
        return FALSE;
    if ((int)word < least || (int)word > most)
        return xdr_fault(&in->fault, XDR_RANGE, word, (guint64)most);
    *ret_value = (int)word;
    return TRUE;
}

static gboolean get_chars(struct xdr_in *in, char *chars, size_t n)
{
    const guint8 *words = xdr_get_bytes(in, n * 4);
    if (!words)
        return FALSE;
    for (size_t i = 0; i < n; i++)
        chars[i] = (char)xdr_load_u32(words + i * 4);
    return TRUE;
}

static gboolean get_char_buffer(struct xdr_in *in, const struct wire_field *field, void *value,
                                G_GNUC_UNUSED gboolean owned)
{
    char *chars = AT(value, field->offset, char);
    if (!get_chars(in, chars, field->room))
        return FALSE;
    /* the wire may use the last one for a character; our callers take it for a string */
    chars[field->room - 1] = '\0';
    return TRUE;
}

static gboolean get_char_list(struct xdr_in *in, const struct wire_field *field, void *value,
                              G_GNUC_UNUSED gboolean owned)
{
    char *chars;
    guint32 n;
    if (!xdr_get_count(in, field->max, 4, &n))
        return FALSE;
    if (n == 0)
        return TRUE;
    chars = *AT(value, field->offset, char *) = g_malloc(n);
    wire_set_count(field, value, n);
    return get_chars(in, chars, n);
}

static gboolean get_char_list_buffer(struct xdr_in *in, const struct wire_field *field, void *value,
                                     G_GNUC_UNUSED gboolean owned)
{
    char *chars = AT(value, field->offset, char);
    guint32 n;
    if (!xdr_get_count(in, MIN(field->max, field->room), 4, &n) || !get_chars(in, chars, n))
        return FALSE;
    chars[MIN(n, field->room - 1u)] = '\0';
    return TRUE;
}

static gboolean get_optional(struct xdr_in *in, const struct wire_field *field, void *value,
                             gboolean owned)
{
    gboolean present;
    if (!xdr_get_present(in, &present))
        return FALSE;
    if (!present)
        return TRUE;
    *AT(value, field->offset, void *) = g_malloc0(wire_types[field->type].size);
    return get_fields(in, field->type, *AT(value, field->offset, void *), owned);
}

/* Records, by value or behind pointers; the count grows with them, for clearing what there is. */
static gboolean get_records(struct xdr_in *in, const struct wire_field *field, void *value,
                            gboolean owned)
{
    const struct wire_type *type = wire_types + field->type;
    gboolean pointers = field->kind == WIRE_RECORD_POINTERS;
    char *records;
    guint32 n;
    if (!xdr_get_count(in, field->max, type->least, &n))
        return FALSE;
    if (n == 0)
        return TRUE;
    records = pointers ? (char *)g_new0(void *, n + 1) : g_malloc0_n(n, type->size);
    *AT(value, field->offset, char *) = records;
    for (guint32 i = 0; i < n; i++) {
        void *record = pointers ? g_malloc0(type->size) : records + (size_t)i * type->size;
        if (pointers)
            ((void **)records)[i] = record;
        wire_set_count(field, value, i + 1);
        if (!get_fields(in, field->type, record, owned))
            return FALSE;
    }
    return TRUE;
}

static gboolean get_numbers(struct xdr_in *in, const struct wire_field *field, void *value,
                            G_GNUC_UNUSED gboolean owned)
{
    size_t width = field->kind == WIRE_I32S ? 4 : 8;
    const guint8 *from;
    char *to;
    guint32 n;
    if (!xdr_get_count(in, field->max, width, &n) || !(from = xdr_get_bytes(in, n * width)))
        return FALSE;
    if (n == 0)
        return TRUE;
    to = *AT(value, field->offset, char *) = g_malloc_n(n, width);
    wire_set_count(field, value, n);
    for (guint32 i = 0; i < n; i++, from += width, to += width) {
        if (width == 4)
            *AT(to, 0, guint32) = xdr_load_u32(from);
        else
            *AT(to, 0, guint64) = xdr_load_u64(from);
    }
    return TRUE;
}

static gboolean get_strings(struct xdr_in *in, const struct wire_field *field, void *value,
                            gboolean owned)
{
    char **strings;
    guint32 n;
    if (!xdr_get_count(in, field->max, 4, &n))
        return FALSE;
    if (n == 0)
        return TRUE;
    strings = *AT(value, field->offset, char **) = g_new0(char *, n + 1);
    wire_set_count(field, value, n);
    for (guint32 i = 0; i < n; i++) {
        if (!get_text(in, WIRE_STRING_MAX, owned, strings + i))
            return FALSE;
    }
    return TRUE;
}

typedef gboolean (*get_function)(struct xdr_in *, const struct wire_field *, void *, gboolean);

static const get_function get_functions[] = {
    [WIRE_STRING_BUFFER] = get_string_buffer,
    [WIRE_BYTES] = get_bytes,
    [WIRE_CHARS] = get_char_buffer,
    [WIRE_CHAR_LIST] = get_char_list,
    [WIRE_CHAR_LIST_BUFFER] = get_char_list_buffer,
    [WIRE_RECORD_OPTIONAL] = get_optional,
    [WIRE_RECORDS] = get_records,
    [WIRE_RECORD_POINTERS] = get_records,
    [WIRE_I32S] = get_numbers,
    [WIRE_I64S] = get_numbers,
    [WIRE_STRINGS] = get_strings,
    [WIRE_PARAMS] = wire_get_params,
};

static gboolean get_small(struct xdr_in *in, const struct wire_field *field, void *value)
{
    void *to = AT(value, field->offset, char);
    int number;
    switch (field->kind) {
    case WIRE_U8:
        if (!get_narrow(in, 0, G_MAXUINT8, &number))
            return FALSE;
        *(guint8 *)to = (guint8)number;
        return TRUE;
    case WIRE_I8:
        if (!get_narrow(in, G_MININT8, G_MAXINT8, &number))
            return FALSE;
        *(gint8 *)to = (gint8)number;
        return TRUE;
    case WIRE_U16:
        if (!get_narrow(in, 0, G_MAXUINT16, &number))
            return FALSE;
        *(guint16 *)to = (guint16)number;
        return TRUE;
    case WIRE_U8_INT:
        return get_narrow(in, 0, G_MAXUINT8, to);
    default:
        return get_narrow(in, G_MININT8, G_MAXINT8, to);
    }
}

/* What most messages are made of goes without a call through a pointer. */
static gboolean get_field(struct xdr_in *in, const struct wire_field *field, void *value,
                          gboolean owned)
{
    owned = owned && !(field->flags & WIRE_BORROWED);
    switch (field->kind) {
    case WIRE_I32:
        return xdr_get_u32(in, AT(value, field->offset, guint32));
    case WIRE_I64:
        return xdr_get_u64(in, AT(value, field->offset, guint64));
    case WIRE_STRING:
        return get_string(in, field, value, owned);
    case WIRE_UUID:
        return get_uuid(in, field, value);
    case WIRE_RECORD:
        return get_fields(in, field->type, AT(value, field->offset, char), owned);
    default:
        if (field->kind < WIRE_STRING)
            return get_small(in, field, value);
        return get_functions[field->kind](in, field, value, owned);
    }
}

static gboolean get_fields(struct xdr_in *in, unsigned int type, void *value, gboolean owned)
{
    const struct wire_field *field = wire_fields + wire_types[type].first;
    const struct wire_field *end = field + wire_types[type].fields;
    for (; field < end; field++) {
        if (G_UNLIKELY(!get_field(in, field, value, owned))) {
            if (!in->fault.name)
                in->fault.name = wire_names + field->name;
            return FALSE;
        }
    }
    return TRUE;
}

int wire_decode(struct xdr_in *in, unsigned int type, void *value)
{
    /* clearing after a failure, and absent options, count on zeroes */
    if (wire_types[type].size > 0)
        memset(value, 0, wire_types[type].size);
    if (get_fields(in, type, value, wire_types[type].owned))
        return 0;
    wire_clear(type, value);
    return wire_report(&in->fault, type, "is malformed");
}
