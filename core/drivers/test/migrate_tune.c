/* How fast guests migrate, and how long they may stand still. */
#include "core/drivers/test/jobs.h"

#include "core/drivers/test/alarm.h"
#include "core/drivers/test/events.h"

#define SPEED_MAX (G_MAXINT64 / (1024 * 1024)) /* MiB/s that can be counted in bytes */

/* The job of a guest on its way out; NULL when it is not. */
static struct job *leaving(const struct guest *guest)
{
    struct job *job = guest_job(guest);

    return job && job->operation == VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT && job->sends ? job
                                                                                         : NULL;
}

static void obey(struct world *world, struct guest *guest, unsigned long long speed)
{
    progress_limit(&leaving(guest)->progress, speed >= SPEED_MAX ? 0 : speed << 20);
    alarm_set(world);
}

int test_domainMigrateSetMaxSpeed(virDomainPtr domain, unsigned long bandwidth, unsigned int flags)
{
    bool postcopy = flags & VIR_DOMAIN_MIGRATE_MAX_SPEED_POSTCOPY;

    if (flags_check(flags, VIR_DOMAIN_MIGRATE_MAX_SPEED_POSTCOPY, __func__) < 0)
        return -1;
    if (bandwidth > SPEED_MAX) {
        test_error(OVERFLOW, "bandwidth must be less than %llu, not %lu", SPEED_MAX + 1ULL,
                   bandwidth);
        return -1;
    }
    WITH_GUEST(domain, -1);
    if (postcopy && guest_require_active(guest) < 0)
        return -1;
    if (postcopy)
        guest_jobs(guest)->postcopy_speed = bandwidth;
    else
        guest_jobs(guest)->speed = bandwidth;
    guest_jobs_settle(world, guest);
    if (leaving(guest) && leaving(guest)->postcopy == postcopy)
        obey(world, guest, bandwidth);
    return 0;
}

int test_domainMigrateGetMaxSpeed(virDomainPtr domain, unsigned long *bandwidth, unsigned int flags)
{
    bool postcopy = flags & VIR_DOMAIN_MIGRATE_MAX_SPEED_POSTCOPY;

    if (flags_check(flags, VIR_DOMAIN_MIGRATE_MAX_SPEED_POSTCOPY, __func__) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    if (postcopy && guest_require_active(guest) < 0)
        return -1;
    *bandwidth = postcopy ? guest_jobs(guest)->postcopy_speed : guest_jobs(guest)->speed;
    return 0;
}

/* What is kept of a guest that runs: a member of struct guest_jobs. */
static unsigned long long *number_at(struct guest *guest, size_t member)
{
    return (unsigned long long *)((char *)guest_jobs(guest) + member);
}

static int set_number(virDomainPtr domain, size_t member, unsigned long long value,
                      unsigned int flags, const char *slot)
{
    if (flags_check(flags, 0, slot) < 0)
        return -1;
    WITH_ACTIVE_GUEST(domain, -1);
    *number_at(guest, member) = value;
    return 0;
}

static int get_number(virDomainPtr domain, size_t member, unsigned long long *value,
                      unsigned int flags, const char *slot)
{
    if (flags_check(flags, 0, slot) < 0)
        return -1;
    WITH_ACTIVE_GUEST(domain, -1);
    *value = *number_at(guest, member);
    return 0;
}

#define DOWNTIME offsetof(struct guest_jobs, downtime)
#define CACHE offsetof(struct guest_jobs, cache)

int test_domainMigrateSetMaxDowntime(virDomainPtr domain, unsigned long long downtime,
                                     unsigned int flags)
{
    return set_number(domain, DOWNTIME, downtime, flags, __func__);
}

int test_domainMigrateGetMaxDowntime(virDomainPtr domain, unsigned long long *downtime,
                                     unsigned int flags)
{
    return get_number(domain, DOWNTIME, downtime, flags, __func__);
}

int test_domainMigrateSetCompressionCache(virDomainPtr domain, unsigned long long cacheSize,
                                          unsigned int flags)
{
    return set_number(domain, CACHE, cacheSize, flags, __func__);
}

int test_domainMigrateGetCompressionCache(virDomainPtr domain, unsigned long long *cacheSize,
                                          unsigned int flags)
{
    return get_number(domain, CACHE, cacheSize, flags, __func__);
}

static int refuse(const char *text)
{
    error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, "%s", text);
    return -1;
}

int test_domainMigrateStartPostCopy(virDomainPtr domain, unsigned int flags)
{
    struct job *job;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    WITH_ACTIVE_GUEST(domain, -1);
    guest_jobs_settle(world, guest);
    job = leaving(guest);
    if (!job)
        return refuse("post-copy can only be started while outgoing migration is in progress");
    if (!(job->flags & VIR_MIGRATE_POSTCOPY))
        return refuse("post-copy can only be started when migration was started with the "
                      "VIR_MIGRATE_POSTCOPY flag");
    if (job->postcopy)
        return 0;
    job->postcopy = true;
    if (guest->state == VIR_DOMAIN_RUNNING) {
        guest_set_state(guest, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_POSTCOPY);
        guest_event_lifecycle(world, guest, VIR_DOMAIN_EVENT_SUSPENDED,
                              VIR_DOMAIN_EVENT_SUSPENDED_POSTCOPY);
    }
    obey(world, guest, guest->jobs->postcopy_speed);
    return 0;
}
