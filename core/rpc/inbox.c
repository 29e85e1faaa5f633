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
        size_t frame = MIN(announced(inbox), RPC_FRAME_MAX) + RPC_FDS_MAX;

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

/* How many descriptors follow a frame that is there whole: the first word of its payload. */
static guint32 descriptors(const guint8 *frame, size_t size)
{
    struct rpc_header header;
    guint32 n;

    if (!rpc_header_read(&header, frame, size) ||
        (header.type != RPC_CALL_WITH_FDS && header.type != RPC_REPLY_WITH_FDS) ||
        size < RPC_HEADER_BYTES + sizeof(n))
        return 0;
    memcpy(&n, frame + RPC_HEADER_BYTES, sizeof(n));
    return GUINT32_FROM_BE(n);
}

static int refuse(size_t value, size_t *ret_size)
{
    *ret_size = value;
    errno = EMSGSIZE;
    return -1;
}

int rpc_inbox_next(struct rpc_inbox *inbox, guint8 **ret_frame, size_t *ret_size, int *ret_fds)
{
    size_t length = announced(inbox), there = inbox->end - inbox->start;
    guint8 *frame;
    guint32 fds;

    if (there < RPC_LENGTH_BYTES)
        return 0;
    if (length < RPC_LENGTH_BYTES + RPC_HEADER_BYTES || length > RPC_FRAME_MAX)
        return refuse(length, ret_size);
    if (there < length)
        return 0;
    frame = inbox->data + inbox->start + RPC_LENGTH_BYTES;
    fds = descriptors(frame, length - RPC_LENGTH_BYTES);
    if (fds > RPC_FDS_MAX)
        return refuse(fds, ret_size);
    if (there - length < fds)
        return 0;
    *ret_frame = frame;
    *ret_size = length - RPC_LENGTH_BYTES;
    *ret_fds = fds;
    inbox->start += length + fds;
    return 1;
}
