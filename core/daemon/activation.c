#include "core/daemon/activation.h"

#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/object/error.h"

#define FIRST_FD 3
#define FDS_MAX 64

static gint64 number_of(const char *text)
{
    guint64 number;

    return text && g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT32, &number, NULL)
               ? (gint64)number
               : -1;
}

int activation_count(void)
{
    gint64 pid = number_of(getenv("LISTEN_PID")), n = number_of(getenv("LISTEN_FDS"));

    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    return pid == getpid() && n > 0 ? MIN(n, FDS_MAX) : 0;
}

static gboolean is_listening(int fd)
{
    int type = 0, listening = 0;
    socklen_t size = sizeof(type);

    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM &&
           getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening;
}

static gboolean is_port(const struct sockaddr *address, socklen_t size, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_family = AF_INET}, *found = NULL;
    char own[32];
    gboolean same = FALSE;

    if (getnameinfo(address, size, NULL, 0, own, sizeof(own), NI_NUMERICSERV))
        return FALSE;
    if (!strcmp(own, port))
        return TRUE;
    if (getaddrinfo(NULL, port, &hints, &found) == 0 && found)
        same = number_of(own) == ntohs(((struct sockaddr_in *)found->ai_addr)->sin_port);
    if (found)
        freeaddrinfo(found);
    return same;
}

int activation_look(int index, const char *tls_port, struct activated *ret)
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof(address);
    int fd = FIRST_FD + index;

    memset(ret, 0, sizeof(*ret));
    ret->fd = fd;
    if (!is_listening(fd) || getsockname(fd, (struct sockaddr *)&address, &size) < 0) {
        error_set(VIR_FROM_RPC, VIR_ERR_OPERATION_FAILED,
                  "descriptor %d of LISTEN_FDS is no stream socket that listens", fd);
        return -1;
    }
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    ret->local = address.ss_family == AF_UNIX;
    if (ret->local) {
        g_autofree char *name = g_path_get_basename(((struct sockaddr_un *)&address)->sun_path);

        g_strlcpy(ret->name, name, sizeof(ret->name));
        ret->readonly = g_str_has_suffix(name, "-ro");
    } else {
        ret->tls = is_port((struct sockaddr *)&address, size, tls_port);
    }
    return 0;
}

void notify_manager(const char *text)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = path ? strlen(path) : 0;
    int fd;

    if (!length || length >= sizeof(address.sun_path))
        return;
    memcpy(address.sun_path, path, length);
    if (path[0] == '@') /* a name that is in no folder */
        address.sun_path[0] = '\0';
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    sendto(fd, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&address,
           offsetof(struct sockaddr_un, sun_path) + length);
    close(fd);
}
