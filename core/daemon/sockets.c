#include "core/daemon/sockets.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/daemon/activation.h"
#include "core/object/error.h"

static int failed(const char *path, const char *what)
{
    error_set_system(VIR_FROM_RPC, errno, "%s: %s", path, what);
    return -1;
}

/* --- Unix sockets --------------------------------------------------------------------------------
 */

/* A socket that an earlier daemon left behind is replaced; one that somebody answers on is not. */
static int remove_stale(const char *path, const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    gboolean alive =
        connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 || errno == EAGAIN;
    struct stat status;

    close(fd);
    if (alive) {
        error_set(VIR_FROM_RPC, VIR_ERR_OPERATION_FAILED, "%s: another daemon is listening there",
                  path);
        return -1;
    }
    if (lstat(path, &status) < 0)
        return errno == ENOENT ? 0 : failed(path, "cannot be looked at");
    if (!S_ISSOCK(status.st_mode)) {
        error_set(VIR_FROM_RPC, VIR_ERR_OPERATION_FAILED,
                  "%s: is no socket, and so is not replaced by one", path);
        return -1;
    }
    return unlink(path) == 0 || errno == ENOENT ? 0 : failed(path, "cannot be replaced");
}

static int own_group(const char *path, const char *name)
{
    char buffer[16384];
    struct group group, *found = NULL;

    if (getgrnam_r(name, &group, buffer, sizeof(buffer), &found) || !found) {
        error_set(VIR_FROM_CONF, VIR_ERR_CONF_SYNTAX, "unix_sock_group: there is no group '%s'",
                  name);
        return -1;
    }
    return chown(path, -1, group.gr_gid) == 0 ? 0 : failed(path, "cannot be given to its group");
}

/* Nobody gets in before the mode and the group are right: nothing listens until then. */
static int bind_path(int fd, const char *path, const struct sockaddr_un *address, mode_t mode,
                     const char *group, int backlog)
{
    mode_t before = umask(0177);
    int bound = bind(fd, (const struct sockaddr *)address, sizeof(*address));

    umask(before);
    if (bound < 0)
        return failed(path, "cannot be bound");
    if (group && own_group(path, group) < 0)
        return -1;
    if (chmod(path, mode) < 0 || listen(fd, backlog) < 0)
        return failed(path, "cannot be listened on");
    return 0;
}

int sockets_listen_path(const char *path, mode_t mode, const char *group, int backlog)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd;

    if (g_strlcpy(address.sun_path, path, sizeof(address.sun_path)) >= sizeof(address.sun_path)) {
        error_set(VIR_FROM_RPC, VIR_ERR_INVALID_ARG,
                  "%s: longer than the %zu bytes that a socket's name may have", path,
                  sizeof(address.sun_path) - 1);
        return -1;
    }
    if (remove_stale(path, &address) < 0)
        return -1;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return failed(path, "no socket for it");
    if (bind_path(fd, path, &address, mode, group, backlog) == 0)
        return fd;
    close(fd);
    return -1;
}

/* --- addresses -----------------------------------------------------------------------------------
 */

static int listen_on(const struct addrinfo *address, int backlog)
{
    int one = 1, error;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (address->ai_family == AF_INET6) /* IPv4 has a socket of its own */
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
    if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, backlog) == 0)
        return fd;
    error = errno;
    close(fd);
    errno = error;
    return -1;
}

/* Every address of the host; -1 with an error when there is none that works. `each` gets the
 * descriptors. */
static int listen_host(const char *host, const char *port, int backlog,
                       void (*each)(int fd, void *data), void *data)
{
    struct addrinfo hints = {.ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM}, *found = NULL;
    int problem = getaddrinfo(host && *host ? host : NULL, port, &hints, &found), n = 0;

    if (problem) {
        error_set(VIR_FROM_RPC, VIR_ERR_OPERATION_FAILED, "%s port %s: %s",
                  host ? host : "every address", port, gai_strerror(problem));
        return -1;
    }
    for (const struct addrinfo *it = found; it; it = it->ai_next) {
        int fd = listen_on(it, backlog);

        if (fd >= 0) {
            each(fd, data);
            n++;
        }
    }
    problem = errno;
    freeaddrinfo(found);
    if (n)
        return 0;
    error_set_system(VIR_FROM_RPC, problem, "%s port %s cannot be listened on",
                     host && *host ? host : "every address", port);
    return -1;
}

static void keep_one(int fd, void *data)
{
    int *kept = data;

    if (*kept >= 0)
        close(fd);
    else
        *kept = fd;
}

int sockets_listen_address(const char *address)
{
    const char *colon = strrchr(address, ':');
    g_autofree char *host = colon ? g_strndup(address, colon - address) : NULL;
    int fd = -1;

    if (!colon) {
        error_set(VIR_FROM_CONF, VIR_ERR_CONF_SYNTAX,
                  "metrics_listen: '%s' is no address: HOST:PORT is accepted", address);
        return -1;
    }
    if (host[0] == '[' && g_str_has_suffix(host, "]")) {
        memmove(host, host + 1, strlen(host));
        host[strlen(host) - 1] = '\0';
    }
    return listen_host(host, colon + 1, 16, keep_one, &fd) < 0 ? -1 : fd;
}

/* --- services ------------------------------------------------------------------------------------
 */

struct opening {
    const struct options *options;
    const struct daemon_config *config;
    GPtrArray *services;
    gboolean tls; /* of the address at hand */
};

static enum daemon_auth auth_of(const char *name)
{
    return !strcmp(name, "sasl")     ? DAEMON_AUTH_SASL
           : !strcmp(name, "polkit") ? DAEMON_AUTH_POLKIT
                                     : DAEMON_AUTH_NONE;
}

