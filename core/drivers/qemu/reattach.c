#include "core/drivers/qemu/reattach.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/base/xml.h"
#include "core/conf/store.h"
#include "core/drivers/qemu/events.h"
#include "core/drivers/qemu/lifecycle.h"
#include "core/drivers/qemu/run.h"

/* What status.c has written. */
struct noted {
    int state, reason, pid, booting, autodestroy;
    unsigned long long started, begun;
    char *folder;
    struct domain *doc;
};

static void noted_clear(struct noted *noted)
{
    g_free(noted->folder);
    domain_free(noted->doc);
}

static int read_numbers(xmlNodePtr root, struct noted *ret)
{
    const struct {
        const char *name;
        int *value;
    } numbers[] = {
        {"state", &ret->state},     {"reason", &ret->reason},           {"pid", &ret->pid},
        {"booting", &ret->booting}, {"autodestroy", &ret->autodestroy},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        if (xml_attr_int(root, numbers[i].name, numbers[i].value) <= 0)
            return -1;
    return xml_attr_ullong(root, "started", &ret->started) <= 0 ||
                   xml_attr_ullong(root, "begun", &ret->begun) <= 0
               ? -1
               : 0;
}

static struct domain *read_domain(xmlDocPtr xml, xmlNodePtr node)
{
    static const struct doc_context context = {.driver = "qemu"};
    xmlBufferPtr buffer = xmlBufferCreate();
    struct domain *doc;

    xmlNodeDump(buffer, xml, node, 0, 0);
    doc = domain_parse((const char *)xmlBufferContent(buffer), &context, 0);
    xmlBufferFree(buffer);
    return doc;
}

static int read_status(const char *text, struct noted *ret)
{
    g_autoptr(xmlDoc) xml = xml_parse(text, "domain_status");
    xmlNodePtr root = xml ? xmlDocGetRootElement(xml) : NULL;
    xmlNodePtr folder = root ? xml_child(root, "folder") : NULL;
    xmlNodePtr domain = root ? xml_child(root, "domain") : NULL;

    if (!xml)
        return -1;
    if (!folder || !domain || read_numbers(root, ret) < 0) {
        qemu_error(INTERNAL_ERROR, "a guest's status that is none");
        return -1;
    }
    ret->folder = xml_text(folder);
    ret->doc = read_domain(xml, domain);
    return ret->doc ? 0 : -1;
}

/* ---- back to the monitor */

struct reattach {
    struct job job;
    bool booting;
};

/* What happened while nobody listened. */
static void settle(struct job *job, const char *status)
{
    struct qemu_guest *guest = job->guest;
    bool runs = !g_strcmp0(status, "running");

    if (guest->booting && runs)
        guest_booted(job->host, guest);
    else if (!g_strcmp0(status, "shutdown"))
        guest_event(job->host, guest, "SHUTDOWN", NULL, 0, 0);
    else if (!g_strcmp0(status, "suspended"))
        guest_set_state(guest, VIR_DOMAIN_PMSUSPENDED, VIR_DOMAIN_PMSUSPENDED_UNKNOWN);
    else if (!g_strcmp0(status, "guest-panicked"))
        guest_set_state(guest, VIR_DOMAIN_CRASHED, VIR_DOMAIN_CRASHED_PANICKED);
    else if (runs)
        guest_resumed(job->host, guest, VIR_DOMAIN_RUNNING_UNPAUSED,
                      VIR_DOMAIN_EVENT_RESUMED_UNPAUSED);
    else
        guest_paused(job->host, guest,
                     !g_strcmp0(status, "io-error") ? VIR_DOMAIN_PAUSED_IOERROR
                                                    : VIR_DOMAIN_PAUSED_UNKNOWN,
                     VIR_DOMAIN_EVENT_SUSPENDED_PAUSED);
}

/* One that was about to be let run is let run. */
static int talk(struct job *job)
{
    g_autoptr(json_t) answer = NULL;
    const char *status;

    if (job_call(job, "query-status", NULL, &answer) < 0)
        return -1;
    status = json_string_value(json_object_get(answer, "status"));
    if (job->guest->booting && g_strcmp0(status, "running") != 0) {
        if (job_call(job, "cont", NULL, NULL) < 0)
            return -1;
        guest_booted(job->host, job->guest);
        return run_note(job);
    }
    settle(job, status);
    return run_note(job);
}

static void reattach(void *data)
{
    struct reattach *it = data;
    struct job *job = &it->job;
    struct qemu_caps *caps = caps_lookup(job->host->caps, job->guest->live->doc->devices.emulator);
    int status = caps ? run_connect(job->host, job->guest) : -1;

    lock_take(&job->host->lock);
    if (job->guest->run == job->run)
        job->guest->caps = caps;
    else
        caps_unref(caps);
    lock_drop(&job->host->lock);
    if (job_return(job) < 0 || status < 0 || talk(job) < 0)
        log_error("domain '%s': %s", job->guest->name, virGetLastErrorMessage());
    else if (job->guest->end_reason)
        run_kill(job->guest, true);
    error_reset();
    job_end(job);
    g_free(it);
}

/* ---- who is there */

static struct qemu_guest *guest_of(struct qemu_host *host, const struct domain *doc)
{
    struct qemu_guest *guest = NULL;

    if (guest_match(host, doc, true, &guest) < 0)
        return NULL;
    return guest ? guest : guest_add(host, doc);
}

static void take_up(struct qemu_host *host, struct qemu_guest *guest, struct noted *noted,
                    const struct process *process)
{
    struct reattach *it = g_new0(struct reattach, 1);
    int id = noted->doc->has_id ? noted->doc->id : host->next_id;

    guest->run = host->next_run++;
    guest->process = *process;
    guest->folder = g_steal_pointer(&noted->folder);
    guest->live = definition_new(g_steal_pointer(&noted->doc));
    guest->started = noted->begun;
    guest->booting = noted->booting;
    guest->start_reason = VIR_DOMAIN_RUNNING_BOOTED;
    guest->start_detail = VIR_DOMAIN_EVENT_STARTED_BOOTED;
    guest_set_state(guest, noted->state, noted->reason);
    host->next_id = MAX(host->next_id, id + 1);
    objlist_set_id(&host->guests, &guest->item, id);
    /* its connection is gone */
    if (noted->autodestroy) {
        guest->end_reason = VIR_DOMAIN_SHUTOFF_DESTROYED;
        guest->end_detail = VIR_DOMAIN_EVENT_STOPPED_DESTROYED;
    }
    run_watch(host, guest);
    if (job_begin_guest(&it->job, NULL, host, guest, "qemu_reattach") == 0) {
        it->job.locked = false;
        host_work(host, reattach, it);
    } else {
        g_free(it);
    }
}

static void clear_away(struct qemu_host *host, const char *name, const struct noted *noted)
{
    g_autofree char *file = g_strconcat(name, ".xml", NULL);

    store_remove(host->paths.run, file);
    if (noted->folder && g_str_has_prefix(noted->folder, host->paths.lib))
        remove_tree(noted->folder);
}

/* Also one whose status nobody has taken yet has ended. */
static bool is_alive(const struct noted *noted, struct process *ret)
{
    if (process_attach(noted->pid, noted->started, ret) < 0)
        return false;
    if (!process_wait(ret, 0, NULL))
        return true;
    process_release(ret);
    return false;
}

/* A guest without its process has ended while nobody looked. */
static int load(const char *name, const char *text, void *opaque)
{
    struct qemu_host *host = opaque;
    struct noted noted = {0};
    struct process process;
    struct qemu_guest *guest;
    int status = read_status(text, &noted);

    if (status == 0 && is_alive(&noted, &process)) {
        lock_guard(&host->lock);
        guest = guest_of(host, noted.doc);
        if (guest)
            take_up(host, guest, &noted, &process);
        else
            process_release(&process);
        status = guest ? 0 : -1;
    } else if (status == 0) {
        clear_away(host, name, &noted);
        lock_guard(&host->lock);
        guest = objlist_by_name(&host->guests, name);
        if (guest)
            guest_set_state(guest, VIR_DOMAIN_SHUTOFF,
                            noted.state == VIR_DOMAIN_SHUTDOWN ? VIR_DOMAIN_SHUTOFF_SHUTDOWN
                                                               : VIR_DOMAIN_SHUTOFF_CRASHED);
    }
    noted_clear(&noted);
    return status;
}

/* ---- starts that were broken off: nothing is noted of them, so they have never run */

static bool is_in_use(struct qemu_host *host, const char *folder)
{
    lock_guard(&host->lock);
    for (objlist_each(&host->guests, struct qemu_guest, guest))
        if (!g_strcmp0(guest->folder, folder))
            return true;
    return false;
}

/* The folder is in its command line, with the monitor's or as its home. */
static bool works_in(const char *pid, const char *folder)
{
    g_autofree char *path = g_strdup_printf("/proc/%s/environ", pid);
    g_autofree char *home = g_strdup_printf("HOME=%s", folder);
    g_autofree char *text = NULL;
    gsize length = 0;

    if (!g_file_get_contents(path, &text, &length, NULL))
        return false;
    for (gsize at = 0; at < length; at += strlen(text + at) + 1)
        if (!strcmp(text + at, home))
            return true;
    return false;
}

static void end_process_in(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open("/proc", 0, NULL);
    const char *pid;

    while (dir && (pid = g_dir_read_name(dir))) {
        struct process process;

        if (!g_ascii_isdigit(*pid) || !works_in(pid, folder))
            continue;
        if (process_attach(atoi(pid), process_started(atoi(pid)), &process) < 0)
            continue;
        process_kill(&process, SIGKILL);
        process_wait(&process, 1000, NULL);
        process_release(&process);
    }
}

static void clear_broken_starts(struct qemu_host *host)
{
    g_autoptr(GDir) dir = g_dir_open(host->paths.lib, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *folder = g_build_filename(host->paths.lib, name, NULL);

        if (!g_str_has_prefix(name, "domain-") || is_in_use(host, folder))
            continue;
        end_process_in(folder);
        remove_tree(folder);
    }
}

void guests_reattach(struct qemu_host *host)
{
    store_each(host->paths.run, ".xml", load, host);
    clear_broken_starts(host);
}

/* ---- with the host */

static void start_one(void *data)
{
    static const struct start start = {START_BOOTED};
    struct job *job = data;

    lock_take(&job->host->lock);
    job->locked = true;
    if (!guest_active(job->guest) && guest_start_defined(job, &start) < 0)
        log_error("domain '%s': %s", job->guest->name, virGetLastErrorMessage());
    error_reset();
    job_end(job);
    g_free(job);
}

static void forget_once(struct qemu_host *host, struct qemu_guest *guest)
{
    g_autofree char *link = g_strconcat(guest->name, ".xml.once", NULL);

    guest->autostart_once = false;
    lock_drop(&host->lock);
    store_link(host->paths.autostart, link, NULL);
    lock_take(&host->lock);
}

/* The folder is emptied with each boot, and so is the mark. */
static bool first_time(struct qemu_host *host)
{
    g_autofree char *mark = g_build_filename(host->paths.run, "autostarted", NULL);
    int fd = open(mark, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

void guests_autostart(struct qemu_host *host)
{
    if (!first_time(host))
        return;
    lock_guard(&host->lock);
    for (objlist_each(&host->guests, struct qemu_guest, guest)) {
        struct job *job;

        if (!guest->config || guest->live || !(guest->autostart || guest->autostart_once))
            continue;
        if (guest->autostart_once)
            forget_once(host, guest);
        job = g_new0(struct job, 1);
        if (job_begin_guest(job, NULL, host, guest, "qemu_autostart") == 0) {
            job->locked = false;
            host_work(host, start_one, job);
        } else {
            g_free(job);
        }
    }
}
