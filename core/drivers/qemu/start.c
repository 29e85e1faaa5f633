#include "core/drivers/qemu/start.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/drivers/qemu/chardevs.h"
#include "core/drivers/qemu/command/command.h"
#include "core/drivers/qemu/events.h"
#include "core/drivers/qemu/logfile.h"
#include "core/drivers/qemu/run.h"
#include "core/drivers/qemu/settings.h"
#include "core/drivers/qemu/sockets.h"

#define LAST_WORDS_MS 2000

/* What a start has opened, until QEMU has it. */
struct starting {
    struct job *job;
    struct domain *doc;
    const struct start *start;
    char *folder;
    int log, monitor;
    goffset log_from;
    struct qemu_caps *caps;
};

static void clear(struct starting *it)
{
    if (it->log >= 0)
        close(it->log);
    if (it->monitor >= 0)
        close(it->monitor);
    g_free(it->folder);
    caps_unref(it->caps);
    domain_free(it->doc);
}

/* ---- before there is a process */

/* The part of a name that a folder's may have. */
static char *short_name(const char *name)
{
    const char *end = g_utf8_validate(name, -1, NULL) && g_utf8_strlen(name, -1) > 20
                          ? g_utf8_offset_to_pointer(name, 20)
                          : name + MIN(strlen(name), 80);

    return g_strndup(name, end - name);
}

static int make_folder(struct starting *it, const struct qemu_host *host, int id)
{
    g_autofree char *name = short_name(it->doc->name);
    g_autofree char *file = g_strdup_printf("domain-%d-%s", id, name);

    it->folder = g_build_filename(host->paths.lib, file, NULL);
    remove_tree(it->folder);
    if (g_mkdir(it->folder, 0700) == 0)
        return 0;
    error_set_system(VIR_FROM_QEMU, errno, "cannot make the folder '%s'", it->folder);
    return -1;
}

static int prepare(struct starting *it, struct qemu_host *host, int id)
{
    if (make_folder(it, host, id) < 0 || document_choose_firmware(&host->facts, it->doc) < 0 ||
        document_assign_aliases(it->doc) < 0 ||
        document_assign_paths(&host->facts, it->doc, it->folder) < 0 ||
        document_assign_ports(it->doc) < 0 || document_make_variables(it->doc) < 0)
        return -1;
    it->caps = caps_lookup(host->caps, it->doc->devices.emulator);
    if (!it->caps)
        return -1;
    it->log = logfile_open(host->paths.log, it->doc->name);
    if (it->log < 0)
        return -1;
    it->monitor = socket_listen(it->folder, "monitor.sock");
    return it->monitor < 0 ? -1 : 0;
}

/* ---- the process */

static int spawn(struct starting *it, struct command *command, struct process *ret)
{
    g_autofree char *text = command_format(command);
    g_autofree int *fds = g_new(int, command->fds->len + it->start->n_files);
    struct process_spec spec = {
        .folder = it->folder, .input = -1, .output = it->log, .errors = it->log, .fds = fds};
    struct stat info;

    for (guint i = 0; i < command->fds->len; i++)
        fds[spec.n_fds++] = g_array_index(command->fds, struct command_fd, i).fd;
    for (size_t i = 0; i < it->start->n_files; i++)
        fds[spec.n_fds++] = it->start->files[i];
    g_ptr_array_add(command->args, NULL);
    g_ptr_array_add(command->env, NULL);
    spec.argv = (char *const *)command->args->pdata;
    spec.env = (char *const *)command->env->pdata;
    logfile_write(it->log, "starting up\n%s", text);
    it->log_from = fstat(it->log, &info) == 0 ? info.st_size : 0;
    return process_spawn(&spec, ret);
}

static int launch(struct starting *it, struct process *ret)
{
    struct launch launch = {
        .caps = it->caps,
        .folder = it->folder,
        .monitor_fd = it->monitor,
        .incoming_fd = -1,
        .incoming = it->start->incoming >= 0 ? "defer" : NULL,
    };
    struct command command;
    int status;

    if (command_build(it->doc, &launch, &command) < 0)
        return -1;
    status = spawn(it, &command, ret);
    command_clear(&command);
    return status;
}

