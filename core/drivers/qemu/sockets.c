#include "core/drivers/qemu/sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/drivers/qemu/error.h"

typedef int (*use_fn)(int fd, const struct sockaddr *address, socklen_t length);

/* An address has room for 107 characters: the way is by a descriptor of the folder. */
static int use_address(int at, int fd, const char *name, use_fn use)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (g_snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/%s", at, name) >=
        (int)sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return use(fd, (const struct sockaddr *)&address, sizeof(address));
}

static int open_socket(const char *folder, const char *name, use_fn use)
{
    int at = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int fd = at < 0 ? -1 : socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd >= 0 && use_address(at, fd, name, use) < 0) {
        int errnum = errno;

        close(fd);
        errno = errnum;
        fd = -1;
    }
    if (fd < 0)
        error_set_system(VIR_FROM_QEMU, errno, "socket '%s/%s'", folder, name);
    if (at >= 0)
        close(at);
    return fd;
}

static int bind_and_listen(int fd, const struct sockaddr *address, socklen_t length)
{
    return bind(fd, address, length) < 0 ? -1 : listen(fd, 1);
}

int socket_listen(const char *folder, const char *name)
{
    return open_socket(folder, name, bind_and_listen);
}

int socket_connect(const char *folder, const char *name)
{
    return open_socket(folder, name, connect);
}
