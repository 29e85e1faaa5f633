#include "core/drivers/qemu/run.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <unistd.h>

#include "core/base/handoff.h"
#include "core/base/log.h"
#include "core/drivers/qemu/console.h"
#include "core/drivers/qemu/events.h"
#include "core/drivers/qemu/job.h"
#include "core/drivers/qemu/sockets.h"

#define HANDSHAKE_MS 30000

/* What the loop knows of a run. */
struct watch {
    struct qemu_host *host;
    struct qemu_guest *guest; /* a reference */
    unsigned run;
    GSource *source; /* of the process; NULL: a monitor's */
};

static struct watch *watch_new(struct qemu_host *host, struct qemu_guest *guest)
{
    struct watch *watch = g_new0(struct watch, 1);

    *watch = (struct watch){.host = host, .guest = guest_ref(guest), .run = guest->run};
    host->watches++;
    return watch;
}

static void watch_free(struct watch *watch)
{
    guest_unref(watch->guest);
    g_free(watch);
}

/* ---- the process */

static void finish(void *data)
{
    struct watch *watch = data;
    struct qemu_host *host = watch->host;
    struct qemu_guest *guest = watch->guest;

    lock_take(&host->lock);
    /* a start that is on its way cleans up itself */
    if (guest->run == watch->run && !guest->starting)
        run_finish(host, guest);
    lock_drop(&host->lock);
    watch_free(watch);
}

static gboolean process_ended(gint fd, GIOCondition condition, gpointer data)
{
    struct watch *watch = handoff_take(data);
    struct qemu_host *host = watch->host;

    lock_take(&host->lock);
    g_ptr_array_remove_fast(host->processes, watch);
    if (watch->guest->run == watch->run) {
        process_wait(&watch->guest->process, 0, NULL);
        watch->guest->ended = true;
    }
    host->watches--;
    cond_broadcast(&host->changed);
    lock_drop(&host->lock);
    g_source_unref(g_steal_pointer(&watch->source));
    host_work(host, finish, watch);
    return G_SOURCE_REMOVE;
}

void run_watch(struct qemu_host *host, struct qemu_guest *guest)
{
    struct watch *watch = watch_new(host, guest);

    watch->source = g_unix_fd_source_new(guest->process.fd, G_IO_IN);
    g_source_set_callback(watch->source, G_SOURCE_FUNC(process_ended), watch, NULL);
    g_ptr_array_add(host->processes, watch);
    handoff_give(watch);
    g_source_attach(watch->source, host->loop);
}

void run_unwatch_all(struct qemu_host *host)
{
    for (guint i = 0; i < host->processes->len; i++) {
        struct watch *watch = host->processes->pdata[i];

        g_source_destroy(watch->source);
        g_source_unref(watch->source);
        watch_free(watch);
        host->watches--;
    }
    g_ptr_array_set_size(host->processes, 0);
}

void run_kill(struct qemu_guest *guest, bool at_once)
{
    process_kill(&guest->process, at_once ? SIGKILL : SIGTERM);
}

bool run_wait_end(struct qemu_host *host, struct qemu_guest *guest, unsigned run,
                  unsigned timeout_ms)
{
    gint64 until = g_get_monotonic_time() + timeout_ms * (gint64)1000;

    while (guest->run == run)
        if (!cond_wait_until(&host->changed, &host->lock, until))
            return guest->run != run;
    return true;
}

/* ---- the monitor */

static void monitor_event(struct qemu_monitor *monitor, const char *name, json_t *data,
                          gint64 seconds, gint64 micros, void *opaque)
{
    struct watch *watch = opaque;
    lock_guard(&watch->host->lock);

    if (watch->guest->run == watch->run)
        guest_event(watch->host, watch->guest, name, data, seconds, micros);
}

/* The process's end is seen elsewhere. One that lives on without its monitor cannot be worked with
 * any more, but it is not ours to end. */
static void monitor_ended(struct qemu_monitor *monitor, const char *why, void *opaque)
{
    struct watch *watch = opaque;

    log_info("domain '%s': %s", watch->guest->name, why);
}

static void monitor_gone(void *opaque)
{
    struct watch *watch = opaque;
    struct qemu_host *host = watch->host;

    lock_take(&host->lock);
    host->watches--;
    lock_drop(&host->lock);
    watch_free(watch);
}

static const struct qemu_monitor_ops monitor_ops = {
    .event = monitor_event,
    .eof = monitor_ended,
    .gone = monitor_gone,
};

int run_connect(struct qemu_host *host, struct qemu_guest *guest)
{
    int fd = socket_connect(guest->folder, "monitor.sock");
    struct watch *watch;

    if (fd < 0)
        return -1;
    lock_take(&host->lock);
    watch = watch_new(host, guest);
    guest->monitor = monitor_open(host->loop, fd, &monitor_ops, watch);
    lock_drop(&host->lock);
    return monitor_handshake(guest->monitor, HANDSHAKE_MS);
}

/* ---- the end */

static void remove_at(int at, const char *name)
{
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    g_autofree char *path = NULL;
    g_autoptr(GDir) dir = NULL;
    const char *inner;

    if (fd < 0) {
        unlinkat(at, name, 0);
        return;
    }
    path = g_strdup_printf("/proc/self/fd/%d", fd);
    dir = g_dir_open(path, 0, NULL);
    while (dir && (inner = g_dir_read_name(dir)))
        remove_at(fd, inner);
    close(fd);
    unlinkat(at, name, AT_REMOVEDIR);
}

void remove_tree(const char *path)
{
    remove_at(AT_FDCWD, path);
}

static void remove_files(struct qemu_host *host, const char *name, const char *folder)
{
    g_autofree char *status = path_of(host->paths.run, name, ".xml");

    g_unlink(status);
    if (folder)
        remove_tree(folder);
}

static void clear_run(struct qemu_host *host, struct qemu_guest *guest)
{
    if (guest->monitor)
        monitor_close(guest->monitor);
    monitor_unref(g_steal_pointer(&guest->monitor));
    caps_unref(g_steal_pointer(&guest->caps));
    process_release(&guest->process);
    g_clear_pointer(&guest->folder, g_free);
    guest->run = 0;
    guest->starting = guest->ended = guest->finishing = false;
    guest->owner = NULL;
    guest->end_reason = guest->end_detail = guest->pause_reason = 0;
    guest->reset_coming = false;
    cond_broadcast(&host->changed);
}

void run_discard(struct qemu_host *host, struct qemu_guest *guest)
{
    g_autofree char *name = g_strdup(guest->name);
    g_autofree char *folder = g_strdup(guest->folder);

    lock_drop(&host->lock);
    remove_files(host, name, folder);
    lock_take(&host->lock);
    clear_run(host, guest);
}

void run_finish(struct qemu_host *host, struct qemu_guest *guest)
{
    int reason = guest->end_reason ? guest->end_reason : VIR_DOMAIN_SHUTOFF_CRASHED;
    int detail = guest->end_reason ? guest->end_detail : VIR_DOMAIN_EVENT_STOPPED_CRASHED;

    if (guest->finishing)
        return;
    guest->finishing = true;
    guest_ref(guest);
    consoles_close(guest);
    run_discard(host, guest);
    guest_set_state(guest, VIR_DOMAIN_SHUTOFF, reason);
    guest_push_lifecycle(host, guest, VIR_DOMAIN_EVENT_STOPPED, detail);
    definition_unref(g_steal_pointer(&guest->live));
    objlist_set_id(&host->guests, &guest->item, -1);
    if (!guest->config)
        guest_remove(host, guest);
    cond_broadcast(&host->changed);
    guest_unref(guest);
}