/* Its own complaint, when it has died of something: that is what people need to read. */
static void explain(struct starting *it, struct qemu_host *host, struct qemu_guest *guest)
{
    gint64 until = g_get_monotonic_time() + LAST_WORDS_MS * 1000;
    g_autofree char *text = NULL;

    lock_take(&host->lock);
    while (!guest->ended && cond_wait_until(&host->changed, &host->lock, until))
        continue;
    if (guest->ended && guest->end_reason)
        qemu_error(OPERATION_FAILED, "domain '%s' was destroyed while it started", guest->name);
    else if (guest->ended) {
        text = logfile_tail(it->log, it->log_from);
        qemu_error(INTERNAL_ERROR, "process exited while connecting to monitor: %s",
                   *text ? text : "it gave no reason");
    }
    lock_drop(&host->lock);
}

/* ---- from the process to a guest that could run */

static int receive_image(struct starting *it, struct qemu_guest *guest);

/* What only QEMU knows: where its terminals are. */
static int ask(struct starting *it, struct qemu_guest *guest)
{
    g_autoptr(json_t) chardevs = NULL;

    if (monitor_call(guest->monitor, "query-chardev", NULL, -1, 0, &chardevs) < 0)
        return -1;
    chardevs_take_paths(it->doc, chardevs);
    return 0;
}

static int bring_up(struct starting *it, struct qemu_host *host, struct qemu_guest *guest)
{
    if (run_connect(host, guest) < 0) {
        explain(it, host, guest);
        return -1;
    }
    close(it->monitor);
    it->monitor = -1;
    if (ask(it, guest) < 0 || (it->start->incoming >= 0 && receive_image(it, guest) < 0))
        return -1;
    return settings_apply(guest->monitor, it->doc);
}

static bool image_is_in(struct qemu_monitor *monitor, bool *ret_failed)
{
    g_autoptr(json_t) answer = NULL;
    const char *status;

    *ret_failed = monitor_call(monitor, "query-migrate", NULL, -1, 0, &answer) < 0;
    if (*ret_failed)
        return false;
    status = json_string_value(json_object_get(answer, "status"));
    *ret_failed = !g_strcmp0(status, "failed");
    if (*ret_failed)
        qemu_error(OPERATION_FAILED, "the image cannot be read: QEMU refuses it");
    return !g_strcmp0(status, "completed");
}

/* The memory comes from a file: as long as it takes. */
static int receive_image(struct starting *it, struct qemu_guest *guest)
{
    bool failed = false;

    if (monitor_call(guest->monitor, "getfd", json_pack("{s:s}", "fdname", "restore"),
                     it->start->incoming, 0, NULL) < 0 ||
        monitor_call(guest->monitor, "migrate-incoming", json_pack("{s:s}", "uri", "fd:restore"),
                     -1, 0, NULL) < 0)
        return -1;
    while (!image_is_in(guest->monitor, &failed) && !failed)
        g_usleep(5000);
    if (failed) {
        g_autofree char *text = logfile_tail(it->log, it->log_from);

        error_prefix("cannot restore from '%s'%s%s", it->start->from, *text ? ": " : "", text);
    }
    return failed ? -1 : 0;
}

/* From here on it is there for everybody, and only has to be told to run. */
static void publish(struct starting *it, struct qemu_host *host, struct qemu_guest *guest, int id)
{
    bool paused = it->start->flags & VIR_DOMAIN_START_PAUSED;

    guest->live = definition_new(g_steal_pointer(&it->doc));
    guest->starting = false;
    guest->updated = false;
    guest->started = g_get_real_time() / G_USEC_PER_SEC;
    guest->owner = it->start->flags & VIR_DOMAIN_START_AUTODESTROY ? it->start->owner : NULL;
    guest->start_reason = it->start->reason;
    guest->start_detail = it->start->detail;
    objlist_set_id(&host->guests, &guest->item, id);
    guest_set_state(guest, VIR_DOMAIN_PAUSED,
                    paused ? VIR_DOMAIN_PAUSED_USER : VIR_DOMAIN_PAUSED_STARTING_UP);
    guest->booting = !paused;
    if (!paused)
        return;
    guest_push_lifecycle(host, guest, VIR_DOMAIN_EVENT_STARTED, it->start->detail);
    guest_push_lifecycle(host, guest, VIR_DOMAIN_EVENT_SUSPENDED,
                         it->start->incoming >= 0 ? VIR_DOMAIN_EVENT_SUSPENDED_RESTORED
                                                  : VIR_DOMAIN_EVENT_SUSPENDED_PAUSED);
}

