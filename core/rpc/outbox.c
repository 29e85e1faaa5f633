#include "core/rpc/outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Frames share a buffer up to here. */
#define TOGETHER_MAX (64 * 1024)

struct rpc_packet {
    GByteArray *bytes;
    size_t done;
    int *fds; /* behind the bytes */
    int n_fds;
    int fds_done;
};

static void packet_free(struct rpc_packet *packet)
{
    if (packet->bytes)
        g_byte_array_unref(packet->bytes);
    for (int i = packet->fds_done; i < packet->n_fds; i++)
        close(packet->fds[i]);
    g_free(packet->fds);
    g_free(packet);
}

void rpc_outbox_init(struct rpc_outbox *outbox)
{
    memset(outbox, 0, sizeof(*outbox));
    g_queue_init(&outbox->packets);
}

void rpc_outbox_clear(struct rpc_outbox *outbox)
{
    struct rpc_packet *packet;

    while ((packet = g_queue_pop_head(&outbox->packets)))
        packet_free(packet);
    g_clear_pointer(&outbox->spare, g_byte_array_unref);
    outbox->bytes = 0;
}

GByteArray *rpc_outbox_begin(struct rpc_outbox *outbox)
{
    struct rpc_packet *last = g_queue_peek_tail(&outbox->packets);

    if (!last || last->n_fds || last->bytes->len > TOGETHER_MAX) {
        last = g_new0(struct rpc_packet, 1);
        last->bytes = outbox->spare ? g_steal_pointer(&outbox->spare) : g_byte_array_new();
        g_queue_push_tail(&outbox->packets, last);
    }
    return last->bytes;
}

/* A packet that holds nothing is not left behind. */
void rpc_outbox_drop(struct rpc_outbox *outbox, size_t before)
{
    struct rpc_packet *last = g_queue_peek_tail(&outbox->packets);

    g_byte_array_set_size(last->bytes, before);
    if (before == 0)
        packet_free(g_queue_pop_tail(&outbox->packets));
}

static int copy_fds(struct rpc_packet *packet, const int *fds, int n)
{
    packet->fds = g_new(int, n);
    for (packet->n_fds = 0; packet->n_fds < n; packet->n_fds++) {
        int copy = fcntl(fds[packet->n_fds], F_DUPFD_CLOEXEC, 3);

        if (copy < 0) {
            int error = errno;

            while (packet->n_fds)
                close(packet->fds[--packet->n_fds]);
            g_clear_pointer(&packet->fds, g_free);
            errno = error;
            return -1;
        }
        packet->fds[packet->n_fds] = copy;
    }
    return 0;
}

int rpc_outbox_finish(struct rpc_outbox *outbox, size_t before, const int *fds, int n_fds)
{
    struct rpc_packet *last = g_queue_peek_tail(&outbox->packets);

    if (n_fds && copy_fds(last, fds, n_fds) < 0) {
        rpc_outbox_drop(outbox, before);
        return -1;
    }
    outbox->bytes += last->bytes->len - before + n_fds;
    return 0;
}

static size_t packet_left(const struct rpc_packet *packet)
{
    return packet->bytes->len - packet->done + packet->n_fds - packet->fds_done;
}

struct rpc_packet *rpc_outbox_take(struct rpc_outbox *outbox)
{
    struct rpc_packet *packet = g_queue_pop_head(&outbox->packets);

    if (packet)
        outbox->bytes -= packet_left(packet);
    return packet;
}

int rpc_packet_write(struct rpc_packet *packet, struct rpc_socket *socket)
{
    while (packet->done < packet->bytes->len) {
        ssize_t n = rpc_socket_write(socket, packet->bytes->data + packet->done,
                                     packet->bytes->len - packet->done);

        if (n < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
        packet->done += n;
    }
    for (; packet->fds_done < packet->n_fds; packet->fds_done++) {
        if (rpc_socket_send_fd(socket, packet->fds[packet->fds_done]) < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
        close(packet->fds[packet->fds_done]);
    }
    return 1;
}

void rpc_outbox_give_back(struct rpc_outbox *outbox, struct rpc_packet *packet)
{
    if (packet_left(packet)) {
        outbox->bytes += packet_left(packet);
        g_queue_push_head(&outbox->packets, packet);
        return;
    }
    if (!outbox->spare && packet->bytes->len <= TOGETHER_MAX) {
        outbox->spare = g_steal_pointer(&packet->bytes);
        g_byte_array_set_size(outbox->spare, 0);
    }
    packet_free(packet);
}

/* Frames may be appended to a packet that is half written, so it is done with only when empty. */
int rpc_outbox_flush(struct rpc_outbox *outbox, struct rpc_socket *socket)
{
    struct rpc_packet *packet;

    while ((packet = rpc_outbox_take(outbox))) {
        int result = rpc_packet_write(packet, socket);

        rpc_outbox_give_back(outbox, packet);
        if (result <= 0)
            return result;
    }
    return 1;
}
