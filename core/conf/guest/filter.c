#include "core/conf/guest/filter.h"

#include <glib.h>

#include "core/object/flags.h"

/* Flags come in groups; a guest must have one of each group that the caller names. */
static bool group_matches(unsigned int flags, unsigned int group, unsigned int has)
{
    return !(flags & group) || (flags & has);
}

static unsigned int state_filter(int state)
{
    switch (state) {
    case VIR_DOMAIN_RUNNING:
        return VIR_CONNECT_LIST_DOMAINS_RUNNING;
    case VIR_DOMAIN_PAUSED:
        return VIR_CONNECT_LIST_DOMAINS_PAUSED;
    case VIR_DOMAIN_SHUTOFF:
        return VIR_CONNECT_LIST_DOMAINS_SHUTOFF;
    default:
        return VIR_CONNECT_LIST_DOMAINS_OTHER;
    }
}

#define GROUP(name, other) (VIR_CONNECT_LIST_DOMAINS_##name | VIR_CONNECT_LIST_DOMAINS_##other)
#define HAS(condition, name, other)                                                                \
    ((condition) ? VIR_CONNECT_LIST_DOMAINS_##name : VIR_CONNECT_LIST_DOMAINS_##other)
#define STATES (GROUP(RUNNING, PAUSED) | GROUP(SHUTOFF, OTHER))

const unsigned int guest_filters =
    GROUP(ACTIVE, INACTIVE) | GROUP(PERSISTENT, TRANSIENT) | STATES |
    GROUP(MANAGEDSAVE, NO_MANAGEDSAVE) | GROUP(AUTOSTART, NO_AUTOSTART) |
    GROUP(HAS_SNAPSHOT, NO_SNAPSHOT) | GROUP(HAS_CHECKPOINT, NO_CHECKPOINT);

bool guest_filter(const struct guest_facts *facts, unsigned int flags)
{
    return group_matches(flags, GROUP(ACTIVE, INACTIVE), HAS(facts->active, ACTIVE, INACTIVE)) &&
           group_matches(flags, GROUP(PERSISTENT, TRANSIENT),
                         HAS(facts->persistent, PERSISTENT, TRANSIENT)) &&
           group_matches(flags, STATES, state_filter(facts->state)) &&
           group_matches(flags, GROUP(MANAGEDSAVE, NO_MANAGEDSAVE),
                         HAS(facts->managed_save, MANAGEDSAVE, NO_MANAGEDSAVE)) &&
           group_matches(flags, GROUP(AUTOSTART, NO_AUTOSTART),
                         HAS(facts->autostart, AUTOSTART, NO_AUTOSTART)) &&
           group_matches(flags, GROUP(HAS_SNAPSHOT, NO_SNAPSHOT),
                         HAS(facts->snapshots, HAS_SNAPSHOT, NO_SNAPSHOT)) &&
           group_matches(flags, GROUP(HAS_CHECKPOINT, NO_CHECKPOINT),
                         HAS(facts->checkpoints, HAS_CHECKPOINT, NO_CHECKPOINT));
}

/* Which filters there are, in terms of those of lists. */
static const struct filter {
    unsigned int flag, list_flag;
} filters[] = {
#define FILTER(name)                                                                               \
    {                                                                                              \
        VIR_CONNECT_GET_ALL_DOMAINS_STATS_##name, VIR_CONNECT_LIST_DOMAINS_##name                  \
    }
    FILTER(ACTIVE),  FILTER(INACTIVE), FILTER(PERSISTENT), FILTER(TRANSIENT),
    FILTER(RUNNING), FILTER(PAUSED),   FILTER(SHUTOFF),    FILTER(OTHER),
#undef FILTER
};

int guest_stats_filter(int from, unsigned int flags, unsigned int *ret_filter,
                       const char *function)
{
    unsigned int known = VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS |
                         VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT |
                         VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING;

    *ret_filter = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(filters); i++) {
        known |= filters[i].flag;
        if (flags & filters[i].flag)
            *ret_filter |= filters[i].list_flag;
    }
    return flags_check_for(from, flags, known, function);
}
