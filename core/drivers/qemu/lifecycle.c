/* Starting, stopping and what lies between. */
#include "core/drivers/qemu/define.h"
#include "core/drivers/qemu/events.h"
#include "core/drivers/qemu/lifecycle.h"
#include "core/drivers/qemu/run.h"
#include "core/drivers/qemu/save.h"

#include "core/conf/store.h"

#define GRACE_MS 15000
#define END_MS 30000

/* The object tells its id without asking us. */
static void take_id(virDomainPtr domain, const struct qemu_guest *guest)
{
    __atomic_store_n(&domain->id, guest->item.id, __ATOMIC_RELAXED);
}

/* ---- on */

#define START_FLAGS                                                                                \
    (VIR_DOMAIN_START_PAUSED | VIR_DOMAIN_START_AUTODESTROY | VIR_DOMAIN_START_BYPASS_CACHE |      \
     VIR_DOMAIN_START_FORCE_BOOT)

int guest_start_defined(struct job *job, const struct start *start)
{
    struct qemu_guest *guest = job->guest;

    if (guest_active(guest)) {
        qemu_error(OPERATION_INVALID, "domain is already running");
        return -1;
    }
    if (!guest->managed_save)
        return guest_start(job, domain_copy(guest->config->doc), start);
    if (start->flags & VIR_DOMAIN_START_FORCE_BOOT) {
        save_remove_managed(job->host, guest->name);
        guest->managed_save = false;
        return guest_start(job, domain_copy(guest->config->doc), start);
    }
    return save_start_managed(job, start);
}

int qemu_domainCreateWithFiles(virDomainPtr domain, unsigned int nfiles, int *files,
                               unsigned int flags)
{
    const struct start start = {START_BOOTED, .flags = flags, .owner = domain->conn, .files = files,
                                .n_files = nfiles};

    if (qemu_flags(flags, START_FLAGS) < 0)
        return -1;
    WITH_JOB(domain, -1);
    if (guest_start_defined(&job, &start) < 0)
        return -1;
    take_id(domain, guest);
    return 0;
}

int qemu_domainCreateWithFlags(virDomainPtr domain, unsigned int flags)
{
    return qemu_domainCreateWithFiles(domain, 0, NULL, flags);
}

int qemu_domainCreate(virDomainPtr domain)
{
    return qemu_domainCreateWithFlags(domain, 0);
}

/* ---- off: needs no job, so nothing that hangs can hold it up */

int guest_destroy(struct qemu_host *host, struct qemu_guest *guest, bool graceful)
{
    unsigned run = guest->run;
    bool ended;

    guest->end_reason = VIR_DOMAIN_SHUTOFF_DESTROYED;
    guest->end_detail = VIR_DOMAIN_EVENT_STOPPED_DESTROYED;
    guest_ref(guest);
    run_kill(guest, false);
    ended = run_wait_end(host, guest, run, graceful ? GRACE_MS : 0);
    if (!ended && !graceful) {
        run_kill(guest, true);
        ended = run_wait_end(host, guest, run, END_MS);
    }
    if (!ended)
        qemu_error(SYSTEM_ERROR, "Failed to terminate process %d with SIG%s: it has not ended yet",
                   (int)guest->process.pid, graceful ? "TERM" : "KILL");
    guest_unref(guest);
    return ended ? 0 : -1;
}

