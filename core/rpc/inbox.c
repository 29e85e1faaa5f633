#include "core/rpc/inbox.h"

#include <errno.h>
#include <string.h>

/* Most messages fit, and few connections cost much when they rest. */
#define SIZE_AT_REST 4096
/* One read takes at most this when a large frame is on its way. */
#define STEP (256 * 1024)

void rpc_inbox_clear(struct rpc_inbox *inbox)
{
    g_free(inbox->data);
    memset(inbox, 0, sizeof(*inbox));
}

static size_t announced(const struct rpc_inbox *inbox)
{
    guint32 length;

    if (inbox->end - inbox->start < RPC_LENGTH_BYTES)
        return 0;
    memcpy(&length, inbox->data + inbox->start, sizeof(length));
    return GUINT32_FROM_BE(length);
}

/* Makes room behind `end`: what was handed out goes, a buffer that has been large becomes small
 * again, and one that is full grows. */
static void make_room(struct rpc_inbox *inbox)
{
    size_t used = inbox->end - inbox->start;
    size_t want = SIZE_AT_REST;

    if (used) {
        size_t frame = MIN(announced(inbox), RPC_FRAME_MAX);

        if (frame > SIZE_AT_REST)
            want = MIN(frame, used + STEP);
        memmove(inbox->data, inbox->data + inbox->start, used);
    }
    inbox->start = 0;
    inbox->end = used;
    want = MAX(want, used + 1);
    if (want > inbox->size || (!used && inbox->size > STEP)) {
        inbox->size = MAX(want, used ? MIN(2 * inbox->size, used + STEP) : 0);
        inbox->data = g_realloc(inbox->data, inbox->size);
    }
}

enum rpc_fill rpc_inbox_fill(struct rpc_inbox *inbox, struct rpc_socket *socket)
{
    ssize_t n;

    make_room(inbox);
    n = rpc_socket_read(socket, inbox->data + inbox->end, inbox->size - inbox->end);
    if (n > 0) {
        inbox->end += n;
        return RPC_FILL_SOME;
    }
    if (n == 0)
        return RPC_FILL_END;
    return errno == EAGAIN || errno == EWOULDBLOCK ? RPC_FILL_NOTHING : RPC_FILL_ERROR;
}

int rpc_inbox_next(struct rpc_inbox *inbox, guint8 **ret_frame, size_t *ret_size)
{
    size_t length = announced(inbox);

    if (inbox->end - inbox->start < RPC_LENGTH_BYTES)
        return 0;
    if (length < RPC_LENGTH_BYTES + RPC_HEADER_BYTES || length > RPC_FRAME_MAX) {
        *ret_size = length;
        errno = EMSGSIZE;
        return -1;
    }
    if (inbox->end - inbox->start < length)
        return 0;
    *ret_frame = inbox->data + inbox->start + RPC_LENGTH_BYTES;
    *ret_size = length - RPC_LENGTH_BYTES;
    inbox->start += length;
    return 1;
}

int rpc_inbox_skip(struct rpc_inbox *inbox, size_t n)
{
    if (inbox->end - inbox->start < n)
        return 0;
    inbox->start += n;
    return 1;
}
