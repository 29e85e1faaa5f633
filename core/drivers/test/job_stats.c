/* The figures of a job. */
#include "core/drivers/test/jobs.h"

#include "core/object/params.h"

#define PAGE 4096ULL
/* How long a guest stands still at the end of a live migration; less if less is allowed. */
#define DOWNTIME 10

static gint64 elapsed(const struct job *job)
{
    return job->outcome ? job->elapsed : g_get_monotonic_time() - job->started;
}

static unsigned long long memory_done(const struct job *job)
{
    return MIN(job->progress.done, job->memory);
}

static void add_part(struct params *list, const char *name, unsigned long long total,
                     unsigned long long done)
{
    params_add_ullong(list, total, "%s_total", name);
    params_add_ullong(list, done, "%s_processed", name);
    params_add_ullong(list, total - done, "%s_remaining", name);
}

static unsigned long long per_second(unsigned long long bytes, gint64 microseconds)
{
    return microseconds > 0 ? (unsigned long long)((double)bytes * G_USEC_PER_SEC / microseconds)
                            : 0;
}

static void add_memory(struct params *list, const struct guest_jobs *jobs, const struct job *job)
{
    unsigned long long done = memory_done(job);

    add_part(list, "memory", job->memory, done);
    params_add_ullong(list, 0, VIR_DOMAIN_JOB_MEMORY_CONSTANT);
    params_add_ullong(list, done / PAGE, VIR_DOMAIN_JOB_MEMORY_NORMAL);
    params_add_ullong(list, done, VIR_DOMAIN_JOB_MEMORY_NORMAL_BYTES);
    params_add_ullong(list, per_second(done, elapsed(job)), VIR_DOMAIN_JOB_MEMORY_BPS);
    params_add_ullong(list, 0, VIR_DOMAIN_JOB_MEMORY_DIRTY_RATE);
    params_add_ullong(list, job->iteration, VIR_DOMAIN_JOB_MEMORY_ITERATION);
    params_add_ullong(list, PAGE, VIR_DOMAIN_JOB_MEMORY_PAGE_SIZE);
    params_add_ullong(list, 0, VIR_DOMAIN_JOB_MEMORY_POSTCOPY_REQS);
    if (job->flags & VIR_MIGRATE_AUTO_CONVERGE)
        params_add_int(list, 0, VIR_DOMAIN_JOB_AUTO_CONVERGE_THROTTLE);
    if (!(job->flags & VIR_MIGRATE_COMPRESSED))
        return;
    params_add_ullong(list, jobs->cache, VIR_DOMAIN_JOB_COMPRESSION_CACHE);
    params_add_ullong(list, 0, VIR_DOMAIN_JOB_COMPRESSION_BYTES);
    params_add_ullong(list, 0, VIR_DOMAIN_JOB_COMPRESSION_PAGES);
    params_add_ullong(list, 0, VIR_DOMAIN_JOB_COMPRESSION_CACHE_MISSES);
    params_add_ullong(list, 0, VIR_DOMAIN_JOB_COMPRESSION_OVERFLOW);
}

static void add_disks(struct params *list, const struct job *job)
{
    unsigned long long done = job->progress.done - memory_done(job);

    add_part(list, "disk", job->disks, done);
    params_add_ullong(list, per_second(done, elapsed(job)), VIR_DOMAIN_JOB_DISK_BPS);
    if (!job->endless)
        return;
    params_add_ullong(list, 0, VIR_DOMAIN_JOB_DISK_TEMP_USED);
    params_add_ullong(list, job->disks, VIR_DOMAIN_JOB_DISK_TEMP_TOTAL);
}

static void add_migration(struct params *list, const struct guest_jobs *jobs, const struct job *job)
{
    bool live = job->flags & VIR_MIGRATE_LIVE;
    unsigned long long ms = (unsigned long long)elapsed(job) / 1000;

    params_add_ullong(list, live ? MIN(DOWNTIME, jobs->downtime) : ms, VIR_DOMAIN_JOB_DOWNTIME);
    params_add_ullong(list, 0, VIR_DOMAIN_JOB_SETUP_TIME);
    if (job->outcome) {
        /* both sides have the same clock */
        params_add_ullong(list, ms, VIR_DOMAIN_JOB_TIME_ELAPSED_NET);
        params_add_ullong(list, live ? MIN(DOWNTIME, jobs->downtime) : ms,
                          VIR_DOMAIN_JOB_DOWNTIME_NET);
    }
    add_memory(list, jobs, job);
}

void job_stats(const struct guest_jobs *jobs, const struct job *job, struct params *list)
{
    bool backup = job->operation == VIR_DOMAIN_JOB_OPERATION_BACKUP;

    params_add_int(list, job->operation, VIR_DOMAIN_JOB_OPERATION);
    params_add_ullong(list, (unsigned long long)elapsed(job) / 1000, VIR_DOMAIN_JOB_TIME_ELAPSED);
    add_part(list, "data", job->progress.end, job->progress.done);
    if (!backup)
        add_migration(list, jobs, job);
    add_disks(list, job);
    if (job->outcome && backup) {
        params_add_bool(list, job->outcome == VIR_DOMAIN_JOB_COMPLETED, VIR_DOMAIN_JOB_SUCCESS);
        params_add_string(list, job->message, VIR_DOMAIN_JOB_ERRMSG);
    }
}
