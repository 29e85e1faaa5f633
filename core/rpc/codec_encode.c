/* From structures to bytes. */
#include "core/rpc/codec_private.h"

#include "core/rpc/message.h"
#include "wire.h"

static gboolean put_fields(struct xdr_out *out, unsigned int type, const void *value);

static gboolean put_text(struct xdr_out *out, const struct wire_field *field, const char *text)
{
    if (field->flags & WIRE_NULLABLE) {
        if (!xdr_put_u32(out, text != NULL))
            return FALSE;
        if (!text)
            return TRUE;
    }
    if (!text) {
        if (!(field->flags & WIRE_BLANK))
            return xdr_fault(&out->fault, XDR_MISSING, 0, 0);
        text = "";
    }
    return xdr_put_counted(out, text, strlen(text), field->max);
}

static gboolean put_text_buffer(struct xdr_out *out, const struct wire_field *field,
                                const void *value)
{
    const char *text = CONST_AT(value, field->offset, char);
    return xdr_put_counted(out, text, strnlen(text, field->room), field->max);
}

static gboolean put_uuid(struct xdr_out *out, const struct wire_field *field, const void *value)
{
    const guint8 *uuid = *CONST_AT(value, field->offset, guint8 *);
    if (!uuid)
        return xdr_fault(&out->fault, XDR_MISSING, 0, 0);
    return xdr_put_bytes(out, uuid, 16);
}

static gboolean put_chars(struct xdr_out *out, const char *chars, size_t n)
{
    guint8 *room = xdr_put_room(out, n * 4);
    if (!room)
        return FALSE;
    for (size_t i = 0; i < n; i++)
        xdr_store_u32(room + i * 4, (guint32)(signed char)chars[i]);
    return TRUE;
}

/* How many elements follow, and where they are: NULL only where there are none. */
static gboolean put_count(struct xdr_out *out, const struct wire_field *field, const void *value,
                          size_t *ret_count)
{
    size_t count = wire_get_count(field, value);
    if (count > field->max)
        return xdr_fault(&out->fault, XDR_LONG, count, field->max);
    if (count > 0 && !*CONST_AT(value, field->offset, void *))
        return xdr_fault(&out->fault, XDR_MISSING, 0, 0);
    *ret_count = count;
    return xdr_put_u32(out, (guint32)count);
}

static gboolean put_char_list(struct xdr_out *out, const struct wire_field *field,
                              const void *value)
{
    size_t n;
    return put_count(out, field, value, &n) &&
           put_chars(out, *CONST_AT(value, field->offset, char *), n);
}

static gboolean put_char_list_buffer(struct xdr_out *out, const struct wire_field *field,
                                     const void *value)
{
    const char *text = CONST_AT(value, field->offset, char);
    size_t n = strnlen(text, field->room) + 1;
    if (n > field->max)
        return xdr_fault(&out->fault, XDR_LONG, n, field->max);
    return xdr_put_u32(out, (guint32)n) && put_chars(out, text, n);
}

static gboolean put_bytes(struct xdr_out *out, const struct wire_field *field, const void *value)
{
    size_t n;
    return put_count(out, field, value, &n) &&
           xdr_put_bytes(out, *CONST_AT(value, field->offset, void *), n);
}

static gboolean put_optional(struct xdr_out *out, const struct wire_field *field, const void *value)
{
    const void *record = *CONST_AT(value, field->offset, void *);
    return xdr_put_u32(out, record != NULL) && (!record || put_fields(out, field->type, record));
}

static gboolean put_records(struct xdr_out *out, const struct wire_field *field, const void *value)
{
    size_t size = wire_types[field->type].size, n;
    const char *record;
    if (!put_count(out, field, value, &n))
        return FALSE;
    record = *CONST_AT(value, field->offset, char *);
    for (size_t i = 0; i < n; i++, record += size) {
        if (!put_fields(out, field->type, record))
            return FALSE;
    }
    return TRUE;
}

static gboolean put_record_pointers(struct xdr_out *out, const struct wire_field *field,
                                    const void *value)
{
    const void *const *records;
    size_t n;
    if (!put_count(out, field, value, &n))
        return FALSE;
    records = *CONST_AT(value, field->offset, void **);
    for (size_t i = 0; i < n; i++) {
        if (!records[i])
            return xdr_fault(&out->fault, XDR_MISSING, 0, 0);
        if (!put_fields(out, field->type, records[i]))
            return FALSE;
    }
    return TRUE;
}

