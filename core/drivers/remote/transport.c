#include "core/drivers/remote/transport.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/drivers/remote/command.h"
#include "core/drivers/remote/dial.h"
#include "core/drivers/remote/places.h"
#include "core/drivers/remote/session.h"
#include "core/drivers/remote/ssh.h"
#include "core/drivers/remote/tls.h"
#include "core/object/error.h"

#define TCP_PORT "16509"
#define TLS_PORT "16514"
#define OWN_PLACE "/corral/corral-sock" /* where a daemon of ours listens, if nobody does */

/* --- Unix sockets --------------------------------------------------------------------------------
 */

/* Where daemons of this kind listen, ours first; NULL with an error. */
static GPtrArray *candidates(const struct remote_address *address)
{
    g_autoptr(GPtrArray) places = remote_places(address);
    GPtrArray *paths;
    const char *given = remote_option(address, "socket");
    const char *folder = address->session ? g_get_user_runtime_dir() : "/run";

    if (!places)
        return NULL;
    paths = g_ptr_array_new_with_free_func(g_free);
    if (given)
        g_ptr_array_add(paths, g_strdup(given));
    for (guint i = 0; !given && i < places->len; i++)
        g_ptr_array_add(paths, g_build_filename(folder, places->pdata[i], NULL));
    return paths;
}

/* The first that answers; -1 with errno, and what happened with each in `tried`. */
static int dial_any(GPtrArray *paths, GString *tried)
{
    int error = ENOENT;

    for (guint i = 0; i < paths->len; i++) {
        int fd = remote_dial_unix(paths->pdata[i]);

        if (fd >= 0)
            return fd;
        /* that one is there and refuses says more than that another is not */
        if (errno != ENOENT || error == ENOENT)
            error = errno;
        g_string_append_printf(tried, "%s'%s' (%s)", i ? ", " : "", (char *)paths->pdata[i],
                               g_strerror(errno));
    }
    errno = error;
    return -1;
}

static int connect_unix(const struct remote_address *address)
{
    g_autoptr(GPtrArray) paths = candidates(address);
    g_autoptr(GString) tried = g_string_new("");
    g_autofree char *remark = NULL;
    gboolean own;
    int fd;

    if (!paths)
        return -1;
    own = address->session && g_str_has_suffix(paths->pdata[0], OWN_PLACE) &&
          !remote_option(address, "socket");
    fd = dial_any(paths, tried);
    if (fd < 0 && own && (errno == ENOENT || errno == ECONNREFUSED)) {
        int error = errno;

        fd = session_start(paths->pdata[0], &remark);
        errno = error;
    }
    if (fd < 0)
        error_set_system(VIR_FROM_RPC, errno, "Failed to connect socket to %s%s%s", tried->str,
                         remark ? "; " : "", remark ? remark : "");
    return fd;
}

/* --- all of them ---------------------------------------------------------------------------------
 */

static int take(int fd, struct rpc_socket *ret_socket)
{
    if (fd < 0)
        return -1;
    rpc_socket_init(ret_socket, fd);
    return 0;
}

static int connect_tls(const struct remote_address *address, struct rpc_socket *ret_socket)
{
    struct rpc_socket socket;

    if (take(remote_dial_tcp(address, TLS_PORT), &socket) < 0)
        return -1;
    if (remote_secure(address, &socket) < 0) {
        rpc_socket_close(&socket);
        return -1;
    }
    *ret_socket = socket;
    return 0;
}

int remote_connect(const struct remote_address *address, struct rpc_socket *ret_socket)
{
    switch (address->transport) {
    case REMOTE_UNIX:
        return take(connect_unix(address), ret_socket);
    case REMOTE_TCP:
        return take(remote_dial_tcp(address, TCP_PORT), ret_socket);
    case REMOTE_TLS:
        return connect_tls(address, ret_socket);
    case REMOTE_SSH:
        return ssh_connect(address, ret_socket);
    case REMOTE_EXT:
        return command_ext(address, ret_socket);
    }
    return -1;
}
