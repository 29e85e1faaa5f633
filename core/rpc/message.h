/* What every message of the protocol begins with: a length word, then six words of header. A frame,
 * here and elsewhere, is header and payload without the length. */
#pragma once

#include <glib.h>

#include "core/base/export.h"

#define RPC_LENGTH_BYTES 4 /* the length word, which counts itself */
#define RPC_HEADER_BYTES 24
#define RPC_MESSAGE_MAX 33554432 /* header and payload */
#define RPC_FRAME_MAX (RPC_LENGTH_BYTES + RPC_MESSAGE_MAX)

enum rpc_type {
    RPC_CALL,
    RPC_REPLY,
    RPC_MESSAGE, /* an event; nobody answers it */
    RPC_STREAM,
    RPC_CALL_WITH_FDS,
    RPC_REPLY_WITH_FDS,
    RPC_STREAM_HOLE,
    RPC_TYPES
};

enum rpc_status {
    RPC_OK,
    RPC_ERROR,
    RPC_CONTINUE, /* more of a stream follows */
    RPC_STATUSES
};

#define RPC_KEEPALIVE_PROGRAM 0x6b656570
#define RPC_KEEPALIVE_VERSION 1
enum rpc_keepalive {
    RPC_KEEPALIVE_PING = 1,
    RPC_KEEPALIVE_PONG = 2,
};

struct rpc_header {
    guint32 program;
    guint32 version;
    gint32 procedure;
    guint32 type;   /* enum rpc_type */
    guint32 serial; /* of a call, and of everything that answers it */
    guint32 status; /* enum rpc_status */
};

/* FALSE for a frame that is too short, or of a type or status that nobody knows. */
CORRAL_PRIVATE gboolean rpc_header_read(struct rpc_header *header, const guint8 *frame,
                                        size_t size);

/* Appends length word and header; what comes behind is the payload. Returns the length from before,
 * which rpc_frame_end() wants: it writes the length, or returns FALSE when the frame is larger than
 * the protocol allows, and then takes it out again. */
CORRAL_PRIVATE size_t rpc_frame_begin(GByteArray *out, const struct rpc_header *header);
CORRAL_PRIVATE gboolean rpc_frame_end(GByteArray *out, size_t before);
