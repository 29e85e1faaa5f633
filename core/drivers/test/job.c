/* The job on a whole guest: what it does, and its end by request. */
#include "core/drivers/test/jobs.h"

#include "core/drivers/test/job_event.h"
#include "core/drivers/test/moment.h"
#include "core/object/params.h"

static int refuse(const char *text)
{
    error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, "%s", text);
    return -1;
}

/* The job at work, NULL without one; -1 where it cannot be asked for. */
static int look(struct world *world, struct guest *guest, const struct job **ret_job)
{
    const struct job *job;

    if (guest_require_active(guest) < 0)
        return -1;
    guest_jobs_settle(world, guest);
    job = guest_job(guest);
    if (job && job->operation == VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN)
        return refuse("migration statistics are available only on the source host");
    *ret_job = job;
    return 0;
}

/* Nobody knows beforehand how much a guest changes meanwhile. */
static int type_of(const struct job *job)
{
    return job->outcome ? job->outcome : VIR_DOMAIN_JOB_UNBOUNDED;
}

int test_domainGetJobInfo(virDomainPtr domain, virDomainJobInfoPtr info)
{
    const struct job *job;
    unsigned long long memory;
    WITH_GUEST(domain, -1);

    if (look(world, guest, &job) < 0)
        return -1;
    if (!job)
        return 0;
    memory = MIN(job->progress.done, job->memory);
    *info = (virDomainJobInfo){
        .type = type_of(job),
        .timeElapsed = (unsigned long long)(g_get_monotonic_time() - job->started) / 1000,
        .dataTotal = job->progress.end,
        .dataProcessed = job->progress.done,
        .dataRemaining = job->progress.end - job->progress.done,
        .memTotal = job->memory,
        .memProcessed = memory,
        .memRemaining = job->memory - memory,
        .fileTotal = job->disks,
        .fileProcessed = job->progress.done - memory,
        .fileRemaining = job->disks - (job->progress.done - memory),
    };
    return 0;
}

/* Figures of the past job go to the one who asks first, unless they are to be kept. */
static int take_past(struct guest *guest, bool keep, int *type, struct params *list)
{
    struct guest_jobs *jobs = guest->jobs;

    if (!jobs || !jobs->past)
        return 0;
    *type = type_of(jobs->past);
    job_stats(jobs, jobs->past, list);
    if (!keep)
        g_clear_pointer(&jobs->past, job_free);
    return 0;
}

int test_domainGetJobStats(virDomainPtr domain, int *type, virTypedParameterPtr *params,
                           int *nparams, unsigned int flags)
{
    g_auto(params_auto_t) list = {0};
    const struct job *job;
    int kind = VIR_DOMAIN_JOB_NONE;

    if (flags_check(flags, VIR_DOMAIN_JOB_STATS_COMPLETED | VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED,
                    __func__) < 0)
        return -1;
    {
        WITH_GUEST(domain, -1);
        if (flags & VIR_DOMAIN_JOB_STATS_COMPLETED) {
            guest_jobs_settle(world, guest);
            take_past(guest, flags & VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED, &kind, &list);
        } else {
            if (look(world, guest, &job) < 0)
                return -1;
            if (job) {
                kind = type_of(job);
                job_stats(guest->jobs, job, &list);
            }
        }
    }
    if (params_steal(&list, params, nparams) < 0)
        return -1;
    *type = kind;
    return 0;
}

static int abort_migration(struct world *world, struct job *job, bool postcopy)
{
    if (postcopy && !job->postcopy)
        return refuse("current job is not outgoing migration in post-copy mode");
    if (job->postcopy)
        return refuse("cannot abort migration in post-copy mode");
    if (!job->sends)
        return refuse("cannot abort migration: it sends no memory now");
    job->aborted = true;
    cond_broadcast(&world->changed);
    return 0;
}

static int abort_job(struct world *world, struct guest *guest, bool postcopy)
{
    struct guest_jobs *jobs;

    if (guest_require_active(guest) < 0)
        return -1;
    guest_jobs_settle(world, guest);
    jobs = guest->jobs;
    if (!jobs || !jobs->job)
        return refuse("no job is active on the domain");
    if (jobs->job->operation == VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN)
        return refuse("cannot abort incoming migration; use virDomainDestroy instead");
    if (jobs->job->operation == VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT)
        return abort_migration(world, jobs->job, postcopy);
    if (postcopy)
        return refuse("current job is not outgoing migration in post-copy mode");
    g_clear_pointer(&jobs->backup, domainbackup_free);
    job_end(world, guest, VIR_DOMAIN_JOB_CANCELLED, NULL);
    event_job_completed(world, guest, jobs->past);
    return 0;
}

int test_domainAbortJobFlags(virDomainPtr domain, unsigned int flags)
{
    if (flags_check(flags, VIR_DOMAIN_ABORT_JOB_POSTCOPY, __func__) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    return abort_job(world, guest, flags & VIR_DOMAIN_ABORT_JOB_POSTCOPY);
}

int test_domainAbortJob(virDomainPtr domain)
{
    return test_domainAbortJobFlags(domain, 0);
}
