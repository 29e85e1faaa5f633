/* Clocks. */
#include "core/drivers/qemu/command/props.h"

static char *base_now(const struct domain_clock *clock, bool local)
{
    gint64 shift = clock->adjustment ? g_ascii_strtoll(clock->adjustment, NULL, 10) : 0;
    g_autoptr(GDateTime) now = local ? g_date_time_new_now_local() : g_date_time_new_now_utc();
    g_autoptr(GDateTime) then = g_date_time_add_seconds(now, (gdouble)shift);

    return g_date_time_format(then, "%Y-%m-%dT%H:%M:%S");
}

static char *rtc_base(const struct domain_clock *clock)
{
    g_autoptr(GDateTime) then = NULL;

    switch (clock->offset) {
    case DOMAIN_CLOCK_OFFSET_TIMEZONE:
    case DOMAIN_CLOCK_OFFSET_LOCALTIME:
        return g_strdup("localtime");
    case DOMAIN_CLOCK_OFFSET_VARIABLE:
        return base_now(clock, clock->basis == DOMAIN_CLOCK_BASIS_LOCALTIME);
    case DOMAIN_CLOCK_OFFSET_ABSOLUTE:
        then = g_date_time_new_from_unix_utc((gint64)clock->start);
        return g_date_time_format(then, "%Y-%m-%dT%H:%M:%S");
    default:
        return g_strdup("utc");
    }
}

static const char *track_of(unsigned track)
{
    switch (track) {
    case DOMAIN_CLOCK_TIMERS_TRACK_GUEST:
        return "vm";
    case DOMAIN_CLOCK_TIMERS_TRACK_WALL:
        return "host";
    case DOMAIN_CLOCK_TIMERS_TRACK_REALTIME:
        return "rt";
    default:
        return NULL;
    }
}

static void add_rtc_timer(GString *text, const struct domain_clock *clock)
{
    for (size_t i = 0; i < clock->n_timers; i++) {
        const struct domain_clock_timers *timer = &clock->timers[i];

        if (timer->name != DOMAIN_CLOCK_TIMERS_NAME_RTC)
            continue;
        if (track_of(timer->track))
            g_string_append_printf(text, ",clock=%s", track_of(timer->track));
        if (timer->tickpolicy == DOMAIN_CLOCK_TIMERS_TICKPOLICY_CATCHUP)
            g_string_append(text, ",driftfix=slew");
    }
}

static void add_timers(struct builder *build)
{
    const struct domain_clock *clock = &build->doc->clock;

    for (size_t i = 0; i < clock->n_timers; i++) {
        const struct domain_clock_timers *timer = &clock->timers[i];

        if (timer->name == DOMAIN_CLOCK_TIMERS_NAME_PIT &&
            timer->tickpolicy == DOMAIN_CLOCK_TIMERS_TICKPOLICY_DELAY)
            add_option(build, "-global", "kvm-pit.lost_tick_policy=delay");
        else if (timer->name == DOMAIN_CLOCK_TIMERS_NAME_PIT &&
                 timer->tickpolicy == DOMAIN_CLOCK_TIMERS_TICKPOLICY_DISCARD)
            add_option(build, "-global", "kvm-pit.lost_tick_policy=discard");
        else if (timer->name == DOMAIN_CLOCK_TIMERS_NAME_HPET && timer->present == TRISTATE_NO &&
                 doc_is_x86(build->doc))
            add_arg(build, "-no-hpet");
    }
}

int build_clock(struct builder *build)
{
    const struct domain_clock *clock = &build->doc->clock;
    g_autofree char *base = rtc_base(clock);
    g_autoptr(GString) text = g_string_new("base=");

    g_string_append(text, base);
    add_rtc_timer(text, clock);
    add_option(build, "-rtc", text->str);
    /* The zone's summer comes while the guest runs. */
    if (clock->offset == DOMAIN_CLOCK_OFFSET_TIMEZONE && clock->timezone)
        g_ptr_array_add(build->command->env, g_strdup_printf("TZ=%s", clock->timezone));
    add_timers(build);
    return 0;
}
