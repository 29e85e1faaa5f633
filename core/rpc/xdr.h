/* The primitives of XDR: big-endian, everything a multiple of four bytes. What goes wrong is kept
 * in the cursor, so that the caller who knows what was meant can say it. */
#pragma once

#include <glib.h>
#include <string.h>

#include "core/base/export.h"

enum xdr_problem {
    XDR_FINE,
    XDR_SHORT,   /* the message ends before the value does: `seen` bytes wanted, `limit` there */
    XDR_LONG,    /* `seen` bytes or elements, `limit` allowed */
    XDR_RANGE,   /* `seen` is no value of the type, `limit` the highest */
    XDR_NUL,     /* a zero byte inside a string */
    XDR_MISSING, /* a NULL where something has to be */
    XDR_FULL,    /* the message would be `seen` bytes, `limit` fit */
};

struct xdr_fault {
    enum xdr_problem problem;
    const char *name; /* of the field, once known */
    guint64 seen;
    guint64 limit;
};

/* Strings are ended with a zero byte where they lie, so `data`, never NULL, is written to, and read
 * once. */
struct xdr_in {
    guint8 *data;
    size_t size;
    size_t at;
    struct xdr_fault fault;
};

static inline struct xdr_in xdr_in(guint8 *data, size_t size)
{
    return (struct xdr_in){.data = data, .size = size};
}

/* Cold, and all return FALSE. */
gboolean xdr_fault(struct xdr_fault *fault, enum xdr_problem problem, guint64 seen, guint64 limit)
    __attribute__((cold));
CORRAL_PRIVATE gboolean xdr_in_short(struct xdr_in *in, guint64 size) __attribute__((cold));

/* `size` bytes and what pads them, or NULL with the fault noted. */
static inline guint8 *xdr_get_bytes(struct xdr_in *in, size_t size)
{
    size_t padded = (size + 3) & ~(size_t)3;
    size_t at = in->at;
    if (G_UNLIKELY(padded > in->size - at)) {
        xdr_in_short(in, size);
        return NULL;
    }
    in->at += padded;
    return in->data + at;
}

static inline guint32 xdr_load_u32(const guint8 *bytes)
{
    guint32 value;
    memcpy(&value, bytes, sizeof(value));
    return GUINT32_FROM_BE(value);
}

static inline guint64 xdr_load_u64(const guint8 *bytes)
{
    guint64 value;
    memcpy(&value, bytes, sizeof(value));
    return GUINT64_FROM_BE(value);
}

static inline gboolean xdr_get_u32(struct xdr_in *in, guint32 *ret_value)
{
    const guint8 *bytes = xdr_get_bytes(in, 4);
    if (!bytes)
        return FALSE;
    *ret_value = xdr_load_u32(bytes);
    return TRUE;
}

static inline gboolean xdr_get_u64(struct xdr_in *in, guint64 *ret_value)
{
    const guint8 *bytes = xdr_get_bytes(in, 8);
    if (!bytes)
        return FALSE;
    *ret_value = xdr_load_u64(bytes);
    return TRUE;
}

/* Whether a pointer follows; anything but 0 and 1 is refused. */
gboolean xdr_get_present(struct xdr_in *in, gboolean *ret_present);

/* How many elements follow: at most `max`, and no more than the rest of the message can hold when
 * each takes `least` bytes. Nothing may be allocated for a count that this has not let through. */
static inline gboolean xdr_get_count(struct xdr_in *in, guint32 max, guint32 least,
                                     guint32 *ret_count)
{
    guint32 count;
    if (!xdr_get_u32(in, &count))
        return FALSE;
    if (G_UNLIKELY(count > max))
        return xdr_fault(&in->fault, XDR_LONG, count, max);
    if (G_UNLIKELY((guint64)count * least > in->size - in->at))
        return xdr_in_short(in, (guint64)count * least);
    *ret_count = count;
    return TRUE;
}

/* A string where it lies, ended there; valid as long as the message. */
char *xdr_get_string(struct xdr_in *in, guint32 max, size_t *ret_length);

/* What is written goes behind what `array` holds already. */
struct xdr_out {
    GByteArray *array;
    guint8 *data;
    size_t at;
    size_t room;
    size_t start; /* where this message begins */
    size_t limit; /* how long it may be */
    struct xdr_fault fault;
};

/* xdr_out_end() gives the array its length, xdr_out_drop() the one it had. */
CORRAL_PRIVATE void xdr_out_begin(struct xdr_out *out, GByteArray *array, size_t limit);
CORRAL_PRIVATE void xdr_out_end(struct xdr_out *out);
CORRAL_PRIVATE void xdr_out_drop(struct xdr_out *out);
CORRAL_PRIVATE gboolean xdr_out_grow(struct xdr_out *out, size_t size) __attribute__((cold));

/* Room for `size` bytes, a multiple of four, or NULL with the fault noted. */
static inline guint8 *xdr_put_room(struct xdr_out *out, size_t size)
{
    guint8 *bytes;
    if (G_UNLIKELY(size > out->room - out->at) && !xdr_out_grow(out, size))
        return NULL;
    bytes = out->data + out->at;
    out->at += size;
    return bytes;
}

static inline void xdr_store_u32(guint8 *bytes, guint32 value)
{
    value = GUINT32_TO_BE(value);
    memcpy(bytes, &value, sizeof(value));
}

static inline void xdr_store_u64(guint8 *bytes, guint64 value)
{
    value = GUINT64_TO_BE(value);
    memcpy(bytes, &value, sizeof(value));
}

static inline gboolean xdr_put_u32(struct xdr_out *out, guint32 value)
{
    guint8 *bytes = xdr_put_room(out, 4);
    if (!bytes)
        return FALSE;
    xdr_store_u32(bytes, value);
    return TRUE;
}

static inline gboolean xdr_put_u64(struct xdr_out *out, guint64 value)
{
    guint8 *bytes = xdr_put_room(out, 8);
    if (!bytes)
        return FALSE;
    xdr_store_u64(bytes, value);
    return TRUE;
}

/* Fixed opaque data: the bytes and what pads them. */
static inline gboolean xdr_put_bytes(struct xdr_out *out, const void *bytes, size_t size)
{
    size_t padded = (size + 3) & ~(size_t)3;
    guint8 *room = xdr_put_room(out, padded);
    if (!room)
        return FALSE;
    if (size > 0) {
        memset(room + padded - 4, 0, 4);
        memcpy(room, bytes, size);
    }
    return TRUE;
}

/* Counted opaque data, which is also how a string goes. */
static inline gboolean xdr_put_counted(struct xdr_out *out, const void *bytes, size_t size,
                                       guint32 max)
{
    size_t padded = (size + 3) & ~(size_t)3;
    guint8 *room;
    if (G_UNLIKELY(size > max))
        return xdr_fault(&out->fault, XDR_LONG, size, max);
    room = xdr_put_room(out, 4 + padded);
    if (!room)
        return FALSE;
    /* the word before the end first: it holds what pads the bytes, or the count of none */
    memset(room + padded, 0, 4);
    xdr_store_u32(room, (guint32)size);
    memcpy(room + 4, bytes, size);
    return TRUE;
}
