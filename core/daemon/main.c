/* corrald: serves the API to clients elsewhere. */
#include <corral/corral.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/daemon/client.h"
#include "core/daemon/lifecycle.h"
#include "core/daemon/metrics.h"
#include "core/daemon/polkit.h"
#include "core/daemon/sockets.h"
#include "core/daemon/tls.h"
#include "core/driver/module.h"
#include "core/driver/registry.h"
#include "core/object/error.h"

/* Errors of calls are their callers' business. */
static void quiet(void *opaque, virErrorPtr error)
{
    (void)opaque;
    (void)error;
}

static int say(const char *what)
{
    fprintf(stderr, "corrald: %s\n", what);
    return 1;
}

/* Nothing there is fine, unless somebody said that there is. */
static struct daemon_config *load(const struct options *options)
{
    if (!options->config_given && !g_file_test(options->config, G_FILE_TEST_EXISTS))
        return daemon_config_new();
    return daemon_config_load(options->config);
}

static int serve_metrics(struct daemon *daemon)
{
    const struct daemon_config *config = daemon->config;
    int fd;

    if (config->metrics_socket) {
        fd = sockets_listen_path(config->metrics_socket, 0660, config->unix_sock_group, 16);
        if (fd < 0 || metrics_serve(daemon->metrics, daemon, fd) < 0)
            return -1;
    }
    if (config->metrics_listen) {
        fd = sockets_listen_address(config->metrics_listen);
        if (fd < 0 || metrics_serve(daemon->metrics, daemon, fd) < 0)
            return -1;
    }
    return 0;
}

/* With sockets that listen already: nobody who comes early is turned away. */
static int serve(struct daemon *daemon)
{
    struct server_limits limits = {.clients = daemon->config->max_clients,
                                   .anonymous = daemon->config->max_anonymous_clients,
                                   .client_requests = daemon->config->max_client_requests,
                                   .workers_min = daemon->config->min_workers,
                                   .workers_max = daemon->config->max_workers};
    int status = 0;

    daemon->server = server_new(&limits, &daemon_handler, daemon);
    if (!daemon->server)
        return -1;
    for (guint i = 0; status == 0 && i < daemon->services->len; i++)
        status = server_add_service(daemon->server, daemon->services->pdata[i]);
    if (status == 0)
        status = serve_metrics(daemon);
    if (status == 0)
        status = lifecycle_run(daemon);
    sockets_remove(daemon->services);
    if (daemon->config->metrics_socket)
        unlink(daemon->config->metrics_socket);
    return status;
}

/* The metrics' threads look at the server, and its clients at the metrics. */
static void clear(struct daemon *daemon)
{
    metrics_end(daemon->metrics);
    polkit_end();
    server_free(daemon->server);
    metrics_free(daemon->metrics);
    if (daemon->services)
        g_ptr_array_unref(daemon->services);
    access_rules_unref(daemon->rules);
    daemon_tls_unload(daemon->tls);
    daemon_config_unref(daemon->config);
    lock_clear(&daemon->lock);
}

static int run(const struct options *options)
{
    struct daemon daemon = {.options = options};
    struct daemon_config *config = load(options);
    g_autofree char *folder = g_path_get_dirname(options->pid_file);
    int lock = -1, status = -1;

    lock_init(&daemon.lock);
    daemon.metrics = metrics_new();
    if (!config || daemon_apply(&daemon, config) < 0) {
        daemon_config_unref(config);
    } else if (g_mkdir_with_parents(folder, options->session ? 0700 : 0755) < 0) {
        error_set_system(VIR_FROM_RPC, errno, "%s", folder);
    } else if ((lock = lifecycle_lock(options->pid_file)) >= 0) {
        module_begin(options->root, options->session);
        daemon.services = sockets_open(options, config);
        status = daemon.services ? serve(&daemon) : -1;
    }
    if (status < 0)
        say(virGetLastErrorMessage());
    clear(&daemon);
    module_end();
    if (lock >= 0)
        close(lock);
    return status < 0 ? 1 : 0;
}

#define FILES 65536

/* A soft limit of 1,024, as most have, is few for clients, their streams and drivers. */
static void raise_limit_of_files(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= FILES)
        return;
    limit.rlim_cur = MIN(limit.rlim_max, FILES);
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
        log_warning("there may be at most %llu open files: %s", (unsigned long long)limit.rlim_cur,
                    g_strerror(errno));
}

int main(int argc, char **argv)
{
    struct options options = {0};
    int status = options_parse(&options, &argc, &argv);

    if (status) {
        options_clear(&options);
        return status - 1;
    }
    log_init();
    raise_limit_of_files();
    virSetErrorFunc(NULL, quiet);
    virEventRegisterDefaultImpl();
    registry_serve_only();
    status = run(&options);
    options_clear(&options);
    return status;
}