static void service_free(void *data)
{
    struct daemon_service *service = data;

    close(service->server.fd);
    g_free(service->name);
    g_free(service->path);
    g_free(service);
}

static struct daemon_service *add_service(GPtrArray *services, int fd, const char *name)
{
    struct daemon_service *service = g_new0(struct daemon_service, 1);

    service->name = g_strdup(name);
    service->server = (struct server_service){.name = service->name, .fd = fd, .data = service};
    g_ptr_array_add(services, service);
    return service;
}

static void add_local(struct opening *opening, int fd, const char *name, gboolean readonly,
                      const char *path)
{
    struct daemon_service *service = add_service(opening->services, fd, name);
    const struct daemon_config *config = opening->config;

    service->local = TRUE;
    service->server.readonly = readonly;
    service->auth = auth_of(readonly ? config->auth_unix_ro : config->auth_unix_rw);
    service->path = g_strdup(path);
}

static void add_remote(int fd, void *data)
{
    struct opening *opening = data;
    struct daemon_service *service =
        add_service(opening->services, fd, opening->tls ? "tls" : "tcp");

    service->tls = opening->tls;
    service->auth = auth_of(opening->tls ? opening->config->auth_tls : opening->config->auth_tcp);
}

static int open_local(struct opening *opening, const char *folder, const char *name,
                      gboolean readonly)
{
    const struct daemon_config *config = opening->config;
    g_autofree char *path = g_build_filename(folder, name, NULL);
    const char *group = readonly ? NULL : config->unix_sock_group;
    const char *mode = readonly                     ? config->unix_sock_ro_perms
                       : config->unix_sock_rw_perms ? config->unix_sock_rw_perms
                       : group                      ? "0770"
                                                    : "0700";
    int fd = sockets_listen_path(path, strtol(mode, NULL, 8), group, config->max_queued_clients);

    if (fd < 0)
        return -1;
    add_local(opening, fd, name, readonly, path);
    return 0;
}

/* A user's own daemon has nobody who should only look. */
static int open_pair(struct opening *opening, const char *folder, const char *name)
{
    g_autofree char *ro = g_strdup_printf("%s-ro", name);

    if (g_mkdir_with_parents(folder, opening->options->session ? 0700 : 0755) < 0)
        return failed(folder, "cannot be made");
    if (open_local(opening, folder, name, FALSE) < 0)
        return -1;
    return opening->options->session ? 0 : open_local(opening, folder, ro, TRUE);
}

/* The field's separate daemons, one a kind of driver: clients ask for them by name. */
static int link_names(const char *folder)
{
    static const char *const names[] = {"virtqemud",    "virtlxcd",      "virtnetworkd",
                                        "virtstoraged", "virtnodedevd",  "virtinterfaced",
                                        "virtsecretd",  "virtnwfilterd", "virtproxyd"};
    static const char *const ends[] = {"", "-ro"};

    for (size_t i = 0; i < 2 * G_N_ELEMENTS(names); i++) {
        g_autofree char *name = g_strdup_printf("%s/%s-sock%s", folder, names[i / 2], ends[i % 2]);
        g_autofree char *to = g_strdup_printf("libvirt-sock%s", ends[i % 2]);
        struct stat status;

        if (lstat(name, &status) == 0 && S_ISLNK(status.st_mode))
            unlink(name);
        if (symlink(to, name) < 0 && errno != EEXIST)
            return failed(name, "cannot be made");
    }
    return 0;
}

static int open_own(struct opening *opening)
{
    const struct options *options = opening->options;
    const char *folder =
        opening->config->unix_sock_dir ? opening->config->unix_sock_dir : options->run_dir;

    if (open_pair(opening, folder, "corral-sock") < 0)
        return -1;
    if (!opening->config->libvirt_sockets)
        return 0;
    return open_pair(opening, options->libvirt_dir, "libvirt-sock") < 0
               ? -1
               : link_names(options->libvirt_dir);
}

static int open_remote(struct opening *opening)
{
    const struct daemon_config *config = opening->config;

    if (config->listen_tcp && listen_host(config->listen_addr, config->tcp_port,
                                          config->max_queued_clients, add_remote, opening) < 0)
        return -1;
    opening->tls = TRUE;
    if (config->listen_tls && listen_host(config->listen_addr, config->tls_port,
                                          config->max_queued_clients, add_remote, opening) < 0)
        return -1;
    return 0;
}

/* What the service manager hands over takes the place of what we would open: its unit says where,
 * and with what mode. */
static int take_activated(struct opening *opening, int n)
{
    for (int i = 0; i < n; i++) {
        struct activated socket;

        if (activation_look(i, opening->config->tls_port, &socket) < 0)
            return -1;
        opening->tls = socket.tls;
        if (socket.local)
            add_local(opening, socket.fd, socket.name, socket.readonly, NULL);
        else
            add_remote(socket.fd, opening);
    }
    return 0;
}

GPtrArray *sockets_open(const struct options *options, const struct daemon_config *config)
{
    struct opening opening = {options, config, g_ptr_array_new_with_free_func(service_free), FALSE};
    int n = activation_count(), status;

    if (n)
        status = take_activated(&opening, n);
    else
        status = open_own(&opening) < 0 ? -1 : open_remote(&opening);
    if (status == 0)
        return opening.services;
    sockets_remove(opening.services);
    g_ptr_array_unref(opening.services);
    return NULL;
}

void sockets_remove(GPtrArray *services)
{
    for (guint i = 0; i < services->len; i++) {
        struct daemon_service *service = services->pdata[i];

        if (service->path)
            unlink(service->path);
    }
}
