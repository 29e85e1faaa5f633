#include "core/daemon/lifecycle.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/daemon/activation.h"
#include "core/daemon/client.h"
#include "core/object/error.h"

/* How often we look whether clients are done, and whether there are any. */
#define LOOK_MS 20
#define IDLE_MS 250

/* --- one at a time -------------------------------------------------------------------------------
 */

/* The lock is the kernel's, and ends with the process; the file stays. */
int lifecycle_lock(const char *path)
{
    g_autofree char *number = g_strdup_printf("%d\n", (int)getpid());
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    /* of a kind that a child which is about to start something does not have, and keep, too */
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    if (fd < 0) {
        error_set_system(VIR_FROM_RPC, errno, "%s", path);
        return -1;
    }
    if (fcntl(fd, F_SETLK, &whole) < 0) {
        char other[32] = "";

        if (read(fd, other, sizeof(other) - 1) <= 0)
            other[0] = '?';
        error_set(VIR_FROM_RPC, VIR_ERR_OPERATION_FAILED,
                  "%s: another daemon serves from here, process %s", path, g_strchomp(other));
        close(fd);
        return -1;
    }
    if (ftruncate(fd, 0) == 0 && write(fd, number, strlen(number)) == (ssize_t)strlen(number))
        return fd;
    error_set_system(VIR_FROM_RPC, errno, "%s cannot be written", path);
    close(fd);
    return -1;
}

/* --- ending --------------------------------------------------------------------------------------
 */

struct run {
    struct daemon *daemon;
    int signals;     /* how often we were asked to end */
    gint64 until;    /* when what is left is given up; 0: not ending */
    gint64 deserted; /* since when there are no clients; 0: there are */
};

static void finish_quiet(struct server_client *peer, void *data)
{
    struct daemon_client *client = peer->data;
    gboolean streaming;

    lock_take(&client->lock);
    streaming = client->streams != NULL;
    lock_drop(&client->lock);
    if (streaming || server_client_busy(peer))
        return;
    peer->reason = "the daemon ends";
    server_client_finish(peer);
}

static gboolean on_look(void *data)
{
    struct run *run = data;

    server_each_client(run->daemon->server, finish_quiet, NULL);
    return G_SOURCE_CONTINUE;
}

static void begin_ending(struct run *run)
{
    struct daemon_config *config = daemon_config_of(run->daemon);

    run->until = g_get_monotonic_time() + config->drain_timeout * G_TIME_SPAN_SECOND;
    daemon_config_unref(config);
    notify_manager("STOPPING=1");
    server_stop_accepting(run->daemon->server);
    __atomic_store_n(&run->daemon->draining, TRUE, __ATOMIC_RELAXED);
    on_look(run);
    g_timeout_add(LOOK_MS, on_look, run);
}

static gboolean on_end_signal(void *data)
{
    struct run *run = data;

    if (run->signals++ == 0) {
        log_info("asked to end: running calls are finished first");
        begin_ending(run);
    } else {
        /* calls that run cannot be stopped from here: the process goes, and they with it */
        log_warning("asked to end at once");
        _exit(1);
    }
    return G_SOURCE_CONTINUE;
}

static gboolean is_over(const struct run *run)
{
    if (!run->until)
        return FALSE;
    return server_state(run->daemon->server).clients == 0 || g_get_monotonic_time() >= run->until;
}

static gboolean on_idle_look(void *data)
{
    struct run *run = data;
    gint64 now = g_get_monotonic_time();

    if (server_state(run->daemon->server).clients)
        run->deserted = 0;
    else if (!run->deserted)
        run->deserted = now;
    else if (!run->until &&
             now - run->deserted >= run->daemon->options->timeout * G_TIME_SPAN_SECOND) {
        log_info("nobody is here any more");
        begin_ending(run);
    }
    return G_SOURCE_CONTINUE;
}

/* --- changing ------------------------------------------------------------------------------------
 */

static int reload(struct daemon *daemon)
{
    struct daemon_config *config, *before = daemon_config_of(daemon);
    g_autoptr(GPtrArray) fixed = NULL;

    config = before->path ? daemon_config_load(before->path) : daemon_config_new();
    if (config && daemon_apply(daemon, config) == 0) {
        fixed = daemon_config_fixed_changes(before, config);
        for (guint i = 0; i < fixed->len; i++)
            log_warning("%s takes effect when the daemon starts again",
                        (const char *)fixed->pdata[i]);
        log_info("configuration read again");
        daemon_config_unref(before);
        return 0;
    }
    daemon_config_unref(before);
    daemon_config_unref(config);
    return -1;
}

/* What is wrong leaves everything as it was. */
static gboolean on_reload_signal(void *data)
{
    struct run *run = data;

    notify_manager("RELOADING=1");
    if (reload(run->daemon) < 0)
        log_error("configuration not read again: %s", error_last()->message);
    notify_manager("READY=1");
    return G_SOURCE_CONTINUE;
}

/* --- running -------------------------------------------------------------------------------------
 */

int lifecycle_run(struct daemon *daemon)
{
    struct run run = {.daemon = daemon};
    g_autofree char *ready = g_strdup_printf("READY=1\nMAINPID=%d\n", (int)getpid());

    if (server_start(daemon->server) < 0)
        return -1;
    g_unix_signal_add(SIGTERM, on_end_signal, &run);
    g_unix_signal_add(SIGINT, on_end_signal, &run);
    g_unix_signal_add(SIGHUP, on_reload_signal, &run);
    if (daemon->options->timeout)
        g_timeout_add(IDLE_MS, on_idle_look, &run);
    notify_manager(ready);
    while (!is_over(&run))
        if (virEventRunDefaultImpl() < 0)
            return -1;
    if (server_state(daemon->server).clients) {
        log_warning("clients are cut off: they had not finished in time");
        _exit(1);
    }
    return 0;
}
