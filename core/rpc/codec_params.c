/* Typed parameters, which are a union on the wire. */
#include "core/rpc/codec_private.h"

#include "wire.h"

/* what one takes at least: an empty name, a type, four bytes of value */
#define PARAM_LEAST 12

static gboolean put_value(struct xdr_out *out, const virTypedParameter *param)
{
    switch (param->type) {
    case VIR_TYPED_PARAM_INT:
    case VIR_TYPED_PARAM_UINT:
        return xdr_put_u32(out, param->value.ui);
    case VIR_TYPED_PARAM_LLONG:
    case VIR_TYPED_PARAM_ULLONG:
    case VIR_TYPED_PARAM_DOUBLE:
        return xdr_put_u64(out, param->value.ul);
    case VIR_TYPED_PARAM_BOOLEAN:
        return xdr_put_u32(out, (guint32)param->value.b);
    case VIR_TYPED_PARAM_STRING:
        if (!param->value.s)
            return xdr_fault(&out->fault, XDR_MISSING, 0, 0);
        return xdr_put_counted(out, param->value.s, strlen(param->value.s), WIRE_STRING_MAX);
    default:
        return xdr_fault(&out->fault, XDR_RANGE, (guint64)param->type, VIR_TYPED_PARAM_STRING);
    }
}

gboolean wire_put_params(struct xdr_out *out, const struct wire_field *field, const void *value)
{
    const virTypedParameter *param = *CONST_AT(value, field->offset, virTypedParameter *);
    size_t n = wire_get_count(field, value);
    if (n > field->max)
        return xdr_fault(&out->fault, XDR_LONG, n, field->max);
    if (n > 0 && !param)
        return xdr_fault(&out->fault, XDR_MISSING, 0, 0);
    if (!xdr_put_u32(out, (guint32)n))
        return FALSE;
    for (size_t i = 0; i < n; i++, param++) {
        size_t length = strnlen(param->field, VIR_TYPED_PARAM_FIELD_LENGTH);
        if (!xdr_put_counted(out, param->field, length, VIR_TYPED_PARAM_FIELD_LENGTH - 1) ||
            !xdr_put_u32(out, (guint32)param->type) || !put_value(out, param))
            return FALSE;
    }
    return TRUE;
}

static gboolean get_value(struct xdr_in *in, gboolean owned, virTypedParameterPtr param)
{
    size_t length;
    switch (param->type) {
    case VIR_TYPED_PARAM_INT:
    case VIR_TYPED_PARAM_UINT:
        return xdr_get_u32(in, &param->value.ui);
    case VIR_TYPED_PARAM_LLONG:
    case VIR_TYPED_PARAM_ULLONG:
    case VIR_TYPED_PARAM_DOUBLE: {
        guint64 bits;
        if (!xdr_get_u64(in, &bits))
            return FALSE;
        param->value.ul = bits;
        return TRUE;
    }
    case VIR_TYPED_PARAM_BOOLEAN: {
        guint32 yes;
        if (!xdr_get_u32(in, &yes))
            return FALSE;
        param->value.b = (char)(yes != 0);
        return TRUE;
    }
    default:
        param->value.s = xdr_get_string(in, WIRE_STRING_MAX, &length);
        if (param->value.s && owned)
            param->value.s = g_memdup2(param->value.s, length + 1);
        return param->value.s != NULL;
    }
}

static gboolean get_param(struct xdr_in *in, gboolean owned, virTypedParameterPtr param)
{
    const char *name;
    guint32 type;
    size_t length;
    param->type = 0;
    name = xdr_get_string(in, VIR_TYPED_PARAM_FIELD_LENGTH - 1, &length);
    if (!name || !xdr_get_u32(in, &type))
        return FALSE;
    if (type < VIR_TYPED_PARAM_INT || type > VIR_TYPED_PARAM_STRING)
        return xdr_fault(&in->fault, XDR_RANGE, type, VIR_TYPED_PARAM_STRING);
    memcpy(param->field, name, length + 1);
    param->type = (int)type;
    param->value.ul = 0;
    return get_value(in, owned, param);
}

gboolean wire_get_params(struct xdr_in *in, const struct wire_field *field, void *value,
                         gboolean owned)
{
    virTypedParameterPtr params;
    guint32 n;
    if (!xdr_get_count(in, field->max, PARAM_LEAST, &n))
        return FALSE;
    if (n == 0)
        return TRUE;
    params = *AT(value, field->offset, virTypedParameterPtr) = g_new(virTypedParameter, n);
    for (guint32 i = 0; i < n; i++) {
        wire_set_count(field, value, i + 1);
        if (!get_param(in, owned, params + i))
            return FALSE;
    }
    return TRUE;
}

void wire_clear_params(const struct wire_field *field, void *value, gboolean owned)
{
    virTypedParameterPtr params = *AT(value, field->offset, virTypedParameterPtr);
    size_t n = params ? wire_get_count(field, value) : 0;
    for (size_t i = 0; owned && i < n; i++) {
        if (params[i].type == VIR_TYPED_PARAM_STRING)
            g_free(params[i].value.s);
    }
    g_free(params);
}
