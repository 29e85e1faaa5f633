/* How fast guests write to their memory: one that exists in memory only does not. */
#include "core/drivers/test/jobs.h"

#include "core/object/params.h"

#define SECONDS_MAX 60

static int check_ring(const struct domain *doc, unsigned int flags)
{
    if (!(flags & VIR_DOMAIN_DIRTYRATE_MODE_DIRTY_RING) ||
        (doc->features.kvm && doc->features.kvm->dirty_ring.state == TRISTATE_ON))
        return 0;
    test_error(OPERATION_INVALID,
               "dirty-ring calculation mode requires dirty-ring feature enabled.");
    return -1;
}

int test_domainStartDirtyRateCalc(virDomainPtr domain, int seconds, unsigned int flags)
{
    gint64 now = g_get_monotonic_time();

    if (flags_check(flags,
                    VIR_DOMAIN_DIRTYRATE_MODE_DIRTY_BITMAP | VIR_DOMAIN_DIRTYRATE_MODE_DIRTY_RING,
                    __func__) < 0)
        return -1;
    if (seconds < 1 || seconds > SECONDS_MAX) {
        test_error(INVALID_ARG, "seconds=%d is invalid, please choose value within [1, %d].",
                   seconds, SECONDS_MAX);
        return -1;
    }
    WITH_ACTIVE_GUEST(domain, -1);
    if (check_ring(guest->live->doc, flags) < 0)
        return -1;
    guest_jobs(guest)->dirty_rate = (struct dirty_rate){
        .since = now,
        .until = now + seconds * G_TIME_SPAN_SECOND,
        .wall = g_get_real_time() / G_USEC_PER_SEC,
        .seconds = seconds,
        .mode = flags,
    };
    return 0;
}

void dirtyrate_stats(const struct guest *guest, struct params *list)
{
    static const char *const modes[] = {"page-sampling", "dirty-bitmap", "dirty-ring"};
    const struct dirty_rate *rate = guest->jobs ? &guest->jobs->dirty_rate : NULL;
    bool measured;

    if (!guest_active(guest))
        return;
    if (!rate || !rate->since) {
        params_add_int(list, VIR_DOMAIN_DIRTYRATE_UNSTARTED, "dirtyrate.calc_status");
        return;
    }
    measured = g_get_monotonic_time() >= rate->until;
    params_add_int(list, measured ? VIR_DOMAIN_DIRTYRATE_MEASURED : VIR_DOMAIN_DIRTYRATE_MEASURING,
                   "dirtyrate.calc_status");
    params_add_llong(list, rate->wall, "dirtyrate.calc_start_time");
    params_add_int(list, rate->seconds, "dirtyrate.calc_period");
    params_add_string(list, modes[rate->mode], "dirtyrate.calc_mode");
    if (measured)
        params_add_llong(list, 0, "dirtyrate.megabytes_per_second");
}