int qemu_domainDestroyFlags(virDomainPtr domain, unsigned int flags)
{
    if (qemu_flags(flags, VIR_DOMAIN_DESTROY_GRACEFUL) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    if (!guest_active(guest) && !guest->starting)
        return guest_require_active(guest);
    if (guest->config)
        __atomic_store_n(&domain->id, -1, __ATOMIC_RELAXED);
    return guest_destroy(host, guest, flags & VIR_DOMAIN_DESTROY_GRACEFUL);
}

int qemu_domainDestroy(virDomainPtr domain)
{
    return qemu_domainDestroyFlags(domain, 0);
}

/* With the connection the guests end that were started for it. */
void guests_end_with(struct qemu_host *host, virConnectPtr conn)
{
    bool again;

    lock_guard(&host->lock);
    do {
        again = false;
        for (objlist_each(&host->guests, struct qemu_guest, guest)) {
            if (guest->owner != conn || guest->finishing)
                continue;
            guest->owner = NULL;
            again = true;
            guest_destroy(host, guest, false);
            break;
        }
    } while (again);
}

/* ---- asking the guest */

static int press_button(struct job *job)
{
    if (job->guest->state == VIR_DOMAIN_PAUSED) {
        qemu_error(OPERATION_INVALID, "domain is paused, it cannot see a button");
        return -1;
    }
    return job_call(job, "system_powerdown", NULL, NULL);
}

int qemu_domainShutdownFlags(virDomainPtr domain, unsigned int flags)
{
    if (qemu_flags(flags, VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN | VIR_DOMAIN_SHUTDOWN_GUEST_AGENT) < 0)
        return -1;
    WITH_ACTIVE_JOB(domain, -1);
    if (flags == VIR_DOMAIN_SHUTDOWN_GUEST_AGENT) {
        qemu_error(ARGUMENT_UNSUPPORTED, "QEMU guest agent is not configured");
        return -1;
    }
    guest->reset_coming = false;
    return press_button(&job);
}

int qemu_domainShutdown(virDomainPtr domain)
{
    return qemu_domainShutdownFlags(domain, 0);
}

/* A shutdown after which the machine is reset, and goes on. */
int qemu_domainReboot(virDomainPtr domain, unsigned int flags)
{
    if (qemu_flags(flags, VIR_DOMAIN_REBOOT_ACPI_POWER_BTN | VIR_DOMAIN_REBOOT_GUEST_AGENT) < 0)
        return -1;
    WITH_ACTIVE_JOB(domain, -1);
    if (flags == VIR_DOMAIN_REBOOT_GUEST_AGENT) {
        qemu_error(ARGUMENT_UNSUPPORTED, "QEMU guest agent is not configured");
        return -1;
    }
    guest->reset_coming = true;
    if (press_button(&job) == 0)
        return 0;
    guest->reset_coming = false;
    return -1;
}

int qemu_domainReset(virDomainPtr domain, unsigned int flags)
{
    if (qemu_flags(flags, 0) < 0)
        return -1;
    WITH_ACTIVE_JOB(domain, -1);
    guest->reset_coming = false;
    return job_call(&job, "system_reset", NULL, NULL);
}

int qemu_domainSuspend(virDomainPtr domain)
{
    WITH_ACTIVE_JOB(domain, -1);
    if (guest->state == VIR_DOMAIN_PMSUSPENDED) {
        qemu_error(OPERATION_INVALID, "domain is pmsuspended");
        return -1;
    }
    if (guest->state == VIR_DOMAIN_PAUSED)
        return 0;
    guest->pause_reason = VIR_DOMAIN_PAUSED_USER;
    if (job_call(&job, "stop", NULL, NULL) < 0)
        return -1;
    guest_paused(host, guest, VIR_DOMAIN_PAUSED_USER, VIR_DOMAIN_EVENT_SUSPENDED_PAUSED);
    return run_note(&job);
}

int qemu_domainResume(virDomainPtr domain)
{
    WITH_ACTIVE_JOB(domain, -1);
    if (guest->state == VIR_DOMAIN_PMSUSPENDED) {
        qemu_error(OPERATION_INVALID, "domain is pmsuspended");
        return -1;
    }
    if (guest->state == VIR_DOMAIN_RUNNING) {
        qemu_error(OPERATION_INVALID, "domain is already running");
        return -1;
    }
    if (job_call(&job, "cont", NULL, NULL) < 0)
        return -1;
    guest_resumed(host, guest, VIR_DOMAIN_RUNNING_UNPAUSED, VIR_DOMAIN_EVENT_RESUMED_UNPAUSED);
    return run_note(&job);
}

/* ---- with the host */

int qemu_domainGetAutostart(virDomainPtr domain, int *autostart)
{
    WITH_GUEST(domain, -1);
    *autostart = guest->autostart;
    return 0;
}

int qemu_domainGetAutostartOnce(virDomainPtr domain, int *autostart)
{
    WITH_GUEST(domain, -1);
    *autostart = guest->autostart_once;
    return 0;
}

static int set_autostart(virDomainPtr domain, bool yes, const char *suffix, size_t offset)
{
    g_autofree char *target = NULL, *link = NULL;
    int status;

    WITH_JOB(domain, -1);
    if (!guest->config) {
        qemu_error(OPERATION_INVALID, "cannot set autostart for transient domain");
        return -1;
    }
    target = g_strconcat("../", guest->name, ".xml", NULL);
    link = g_strconcat(guest->name, suffix, NULL);
    job_leave(&job);
    status = store_link(host->paths.autostart, link, yes ? target : NULL);
    lock_take(&host->lock);
    job.locked = true;
    if (status == 0)
        *(bool *)((char *)guest + offset) = yes;
    return status;
}

int qemu_domainSetAutostart(virDomainPtr domain, int autostart)
{
    return set_autostart(domain, autostart != 0, ".xml", offsetof(struct qemu_guest, autostart));
}

int qemu_domainSetAutostartOnce(virDomainPtr domain, int autostart)
{
    return set_autostart(domain, autostart != 0, ".xml.once",
                         offsetof(struct qemu_guest, autostart_once));
}
