#include "core/rpc/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union fd_space {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int) * RPC_FDS_MAX)];
};

void rpc_socket_init(struct rpc_socket *socket, int fd)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof(address);
    int yes = 1;

    memset(socket, 0, sizeof(*socket));
    socket->fd = fd;
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    g_unix_set_fd_nonblocking(fd, TRUE, NULL);
    if (getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        return;
    socket->local = address.ss_family == AF_UNIX;
    if (!socket->local) /* a call is one small packet, and somebody waits for it */
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
}

void rpc_socket_close(struct rpc_socket *socket)
{
    if (socket->layer)
        socket->layer->klass->free(socket->layer);
    socket->layer = NULL;
    for (int i = 0; i < socket->n_fds; i++)
        close(socket->fds[i]);
    socket->n_fds = 0;
    if (socket->fd >= 0)
        close(socket->fd);
    socket->fd = -1;
}

void rpc_socket_set_layer(struct rpc_socket *socket, struct rpc_layer *layer)
{
    socket->layer = layer;
}

/* All descriptors are kept or, when one is too many, none. */
static gboolean collect_fds(struct rpc_socket *socket, struct msghdr *message)
{
    gboolean fits = !(message->msg_flags & MSG_CTRUNC);

    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        int n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        int fds[RPC_FDS_MAX];

        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        memcpy(fds, CMSG_DATA(c), n * sizeof(int));
        for (int i = 0; i < n; i++) {
            if (socket->n_fds < RPC_FDS_MAX)
                socket->fds[socket->n_fds++] = fds[i];
            else {
                close(fds[i]);
                fits = FALSE;
            }
        }
    }
    return fits;
}

static ssize_t read_local(struct rpc_socket *socket, void *buffer, size_t size)
{
    union fd_space control;
    struct iovec part = {buffer, size};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof(control)};
    ssize_t n = recvmsg(socket->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

    if (n >= 0 && message.msg_controllen && !collect_fds(socket, &message)) {
        errno = EMSGSIZE;
        return -1;
    }
    return n;
}

ssize_t rpc_socket_read(struct rpc_socket *socket, void *buffer, size_t size)
{
    ssize_t n;

    do {
        if (socket->layer)
            n = socket->layer->klass->read(socket->layer, buffer, size);
        else if (socket->local)
            n = read_local(socket, buffer, size);
        else
            n = read(socket->fd, buffer, size);
    } while (n < 0 && errno == EINTR);
    return n;
}

ssize_t rpc_socket_write(struct rpc_socket *socket, const void *bytes, size_t size)
{
    ssize_t n;

    do {
        if (socket->layer)
            n = socket->layer->klass->write(socket->layer, bytes, size);
        else
            n = send(socket->fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == ENOTSOCK)
            n = write(socket->fd, bytes, size);
    } while (n < 0 && errno == EINTR);
    return n;
}

gboolean rpc_socket_pending(struct rpc_socket *socket)
{
    return socket->layer && socket->layer->klass->pending(socket->layer);
}

const char *rpc_socket_excuse(struct rpc_socket *socket)
{
    const struct rpc_layer_class *klass = socket->layer ? socket->layer->klass : NULL;

    return klass && klass->problem ? klass->problem(socket->layer) : NULL;
}

const char *rpc_socket_problem(struct rpc_socket *socket, int error)
{
    const char *problem = rpc_socket_excuse(socket);

    return problem ? problem : g_strerror(error);
}

int rpc_socket_send_fd(struct rpc_socket *socket, int fd)
{
    union fd_space control = {0};
    char byte = 0;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = CMSG_SPACE(sizeof(int))};
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    ssize_t n;

    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(c), &fd, sizeof(int));
    do {
        n = sendmsg(socket->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (n < 0 && errno == EINTR);
    return n == 1 ? 0 : -1;
}

gboolean rpc_socket_take_fds(struct rpc_socket *socket, int *fds, int n)
{
    if (n > socket->n_fds)
        return FALSE;
    memcpy(fds, socket->fds, n * sizeof(int));
    socket->n_fds -= n;
    memmove(socket->fds, socket->fds + n, socket->n_fds * sizeof(int));
    return TRUE;
}

gboolean rpc_socket_peer(const struct rpc_socket *socket, struct rpc_peer *ret_peer)
{
    struct ucred ucred;
    socklen_t length = sizeof(ucred);

    if (!socket->local || getsockopt(socket->fd, SOL_SOCKET, SO_PEERCRED, &ucred, &length) < 0)
        return FALSE;
    *ret_peer = (struct rpc_peer){ucred.pid, ucred.uid, ucred.gid};
    return TRUE;
}
