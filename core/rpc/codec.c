#include "core/rpc/codec_private.h"

#include "core/object/error.h"

static void clear_fields(unsigned int type, void *value, gboolean owned);

static void clear_records(const struct wire_field *field, void *value, gboolean owned)
{
    size_t size = wire_types[field->type].size;
    char *records = *AT(value, field->offset, char *);
    size_t n = records ? wire_get_count(field, value) : 0;
    for (size_t i = 0; i < n; i++) {
        if (field->kind == WIRE_RECORDS) {
            clear_fields(field->type, records + i * size, owned);
        } else if (((void **)records)[i]) {
            clear_fields(field->type, ((void **)records)[i], owned);
            g_free(((void **)records)[i]);
        }
    }
    g_free(records);
}

static void clear_strings(const struct wire_field *field, void *value, gboolean owned)
{
    char **strings = *AT(value, field->offset, char **);
    size_t n = strings && owned ? wire_get_count(field, value) : 0;
    for (size_t i = 0; i < n; i++)
        g_free(strings[i]);
    g_free(strings);
}

static void clear_field(const struct wire_field *field, void *value, gboolean owned)
{
    void *pointer;
    switch (field->kind) {
    case WIRE_STRING:
    case WIRE_BYTES:
        if (owned)
            g_free(*AT(value, field->offset, void *));
        break;
    case WIRE_CHAR_LIST:
    case WIRE_I32S:
    case WIRE_I64S:
        g_free(*AT(value, field->offset, void *));
        break;
    case WIRE_RECORD:
        clear_fields(field->type, AT(value, field->offset, char), owned);
        break;
    case WIRE_RECORD_OPTIONAL:
        pointer = *AT(value, field->offset, void *);
        if (pointer)
            clear_fields(field->type, pointer, owned);
        g_free(pointer);
        break;
    case WIRE_RECORDS:
    case WIRE_RECORD_POINTERS:
        clear_records(field, value, owned);
        break;
    case WIRE_STRINGS:
        clear_strings(field, value, owned);
        break;
    case WIRE_PARAMS:
        wire_clear_params(field, value, owned);
        break;
    }
}

static void clear_fields(unsigned int type, void *value, gboolean owned)
{
    const struct wire_field *field = wire_fields + wire_types[type].first;
    const struct wire_field *end = field + wire_types[type].fields;
    for (; field < end; field++)
        clear_field(field, value, owned && !(field->flags & WIRE_BORROWED));
}

void wire_clear(unsigned int type, void *value)
{
    clear_fields(type, value, wire_types[type].owned);
    if (wire_types[type].size > 0)
        memset(value, 0, wire_types[type].size);
}

static char *explain(const struct xdr_fault *fault)
{
    unsigned long long seen = fault->seen, limit = fault->limit;
    switch (fault->problem) {
    case XDR_SHORT:
        return g_strdup_printf("%llu bytes of it are there, %llu are needed", limit, seen);
    case XDR_LONG:
        return g_strdup_printf("its length is %llu, at most %llu is accepted", seen, limit);
    case XDR_RANGE:
        return g_strdup_printf("%lld is not a value of it, at most %llu is accepted",
                               (long long)seen, limit);
    case XDR_NUL:
        return g_strdup_printf("a zero byte is among its %llu bytes", seen);
    case XDR_MISSING:
        return g_strdup("it is missing, a value is required");
    case XDR_FULL:
        return g_strdup_printf("the message would be longer than %llu bytes with it", limit);
    default:
        return g_strdup("unknown problem");
    }
}

int wire_report(const struct xdr_fault *fault, unsigned int type, const char *doing)
{
    g_autofree char *why = explain(fault);
    error_set(VIR_FROM_RPC, VIR_ERR_RPC, "message %s %s at '%s': %s", wire_type_name(type), doing,
              fault->name, why);
    return -1;
}
