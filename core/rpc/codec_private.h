/* What encoding, decoding and clearing share. */
#pragma once

#include "core/rpc/codec.h"

#include <corral/corral.h>

#define AT(structure, offset, type) ((type *)((char *)(structure) + (offset)))
#define CONST_AT(structure, offset, type) ((const type *)((const char *)(structure) + (offset)))

static inline size_t wire_get_count(const struct wire_field *field, const void *value)
{
    if (field->flags & WIRE_COUNT64)
        return *CONST_AT(value, field->count, size_t);
    return *CONST_AT(value, field->count, unsigned int);
}

static inline void wire_set_count(const struct wire_field *field, void *value, guint32 count)
{
    if (field->flags & WIRE_COUNT64)
        *AT(value, field->count, size_t) = count;
    else
        *AT(value, field->count, unsigned int) = count;
}

/* Records the error that the fault of a cursor amounts to. Returns -1. */
int wire_report(const struct xdr_fault *fault, unsigned int type, const char *doing);

gboolean wire_put_params(struct xdr_out *out, const struct wire_field *field, const void *value);
gboolean wire_get_params(struct xdr_in *in, const struct wire_field *field, void *value,
                         gboolean owned);
void wire_clear_params(const struct wire_field *field, void *value, gboolean owned);
