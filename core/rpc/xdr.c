#include "core/rpc/xdr.h"

gboolean xdr_fault(struct xdr_fault *fault, enum xdr_problem problem, guint64 seen, guint64 limit)
{
    *fault = (struct xdr_fault){.problem = problem, .seen = seen, .limit = limit};
    return FALSE;
}

gboolean xdr_in_short(struct xdr_in *in, guint64 size)
{
    return xdr_fault(&in->fault, XDR_SHORT, size, in->size - in->at);
}

gboolean xdr_get_present(struct xdr_in *in, gboolean *ret_present)
{
    guint32 present;
    if (!xdr_get_u32(in, &present))
        return FALSE;
    *ret_present = present != 0; /* clients are about that say yes with other numbers than 1 */
    return TRUE;
}

char *xdr_get_string(struct xdr_in *in, guint32 max, size_t *ret_length)
{
    guint32 length;
    char *text;
    if (!xdr_get_count(in, max, 1, &length) || !(text = (char *)xdr_get_bytes(in, length)))
        return NULL;
    if (memchr(text, '\0', length)) {
        xdr_fault(&in->fault, XDR_NUL, length, 0);
        return NULL;
    }
    /* where nothing pads it, the length word before it, now read, gives a byte */
    if (length % 4 == 0) {
        memmove(text - 1, text, length);
        text--;
    }
    text[length] = '\0';
    *ret_length = length;
    return text;
}

/* Enough for most messages, so that they grow once at most. */
#define ROOM_AT_FIRST 512

/* GByteArray tells nobody how much it has allocated: its length is the room while we write. */
static void set_room(struct xdr_out *out, size_t room)
{
    g_byte_array_set_size(out->array, (guint)room);
    out->data = out->array->data;
    out->room = room;
}

void xdr_out_begin(struct xdr_out *out, GByteArray *array, size_t limit)
{
    *out = (struct xdr_out){.array = array, .at = array->len, .start = array->len, .limit = limit};
    set_room(out, out->at + MIN(limit, ROOM_AT_FIRST));
}

void xdr_out_end(struct xdr_out *out)
{
    g_byte_array_set_size(out->array, (guint)out->at);
}

void xdr_out_drop(struct xdr_out *out)
{
    g_byte_array_set_size(out->array, (guint)out->start);
}

gboolean xdr_out_grow(struct xdr_out *out, size_t size)
{
    size_t have = out->at - out->start;
    if (size > out->limit - have)
        return xdr_fault(&out->fault, XDR_FULL, have + size, out->limit);
    set_room(out, out->start + MIN(out->limit, MAX(2 * (have + size), (size_t)ROOM_AT_FIRST)));
    return TRUE;
}