static gboolean put_numbers(struct xdr_out *out, const struct wire_field *field, const void *value)
{
    size_t width = field->kind == WIRE_I32S ? 4 : 8, n;
    const char *from;
    guint8 *room;
    if (!put_count(out, field, value, &n) || !(room = xdr_put_room(out, n * width)))
        return FALSE;
    from = *CONST_AT(value, field->offset, char *);
    for (size_t i = 0; i < n; i++, room += width, from += width) {
        if (width == 4)
            xdr_store_u32(room, *CONST_AT(from, 0, guint32));
        else
            xdr_store_u64(room, *CONST_AT(from, 0, guint64));
    }
    return TRUE;
}

static gboolean put_strings(struct xdr_out *out, const struct wire_field *field, const void *value)
{
    static const struct wire_field each = {.kind = WIRE_STRING, .max = WIRE_STRING_MAX};
    const char *const *strings;
    size_t n;
    if (!put_count(out, field, value, &n))
        return FALSE;
    strings = *CONST_AT(value, field->offset, char **);
    for (size_t i = 0; i < n; i++) {
        if (!put_text(out, &each, strings[i]))
            return FALSE;
    }
    return TRUE;
}

typedef gboolean (*put_function)(struct xdr_out *, const struct wire_field *, const void *);

static gboolean put_char_buffer(struct xdr_out *out, const struct wire_field *field,
                                const void *value)
{
    return put_chars(out, CONST_AT(value, field->offset, char), field->room);
}

static const put_function put_functions[] = {
    [WIRE_STRING_BUFFER] = put_text_buffer,
    [WIRE_BYTES] = put_bytes,
    [WIRE_CHARS] = put_char_buffer,
    [WIRE_CHAR_LIST] = put_char_list,
    [WIRE_CHAR_LIST_BUFFER] = put_char_list_buffer,
    [WIRE_RECORD_OPTIONAL] = put_optional,
    [WIRE_RECORDS] = put_records,
    [WIRE_RECORD_POINTERS] = put_record_pointers,
    [WIRE_I32S] = put_numbers,
    [WIRE_I64S] = put_numbers,
    [WIRE_STRINGS] = put_strings,
    [WIRE_PARAMS] = wire_put_params,
};

/* An int that has to be of a smaller type, which would be cut to something else. */
static gboolean put_narrow(struct xdr_out *out, int value, int least, int most)
{
    if (value < least || value > most)
        return xdr_fault(&out->fault, XDR_RANGE, (guint64)value, (guint64)most);
    return xdr_put_u32(out, (guint32)value);
}

/* What most messages are made of goes without a call through a pointer. */
static gboolean put_field(struct xdr_out *out, const struct wire_field *field, const void *value)
{
    switch (field->kind) {
    case WIRE_I32:
        return xdr_put_u32(out, *CONST_AT(value, field->offset, guint32));
    case WIRE_I64:
        return xdr_put_u64(out, *CONST_AT(value, field->offset, guint64));
    case WIRE_U8:
        return xdr_put_u32(out, *CONST_AT(value, field->offset, guint8));
    case WIRE_I8:
        return xdr_put_u32(out, (guint32)*CONST_AT(value, field->offset, gint8));
    case WIRE_U16:
        return xdr_put_u32(out, *CONST_AT(value, field->offset, guint16));
    case WIRE_U8_INT:
        return put_narrow(out, *CONST_AT(value, field->offset, int), 0, G_MAXUINT8);
    case WIRE_I8_INT:
        return put_narrow(out, *CONST_AT(value, field->offset, int), G_MININT8, G_MAXINT8);
    case WIRE_STRING:
        return put_text(out, field, *CONST_AT(value, field->offset, char *));
    case WIRE_UUID:
        return put_uuid(out, field, value);
    case WIRE_RECORD:
        return put_fields(out, field->type, CONST_AT(value, field->offset, char));
    default:
        return put_functions[field->kind](out, field, value);
    }
}

static gboolean put_fields(struct xdr_out *out, unsigned int type, const void *value)
{
    const struct wire_field *field = wire_fields + wire_types[type].first;
    const struct wire_field *end = field + wire_types[type].fields;
    for (; field < end; field++) {
        if (G_UNLIKELY(!put_field(out, field, value))) {
            if (!out->fault.name)
                out->fault.name = wire_names + field->name;
            return FALSE;
        }
    }
    return TRUE;
}

int wire_encode(struct xdr_out *out, unsigned int type, const void *value)
{
    if (put_fields(out, type, value))
        return 0;
    return wire_report(&out->fault, type, "cannot be sent");
}

int wire_append(GByteArray *array, unsigned int type, const void *value)
{
    struct xdr_out out;
    xdr_out_begin(&out, array, RPC_MESSAGE_MAX - RPC_HEADER_BYTES);
    if (wire_encode(&out, type, value) < 0) {
        xdr_out_drop(&out);
        return -1;
    }
    xdr_out_end(&out);
    return 0;
}
