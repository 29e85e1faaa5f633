#include "core/drivers/remote/transport.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/object/error.h"

#define TCP_PORT "16509"

/* --- Unix sockets --------------------------------------------------------------------------------
 */

/* Where daemons of this kind listen, ours first. */
static GPtrArray *candidates(const struct remote_address *address)
{
    static const char *const names[] = {"corral/corral-sock", "libvirt/libvirt-sock",
                                        "libvirt/virtqemud-sock"};
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    const char *given = remote_option(address, "socket");
    const char *folder = address->session ? g_get_user_runtime_dir() : "/run";

    if (given) {
        g_ptr_array_add(paths, g_strdup(given));
        return paths;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_ptr_array_add(paths,
                        g_strdup_printf("%s/%s%s", folder, names[i],
                                        address->readonly && !address->session ? "-ro" : ""));
    return paths;
}

static int dial_unix(const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd;

    if (strlen(path) >= sizeof(name.sun_path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(name.sun_path, path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&name, sizeof(name)) < 0) {
        int error = errno;

        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

static int connect_unix(const struct remote_address *address)
{
    g_autoptr(GPtrArray) paths = candidates(address);
    g_autoptr(GString) tried = g_string_new("");
    int error = ENOENT;

    for (guint i = 0; i < paths->len; i++) {
        int fd = dial_unix(paths->pdata[i]);

        if (fd >= 0)
            return fd;
        /* that one is there and refuses says more than that another is not */
        if (errno != ENOENT || error == ENOENT)
            error = errno;
        g_string_append_printf(tried, "%s'%s' (%s)", i ? ", " : "", (char *)paths->pdata[i],
                               g_strerror(errno));
    }
    error_set_system(VIR_FROM_RPC, error, "Failed to connect socket to %s", tried->str);
    return -1;
}

/* --- TCP
 * ------------------------------------------------------------------------------------------ */

static int dial_tcp(const struct addrinfo *list)
{
    int error = EADDRNOTAVAIL;

    for (const struct addrinfo *each = list; each; each = each->ai_next) {
        int fd = socket(each->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (fd >= 0 && connect(fd, each->ai_addr, each->ai_addrlen) == 0)
            return fd;
        error = errno;
        if (fd >= 0)
            close(fd);
    }
    errno = error;
    return -1;
}

static int connect_tcp(const struct remote_address *address, const char *port)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    g_autofree char *given = address->port ? g_strdup_printf("%d", address->port) : NULL;
    const char *host = address->host ? address->host : "localhost";
    struct addrinfo *list;
    int fd, problem;

    problem = getaddrinfo(host, given ? given : port, &hints, &list);
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

int remote_connect(const struct remote_address *address, struct rpc_socket *ret_socket)
{
    int fd;

    switch (address->transport) {
    case REMOTE_UNIX:
        fd = connect_unix(address);
        break;
    case REMOTE_TCP:
        fd = connect_tcp(address, TCP_PORT);
        break;
    default:
        error_set(VIR_FROM_REMOTE, VIR_ERR_NO_SUPPORT, "this way to a daemon");
        return -1;
    }
    if (fd < 0)
        return -1;
    rpc_socket_init(ret_socket, fd);
    return 0;
}