/* Noted before it runs: what is not noted and has not run may be ended by whoever finds it. */
static int note(struct starting *it, struct qemu_host *host, struct qemu_guest *guest, int id)
{
    bool paused = it->start->flags & VIR_DOMAIN_START_PAUSED;
    g_autofree char *status = NULL;
    struct qemu_guest view;

    it->doc->id = id;
    it->doc->has_id = true;
    lock_take(&host->lock);
    view = *guest;
    view.state = VIR_DOMAIN_PAUSED;
    view.reason = paused ? VIR_DOMAIN_PAUSED_USER : VIR_DOMAIN_PAUSED_STARTING_UP;
    view.booting = !paused;
    view.started = g_get_real_time() / G_USEC_PER_SEC;
    view.owner = it->start->flags & VIR_DOMAIN_START_AUTODESTROY ? it->start->owner : NULL;
    status = run_status(&view, it->doc);
    lock_drop(&host->lock);
    return run_write_status(host, guest->name, status);
}

/* The lock is not held; -1 with an error, and then a process may be there. */
static int bring_about(struct starting *it, int id)
{
    struct qemu_host *host = it->job->host;
    struct qemu_guest *guest = it->job->guest;
    struct process process;

    if (prepare(it, host, id) < 0 || launch(it, &process) < 0)
        return -1;
    lock_take(&host->lock);
    guest->process = process;
    guest->caps = caps_ref(it->caps);
    guest->folder = g_strdup(it->folder);
    run_watch(host, guest);
    /* somebody was quicker than the process */
    if (guest->end_reason)
        run_kill(guest, true);
    lock_drop(&host->lock);
    return bring_up(it, host, guest) < 0 ? -1 : note(it, host, guest, id);
}

static void give_up(struct job *job, const struct starting *it)
{
    virErrorPtr error = error_steal();
    struct qemu_guest *guest = job->guest;
    gint64 until = g_get_monotonic_time() + LAST_WORDS_MS * 1000;

    lock_take(&job->host->lock);
    job->locked = true;
    if (guest->process.fd >= 0) {
        run_kill(guest, true);
        while (!guest->ended && cond_wait_until(&job->host->changed, &job->host->lock, until))
            continue;
    }
    if (!guest->folder)
        guest->folder = g_strdup(it->folder);
    run_discard(job->host, guest);
    error_restore(error);
}

/* Off again, after it was on. */
static int stop_again(struct job *job)
{
    virErrorPtr error = error_steal();
    struct qemu_guest *guest = job->guest;

    guest->end_reason = VIR_DOMAIN_SHUTOFF_FAILED;
    guest->end_detail = VIR_DOMAIN_EVENT_STOPPED_FAILED;
    run_kill(guest, true);
    run_wait_end(job->host, guest, job->run, LAST_WORDS_MS);
    error_restore(error);
    return -1;
}

static int let_run(struct job *job)
{
    if (!job->guest->booting)
        return 0;
    if (job_call(job, "cont", NULL, NULL) < 0)
        return job->guest->run == job->run && !job->guest->ended ? stop_again(job) : -1;
    guest_booted(job->host, job->guest);
    /* it runs: whoever finds the note before finds out, too */
    if (run_note(job) < 0)
        error_reset();
    return 0;
}

static void finish_early(struct starting *it, struct qemu_host *host, struct qemu_guest *guest)
{
    g_autofree char *text = logfile_tail(it->log, it->log_from);

    qemu_error(OPERATION_FAILED, "domain '%s' has ended as it started%s%s", guest->name,
               *text ? ": " : "", text);
    run_finish(host, guest);
}

int guest_start(struct job *job, struct domain *doc, const struct start *start)
{
    struct starting it = {.job = job, .doc = doc, .start = start, .log = -1, .monitor = -1};
    struct qemu_host *host = job->host;
    struct qemu_guest *guest = job->guest;
    int id = host->next_id++, status;

    guest->run = job->run = host->next_run++;
    guest->starting = true;
    guest->ended = guest->booting = false;
    job_leave(job);
    status = bring_about(&it, id);
    if (status < 0) {
        give_up(job, &it);
    } else {
        lock_take(&host->lock);
        job->locked = true;
        publish(&it, host, guest, id);
        status = guest->ended ? -1 : let_run(job);
        /* before anybody looked after it */
        if (status < 0 && guest->ended && guest->run == job->run)
            finish_early(&it, host, guest);
    }
    clear(&it);
    return status;
}
