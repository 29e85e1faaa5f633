/* Processors that the system inside a guest uses and does without, by its agent. */
#include "core/drivers/test/inside.h"

#include "core/drivers/test/vcpu.h"
#include "core/object/params.h"

static char *list_text(unsigned int bits)
{
    const unsigned char map[] = {bits, bits >> 8, bits >> 16, bits >> 24};
    char *text = pin_text(map, sizeof(map));

    return text ? text : g_strdup("");
}

static unsigned int guest_vcpus(const struct guest *guest)
{
    return (1ULL << vcpus_current(guest->live->doc)) - 1;
}

/* The first one is where the system began. */
#define FIXED_VCPUS 1U

int test_domainGetGuestVcpus(virDomainPtr domain, virTypedParameterPtr *params,
                             unsigned int *nparams, unsigned int flags)
{
    params_auto_t list = {0};
    int n;

    if (flags_check(flags, 0, __func__) < 0 || agent_ask(domain, "guest-get-vcpus", __func__) < 0)
        return -1;
    WITH_RUNNING_GUEST(domain, -1);
    unsigned int all = guest_vcpus(guest);
    g_autofree char *vcpus = list_text(all);
    g_autofree char *online = list_text(all & ~guest->inside->idle_vcpus);
    g_autofree char *offlinable = list_text(all & ~FIXED_VCPUS);

    params_add_string(&list, vcpus, "vcpus");
    params_add_string(&list, online, "online");
    params_add_string(&list, offlinable, "offlinable");
    if (params_steal(&list, params, &n) < 0)
        return -1;
    *nparams = n;
    return 0;
}

int test_domainSetGuestVcpus(virDomainPtr domain, const char *cpumap, int state, unsigned int flags)
{
    unsigned int wanted;

    if (flags_check(flags, 0, __func__) < 0 || vcpu_list(cpumap, &wanted) < 0 ||
        agent_ask(domain, "guest-set-vcpus", __func__) < 0)
        return -1;
    WITH_RUNNING_GUEST(domain, -1);
    if (wanted & ~guest_vcpus(guest)) {
        g_autofree char *all = list_text(guest_vcpus(guest));

        test_error(INVALID_ARG, "guest '%s' has no processors '%s': it has %s", guest->name, cpumap,
                   all);
        return -1;
    }
    if (!state && wanted & FIXED_VCPUS) {
        test_error(INVALID_ARG, "the system of guest '%s' cannot give up processor 0", guest->name);
        return -1;
    }
    if (state)
        guest->inside->idle_vcpus &= ~wanted;
    else
        guest->inside->idle_vcpus |= wanted;
    return 0;
}

/* ---- their number */

int agent_vcpus(virDomainPtr domain, bool all, const char *slot)
{
    if (agent_ask(domain, "guest-get-vcpus", slot) < 0)
        return -1;
    WITH_RUNNING_GUEST(domain, -1);
    return __builtin_popcount(guest_vcpus(guest) & (all ? ~0U : ~guest->inside->idle_vcpus));
}

/* The last ones are given up first, and the first ones are taken up first. */
static unsigned int choose(unsigned int all, unsigned int idle, unsigned int number)
{
    int excess = __builtin_popcount(all & ~idle) - (int)number;

    for (int i = VCPUS_MAX - 1; i >= 0 && excess > 0; i--) {
        if (all & ~idle & 1U << i) {
            idle |= 1U << i;
            excess--;
        }
    }
    for (int i = 0; i < VCPUS_MAX && excess < 0; i++) {
        if (all & idle & 1U << i) {
            idle &= ~(1U << i);
            excess++;
        }
    }
    return idle;
}

int agent_set_vcpus(virDomainPtr domain, unsigned int number, const char *slot)
{
    if (agent_ask(domain, "guest-set-vcpus", slot) < 0)
        return -1;
    WITH_RUNNING_GUEST(domain, -1);
    unsigned int all = guest_vcpus(guest);

    if (number > (unsigned int)__builtin_popcount(all)) {
        test_error(INVALID_ARG,
                   "requested cpu amount exceeds those that the system of guest '%s' has (%u > %d)",
                   guest->name, number, __builtin_popcount(all));
        return -1;
    }
    guest->inside->idle_vcpus = choose(all, guest->inside->idle_vcpus, number);
    return 0;
}
