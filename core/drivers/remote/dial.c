/* Sockets, here and elsewhere. */
#include "core/drivers/remote/dial.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/object/call.h"
#include "core/object/error.h"

/* Nobody waits longer than that for a daemon that does not take connections. */
#define PATIENCE_MS 30000

int remote_patience(void)
{
    int own = call_thread_timeout(-1);

    call_thread_timeout(own);
    return own > 0 ? own : PATIENCE_MS;
}

/* connect() with a limit; the socket has none afterwards. */
static int connect_in_time(int fd, const struct sockaddr *name, socklen_t size)
{
    int patience = remote_patience(), result, error;
    struct timeval limit = {patience / 1000, patience % 1000 * 1000}, none = {0, 0};

    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    result = connect(fd, name, size);
    error = errno == EAGAIN || errno == EINPROGRESS ? ETIMEDOUT : errno;
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &none, sizeof(none));
    errno = error;
    return result;
}

int remote_dial_unix(const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd;

    if (strlen(path) >= sizeof(name.sun_path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(name.sun_path, path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect_in_time(fd, (struct sockaddr *)&name, sizeof(name)) < 0) {
        int error = errno;

        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

static int dial_tcp(const struct addrinfo *list)
{
    int error = EADDRNOTAVAIL;

    for (const struct addrinfo *each = list; each; each = each->ai_next) {
        int fd = socket(each->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (fd >= 0 && connect_in_time(fd, each->ai_addr, each->ai_addrlen) == 0)
            return fd;
        error = errno;
        if (fd >= 0)
            close(fd);
    }
    errno = error;
    return -1;
}

int remote_dial_tcp(const struct remote_address *address, const char *port)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    g_autofree char *given = address->port ? g_strdup_printf("%d", address->port) : NULL;
    const char *host = address->host ? address->host : "localhost";
    struct addrinfo *list;
    int fd, problem;

    /* this one is never asked for elsewhere: without a node the answer is the loopback's addresses
     */
    problem = getaddrinfo(strcmp(host, "localhost") == 0 ? NULL : host, given ? given : port,
                          &hints, &list);
    if (problem) {
        error_set(VIR_FROM_RPC, VIR_ERR_SYSTEM_ERROR, "unable to resolve '%s' service '%s': %s",
                  host, given ? given : port, gai_strerror(problem));
        return -1;
    }
    fd = dial_tcp(list);
    freeaddrinfo(list);
    if (fd < 0)
        error_set_system(VIR_FROM_RPC, errno, "unable to connect to server at '%s:%s'", host,
                         given ? given : port);
    return fd;
}
