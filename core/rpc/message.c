#include "core/rpc/message.h"

#include <string.h>

G_STATIC_ASSERT(sizeof(struct rpc_header) == RPC_HEADER_BYTES);

gboolean rpc_header_read(struct rpc_header *header, const guint8 *frame, size_t size)
{
    guint32 words[RPC_HEADER_BYTES / 4];

    if (size < RPC_HEADER_BYTES)
        return FALSE;
    memcpy(words, frame, sizeof(words));
    *header = (struct rpc_header){
        .program = GUINT32_FROM_BE(words[0]),
        .version = GUINT32_FROM_BE(words[1]),
        .procedure = (gint32)GUINT32_FROM_BE(words[2]),
        .type = GUINT32_FROM_BE(words[3]),
        .serial = GUINT32_FROM_BE(words[4]),
        .status = GUINT32_FROM_BE(words[5]),
    };
    return header->type < RPC_TYPES && header->status < RPC_STATUSES;
}

size_t rpc_frame_begin(GByteArray *out, const struct rpc_header *header)
{
    size_t before = out->len;
    guint32 words[] = {
        0, /* rpc_frame_end() knows */
        GUINT32_TO_BE(header->program),
        GUINT32_TO_BE(header->version),
        GUINT32_TO_BE(header->procedure),
        GUINT32_TO_BE(header->type),
        GUINT32_TO_BE(header->serial),
        GUINT32_TO_BE(header->status),
    };

    g_byte_array_append(out, (const guint8 *)words, sizeof(words));
    return before;
}

gboolean rpc_frame_end(GByteArray *out, size_t before)
{
    size_t size = out->len - before;
    guint32 length = GUINT32_TO_BE((guint32)size);

    if (size > RPC_FRAME_MAX) {
        g_byte_array_set_size(out, before);
        return FALSE;
    }
    memcpy(out->data + before, &length, sizeof(length));
    return TRUE;
}
