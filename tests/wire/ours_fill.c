/* Our structures, filled by our tables. */
#include "draw.h"
#include "wire.h"

#define AT(offset_, type_) ((type_ *)((char *)value + (offset_)))

static void set_count(const struct wire_field *field, void *value, guint32 n)
{
    if (field->flags & WIRE_COUNT64)
        *AT(field->count, size_t) = n;
    else
        *AT(field->count, unsigned int) = n;
}

static void *list(struct values *v, const struct wire_field *field, void *value, size_t size,
                  guint32 *ret_n)
{
    *ret_n = draw_count(v, field->max, 1);
    set_count(field, value, *ret_n);
    return *AT(field->offset, void *) = draw_zeroed(v, (*ret_n + 1) * size);
}

static char *string(struct values *v, const struct wire_field *field)
{
    if ((field->flags & WIRE_NULLABLE) && !draw_present(v))
        return NULL;
    return draw_string(v, WIRE_STRING_MAX);
}

static void fill_param(struct values *v, virTypedParameterPtr param)
{
    strcpy(param->field, draw_short_string(v, VIR_TYPED_PARAM_FIELD_LENGTH - 1));
    param->type = draw_type(v);
    switch (param->type) {
    case VIR_TYPED_PARAM_INT:
    case VIR_TYPED_PARAM_UINT:
        param->value.ui = draw_u32(v);
        break;
    case VIR_TYPED_PARAM_LLONG:
    case VIR_TYPED_PARAM_ULLONG:
        param->value.ul = draw_u64(v);
        break;
    case VIR_TYPED_PARAM_DOUBLE:
        param->value.d = draw_double(v);
        break;
    case VIR_TYPED_PARAM_BOOLEAN:
        param->value.b = (char)(draw_u32(v) & 1);
        break;
    default:
        param->value.s = draw_string(v, WIRE_STRING_MAX);
        break;
    }
}

static void fill_records(struct values *v, const struct wire_field *field, void *value)
{
    size_t size = wire_types[field->type].size;
    guint32 n;
    if (field->kind == WIRE_RECORDS) {
        char *records = list(v, field, value, size, &n);
        for (guint32 i = 0; i < n; i++)
            fill_ours(v, field->type, records + i * size);
        return;
    }
    void **pointers = list(v, field, value, sizeof(*pointers), &n);
    for (guint32 i = 0; i < n; i++)
        fill_ours(v, field->type, pointers[i] = draw_zeroed(v, size));
}

static void fill_list(struct values *v, const struct wire_field *field, void *value)
{
    guint32 n;
    void *items = NULL;
    switch (field->kind) {
    case WIRE_I32S:
        items = list(v, field, value, 4, &n);
        for (guint32 i = 0; i < n; i++)
            ((guint32 *)items)[i] = draw_u32(v);
        break;
    case WIRE_I64S:
        items = list(v, field, value, 8, &n);
        for (guint32 i = 0; i < n; i++)
            ((guint64 *)items)[i] = draw_u64(v);
        break;
    case WIRE_STRINGS:
        items = list(v, field, value, sizeof(char *), &n);
        for (guint32 i = 0; i < n; i++)
            ((char **)items)[i] = draw_string(v, WIRE_STRING_MAX);
        break;
    case WIRE_CHAR_LIST:
        items = list(v, field, value, 1, &n);
        for (guint32 i = 0; i < n; i++)
            ((char *)items)[i] = (signed char)draw_u32(v);
        break;
    default:
        items = list(v, field, value, sizeof(virTypedParameter), &n);
        for (guint32 i = 0; i < n; i++)
            fill_param(v, (virTypedParameterPtr)items + i);
        break;
    }
}

static void fill_number(struct values *v, const struct wire_field *field, void *value)
{
    switch (field->kind) {
    case WIRE_I32:
        *AT(field->offset, guint32) = draw_u32(v);
        break;
    case WIRE_I64:
        *AT(field->offset, guint64) = draw_u64(v);
        break;
    case WIRE_U8:
        *AT(field->offset, guint8) = (guint8)draw_u32(v);
        break;
    case WIRE_I8:
        *AT(field->offset, gint8) = (gint8)draw_u32(v);
        break;
    case WIRE_U8_INT:
        *AT(field->offset, int) = (guint8)draw_u32(v);
        break;
    case WIRE_I8_INT:
        *AT(field->offset, int) = (gint8)draw_u32(v);
        break;
    default:
        *AT(field->offset, guint16) = (guint16)draw_u32(v);
        break;
    }
}

static void fill_text(struct values *v, const struct wire_field *field, void *value)
{
    switch (field->kind) {
    case WIRE_STRING:
        *AT(field->offset, char *) = string(v, field);
        break;
    case WIRE_STRING_BUFFER:
        strcpy(AT(field->offset, char), draw_short_string(v, field->room - 1u));
        break;
    case WIRE_CHAR_LIST_BUFFER:
        strcpy(AT(field->offset, char), draw_short_string(v, field->max - 1u));
        break;
    default:
        draw_chars(v, AT(field->offset, char), field->room);
        break;
    }
}

static void fill_bytes(struct values *v, const struct wire_field *field, void *value)
{
    guint32 n = field->kind == WIRE_UUID ? 16 : draw_count(v, field->max, 0);
    if (field->kind == WIRE_BYTES)
        set_count(field, value, n);
    draw_bytes(v, *AT(field->offset, guint8 *) = draw_zeroed(v, n + 1), n);
}

static void fill_field(struct values *v, const struct wire_field *field, void *value)
{
    switch (field->kind) {
    case WIRE_STRING:
    case WIRE_STRING_BUFFER:
    case WIRE_CHAR_LIST_BUFFER:
    case WIRE_CHARS:
        fill_text(v, field, value);
        break;
    case WIRE_UUID:
    case WIRE_BYTES:
        fill_bytes(v, field, value);
        break;
    case WIRE_RECORD:
        fill_ours(v, field->type, AT(field->offset, char));
        break;
    case WIRE_RECORD_OPTIONAL:
        if (draw_present(v)) {
            *AT(field->offset, void *) = draw_zeroed(v, wire_types[field->type].size);
            fill_ours(v, field->type, *AT(field->offset, void *));
        }
        break;
    case WIRE_RECORDS:
    case WIRE_RECORD_POINTERS:
        fill_records(v, field, value);
        break;
    default:
        if (field->kind < WIRE_STRING)
            fill_number(v, field, value);
        else
            fill_list(v, field, value);
        break;
    }
}

void fill_ours(struct values *v, unsigned int type, void *value)
{
    const struct wire_type *this = wire_types + type;
    for (guint i = 0; i < this->fields; i++)
        fill_field(v, wire_fields + this->first + i, value);
}
