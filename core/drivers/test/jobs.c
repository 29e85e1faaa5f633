#include "core/drivers/test/jobs.h"

#include "core/drivers/test/alarm.h"
#include "core/drivers/test/blockjob.h"
#include "core/drivers/test/job_event.h"

/* What hypervisors begin with. */
#define SPEED (G_MAXINT64 / (1024 * 1024))
#define DOWNTIME 300
#define CACHE (64ULL * 1024 * 1024)

struct guest_jobs *guest_jobs(struct guest *guest)
{
    struct guest_jobs *jobs = guest->jobs;

    if (jobs)
        return jobs;
    jobs = guest->jobs = g_new0(struct guest_jobs, 1);
    jobs->block = g_ptr_array_new_with_free_func(blockjob_free);
    jobs->sizes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    jobs->thresholds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    jobs->speed = SPEED;
    jobs->downtime = DOWNTIME;
    jobs->cache = CACHE;
    return jobs;
}

void job_free(struct job *job)
{
    if (!job)
        return;
    g_free(job->failure);
    g_free(job->message);
    g_free(job);
}

void guest_jobs_free(struct guest_jobs *jobs)
{
    if (!jobs)
        return;
    g_ptr_array_free(jobs->block, TRUE);
    g_hash_table_destroy(jobs->sizes);
    g_hash_table_destroy(jobs->thresholds);
    domainbackup_free(jobs->backup);
    job_free(jobs->job);
    job_free(jobs->past);
    g_free(jobs);
}

struct job *job_begin(struct world *world, struct guest *guest, int operation,
                      unsigned long long memory, unsigned long long disks, unsigned long long limit)
{
    struct job *job = g_new0(struct job, 1);

    job->serial = ++world->job_serial;
    job->operation = operation;
    job->memory = memory;
    job->disks = disks;
    progress_begin(&job->progress, memory + disks, limit);
    job->started = job->progress.since;
    guest_jobs(guest)->job = job;
    alarm_set(world);
    return job;
}

void job_end(struct world *world, struct guest *guest, int outcome, const char *message)
{
    struct guest_jobs *jobs = guest->jobs;
    struct job *job = g_steal_pointer(&jobs->job);

    job->outcome = outcome;
    job->message = g_strdup(message);
    job->elapsed = g_get_monotonic_time() - job->started;
    job_free(jobs->past);
    jobs->past = job;
    cond_broadcast(&world->changed);
}

const char *job_name(int operation)
{
    switch (operation) {
    case VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN:
        return "migration in";
    case VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT:
        return "migration out";
    case VIR_DOMAIN_JOB_OPERATION_BACKUP:
        return "backup";
    default:
        return "job";
    }
}

int guest_check_free(const struct guest *guest)
{
    const struct job *job = guest_job(guest);

    if (!job || !job->holds)
        return 0;
    error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_TIMEOUT,
              "cannot acquire state change lock of domain '%s' (held by job=%s)", guest->name,
              job_name(job->operation));
    return -1;
}

static void end_backup(struct world *world, struct guest *guest, int outcome, const char *message)
{
    g_clear_pointer(&guest->jobs->backup, domainbackup_free);
    job_end(world, guest, outcome, message);
    event_job_completed(world, guest, guest->jobs->past);
}

/* A second pass over memory begins when half of everything is there. */
static void count_passes(struct world *world, struct guest *guest, struct job *job)
{
    if (job->iteration != 1 || job->progress.done < job->progress.end / 2)
        return;
    job->iteration = 2;
    event_migration_iteration(world, guest, 2);
}

/* When something next happens to the job. A migration is ended by the call that waits for it. */
static gint64 settle_job(struct world *world, struct guest *guest, gint64 now)
{
    struct job *job = guest->jobs->job;
    bool sends = job->sends, backup = job->operation == VIR_DOMAIN_JOB_OPERATION_BACKUP;
    unsigned long long half = job->progress.end / 2;

    if (job->endless || !(sends || backup))
        return G_MAXINT64;
    progress_move(&job->progress, now);
    if (backup && job->failure && job->progress.done >= half) {
        g_autofree char *failure = g_steal_pointer(&job->failure);

        end_backup(world, guest, VIR_DOMAIN_JOB_FAILED, failure);
        return G_MAXINT64;
    }
    if (sends)
        count_passes(world, guest, job);
    if (job->progress.done < job->progress.end) {
        bool soon = job->progress.done < half && (job->failure || job->iteration == 1);

        return progress_when(&job->progress, soon ? half : job->progress.end);
    }
    if (backup)
        end_backup(world, guest, VIR_DOMAIN_JOB_COMPLETED, NULL);
    else
        cond_broadcast(&world->changed);
    return G_MAXINT64;
}

gint64 guest_jobs_settle(struct world *world, struct guest *guest)
{
    gint64 now = g_get_monotonic_time(), disks, whole = G_MAXINT64;

    if (!guest->jobs)
        return G_MAXINT64;
    disks = blockjobs_settle(world, guest, now);
    if (guest->jobs->job)
        whole = settle_job(world, guest, now);
    return MIN(disks, whole);
}

gint64 jobs_settle(struct world *world)
{
    gint64 next = G_MAXINT64;

    for (objlist_each(&world->guests, struct guest, guest)) {
        gint64 its = guest_jobs_settle(world, guest);

        next = MIN(next, its);
    }
    return next;
}

void guest_jobs_stop(struct world *world, struct guest *guest)
{
    struct guest_jobs *jobs = guest->jobs;

    if (!jobs)
        return;
    g_ptr_array_set_size(jobs->block, 0);
    g_hash_table_remove_all(jobs->thresholds);
    jobs->dirty_rate = (struct dirty_rate){0};
    if (jobs->backup)
        end_backup(world, guest, VIR_DOMAIN_JOB_FAILED, "domain has been shut off");
    else if (jobs->job)
        job_end(world, guest, VIR_DOMAIN_JOB_FAILED, "domain is no longer running");
}
