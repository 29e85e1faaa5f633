/* corrald: serves the API to clients elsewhere. */
#include <corral/corral.h>
#include <errno.h>
#include <glib-unix.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/daemon/client.h"
#include "core/object/error.h"

static gboolean stopping;

/* Errors of calls are their callers' business. */
static void quiet(void *opaque, virErrorPtr error)
{
    (void)opaque;
    (void)error;
}

static gboolean on_signal(void *opaque)
{
    (void)opaque;
    stopping = TRUE;
    return G_SOURCE_CONTINUE;
}

/* A socket that an earlier daemon left behind is replaced; one that somebody answers on is not. */
static int remove_stale(const char *path, const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    gboolean alive = connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0;

    close(fd);
    if (alive) {
        fprintf(stderr, "corrald: %s: another daemon is listening there\n", path);
        return -1;
    }
    if (unlink(path) == 0 || errno == ENOENT)
        return 0;
    fprintf(stderr, "corrald: %s: %s\n", path, g_strerror(errno));
    return -1;
}

static int listen_at(const char *path, mode_t mode)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd;

    if (g_strlcpy(address.sun_path, path, sizeof(address.sun_path)) >= sizeof(address.sun_path)) {
        fprintf(stderr, "corrald: %s: longer than the %zu bytes that a socket's name may have\n",
                path, sizeof(address.sun_path) - 1);
        return -1;
    }
    if (remove_stale(path, &address) < 0)
        return -1;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
        chmod(path, mode) < 0 || listen(fd, 128) < 0) {
        fprintf(stderr, "corrald: %s: %s\n", path, g_strerror(errno));
        return -1;
    }
    return fd;
}

static const struct server_limits limits = {
    .clients = 5000, .anonymous = 20, .client_requests = 20, .workers_min = 2, .workers_max = 20};

static int run(struct server *server, struct server_service *services, int n)
{
    for (int i = 0; i < n; i++)
        if (server_add_service(server, &services[i]) < 0)
            return -1;
    if (server_start(server) < 0)
        return -1;
    g_unix_signal_add(SIGTERM, on_signal, NULL);
    g_unix_signal_add(SIGINT, on_signal, NULL);
    while (!stopping)
        if (virEventRunDefaultImpl() < 0)
            return -1;
    return 0;
}

int main(int argc, char **argv)
{
    g_autofree char *root = NULL, *folder = NULL, *rw = NULL, *ro = NULL;
    g_autoptr(GError) problem = NULL;
    GOptionEntry options[] = {
        {"root", 'r', 0, G_OPTION_ARG_FILENAME, &root, "keep everything below DIR", "DIR"}, {0}};
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    struct server *server;
    int status;

    g_option_context_add_main_entries(context, options, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &problem)) {
        fprintf(stderr, "corrald: %s\n", problem->message);
        return 2;
    }
    virInitialize();
    virSetErrorFunc(NULL, quiet);
    virEventRegisterDefaultImpl();
    folder = g_build_filename(root ? root : "/", "run", root ? NULL : "corral", NULL);
    if (g_mkdir_with_parents(folder, 0755) < 0) {
        fprintf(stderr, "corrald: %s: %s\n", folder, g_strerror(errno));
        return 1;
    }
    rw = g_build_filename(folder, "corral-sock", NULL);
    ro = g_build_filename(folder, "corral-sock-ro", NULL);
    struct server_service services[] = {
        {.name = "corral-sock", .fd = listen_at(rw, 0700)},
        {.name = "corral-sock-ro", .fd = listen_at(ro, 0777), .readonly = TRUE},
    };
    if (services[0].fd < 0 || services[1].fd < 0)
        return 1;
    server = server_new(&limits, &daemon_handler, NULL);
    status = server ? run(server, services, G_N_ELEMENTS(services)) : -1;
    if (status < 0)
        fprintf(stderr, "corrald: %s\n", virGetLastErrorMessage());
    server_free(server);
    unlink(rw);
    unlink(ro);
    return status < 0 ? 1 : 0;
}
