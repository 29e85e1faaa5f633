#include "core/drivers/qemu/job.h"

#include "core/object/call.h"

#define PATIENCE (30 * G_USEC_PER_SEC)

/* The public name of the call that a slot is: "virDomainSave" of "qemu_domainSave". */
static char *public_name(const char *function)
{
    const char *slot = strchr(function, '_');

    return slot ? g_strdup_printf("vir%c%s", g_ascii_toupper(slot[1]), slot + 2)
                : g_strdup(function);
}

static int refuse(const struct qemu_guest *guest)
{
    g_autofree char *name = public_name(guest->job.function);

    qemu_error(OPERATION_TIMEOUT,
               "cannot acquire state change lock of domain '%s' (held by %s for %lld seconds)",
               guest->name, name,
               (long long)((g_get_monotonic_time() - guest->job.since) / G_USEC_PER_SEC));
    return -1;
}

/* The lock is held before and after. */
static int wait_free(struct qemu_guest *guest, struct qemu_host *host, struct call *call)
{
    gint64 until = g_get_monotonic_time() + PATIENCE;
    int status = 1;

    guest->job.waiting++;
    while (guest->job.function && status > 0)
        status = call ? call_cond_wait_until(call, &host->changed, &host->lock, until)
                      : cond_wait_until(&host->changed, &host->lock, until);
    guest->job.waiting--;
    if (status == 0 && guest->job.function)
        return refuse(guest);
    return MIN(status, 0);
}

static int wait_as(virConnectPtr conn, struct qemu_host *host, struct qemu_guest *guest,
                   const char *function)
{
    g_autofree char *name = NULL;
    struct call call;
    int status;

    if (!guest->job.function)
        return 0;
    if (!conn)
        return wait_free(guest, host, NULL);
    name = public_name(function);
    call_begin_as(&call, &conn->calls, name);
    status = wait_free(guest, host, &call);
    call_end(&call);
    return status;
}

int job_begin_guest(struct job *job, virConnectPtr conn, struct qemu_host *host,
                    struct qemu_guest *guest, const char *function)
{
    guest_ref(guest);
    if (wait_as(conn, host, guest, function) < 0) {
        guest_unref(guest);
        return -1;
    }
    if (!guest->listed) {
        qemu_error(NO_DOMAIN, "domain '%s' has gone meanwhile", guest->name);
        guest_unref(guest);
        return -1;
    }
    guest->job = (struct guest_job){
        .function = function, .since = g_get_monotonic_time(), .waiting = guest->job.waiting};
    *job = (struct job){host, guest, conn, guest->run, true};
    return 0;
}

int job_begin(struct job *job, virDomainPtr domain, const char *function)
{
    struct qemu_host *host = host_of(domain->conn);
    struct qemu_guest *guest;

    lock_take(&host->lock);
    guest = guest_find(host, domain);
    if (guest && job_begin_guest(job, domain->conn, host, guest, function) == 0)
        return 0;
    lock_drop(&host->lock);
    return -1;
}

int job_begin_active(struct job *job, virDomainPtr domain, const char *function)
{
    struct qemu_host *host = host_of(domain->conn);

    /* who is off now need not be waited for */
    lock_take(&host->lock);
    if (!guest_find_active(host, domain)) {
        lock_drop(&host->lock);
        return -1;
    }
    lock_drop(&host->lock);
    if (job_begin(job, domain, function) < 0)
        return -1;
    if (guest_require_active(job->guest) == 0)
        return 0;
    job_end(job);
    return -1;
}

void job_end(struct job *job)
{
    if (!job->host)
        return;
    if (!job->locked)
        lock_take(&job->host->lock);
    job->guest->job.function = NULL;
    cond_broadcast(&job->host->changed);
    guest_unref(job->guest);
    lock_drop(&job->host->lock);
    *job = (struct job){0};
}

void job_leave(struct job *job)
{
    job->locked = false;
    lock_drop(&job->host->lock);
}

int job_return(struct job *job)
{
    lock_take(&job->host->lock);
    job->locked = true;
    if (job->guest->run == job->run && !job->guest->ended)
        return 0;
    qemu_error(OPERATION_FAILED, "domain '%s' has ended meanwhile", job->guest->name);
    return -1;
}

int job_call_fd(struct job *job, const char *command, json_t *arguments, int fd, json_t **ret)
{
    struct qemu_monitor *monitor = job->guest->monitor;
    json_t *answer = NULL;
    int status;

    if (!monitor) {
        json_decref(arguments);
        qemu_error(OPERATION_INVALID, "domain '%s' has no monitor", job->guest->name);
        return -1;
    }
    monitor_ref(monitor);
    job_leave(job);
    status = monitor_call(monitor, command, arguments, fd, 0, ret ? &answer : NULL);
    monitor_unref(monitor);
    if (job_return(job) < 0)
        status = -1;
    if (status < 0) {
        json_decref(answer);
        return -1;
    }
    if (ret)
        *ret = answer;
    return 0;
}

int job_call(struct job *job, const char *command, json_t *arguments, json_t **ret)
{
    return job_call_fd(job, command, arguments, -1, ret);
}
