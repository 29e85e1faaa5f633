#include "core/conf/domain/devices.h"
#include "core/conf/domain/machine.h"

#include <errno.h>
#include <string.h>

/* How a number is written without what says nothing: "5" for " +05". */
static char *plain_number(const char *text)
{
    char *end;
    gint64 number;

    errno = 0;
    number = text ? g_ascii_strtoll(text, &end, 10) : 0;
    return text && !errno && end != text && !*end ? g_strdup_printf("%" G_GINT64_FORMAT, number)
                                                  : NULL;
}

/* A clock that runs apart from its basis is a variable one, however it was written. */
int domain_hook_clock(void *part, const struct doc_call *call)
{
    struct domain_clock *clock = part;
    g_autofree char *given = clock->adjustment;

    clock->adjustment = plain_number(given);
    if (clock->offset == DOMAIN_CLOCK_OFFSET_VARIABLE) {
        if (!clock->adjustment)
            clock->adjustment = g_strdup("0");
        return 0;
    }
    if (!given || !*given)
        return 0;
    if (!strcmp(given, "reset")) {
        clock->adjustment = g_steal_pointer(&given);
        return 0;
    }
    if (!clock->adjustment) {
        doc_error(call, VIR_ERR_XML_ERROR, "unknown clock adjustment '%s'", given);
        return -1;
    }
    clock->basis = clock->offset == DOMAIN_CLOCK_OFFSET_UTC ? DOMAIN_CLOCK_BASIS_UTC
                                                            : DOMAIN_CLOCK_BASIS_LOCALTIME;
    clock->offset = DOMAIN_CLOCK_OFFSET_VARIABLE;
    return 0;
}

static int check_attribute(const struct domain_clock_timers *timer, const char *name, bool fits,
                           const struct doc_call *call)
{
    if (fits || !domain_has_attribute(call, name))
        return 0;
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "timer %s doesn't support setting of timer %s",
              doc_word(&domain_clock_timers_name_words, timer->name), name);
    return -1;
}

int domain_hook_timer(void *part, const struct doc_call *call)
{
    const struct domain_clock_timers *timer = part;
    bool counter = timer->name == DOMAIN_CLOCK_TIMERS_NAME_TSC;
    bool tracks = timer->name == DOMAIN_CLOCK_TIMERS_NAME_RTC ||
                  timer->name == DOMAIN_CLOCK_TIMERS_NAME_PLATFORM;
    bool ticks = timer->name != DOMAIN_CLOCK_TIMERS_NAME_KVMCLOCK &&
                 timer->name != DOMAIN_CLOCK_TIMERS_NAME_HYPERVCLOCK;

    if (check_attribute(timer, "frequency", counter, call) < 0 ||
        check_attribute(timer, "mode", counter, call) < 0 ||
        check_attribute(timer, "track", tracks, call) < 0 ||
        check_attribute(timer, "tickpolicy", ticks, call) < 0)
        return -1;
    if (timer->tickpolicy != DOMAIN_CLOCK_TIMERS_TICKPOLICY_CATCHUP &&
        (timer->catchup.threshold || timer->catchup.slew || timer->catchup.limit)) {
        doc_error(call, VIR_ERR_XML_ERROR,
                  "setting of timer catchup policies is only supported with "
                  "tickpolicy='catchup'");
        return -1;
    }
    return 0;
}
