/* Starting, stopping and what lies between. */
#include "core/drivers/test/domain.h"

#include "core/drivers/test/events.h"
#include "core/drivers/test/jobs.h"

/* The object tells its id without asking us. */
static void take_id(virDomainPtr domain, const struct guest *guest)
{
    __atomic_store_n(&domain->id, guest->item.id, __ATOMIC_RELAXED);
}

int test_domainCreateWithFlags(virDomainPtr domain, unsigned int flags)
{
    bool paused;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    if (guest_active(guest)) {
        test_error(INTERNAL_ERROR, "Domain '%s' is already running", guest->name);
        return -1;
    }
    paused = guest->managed_save && guest->saved_paused;
    guest->live = definition_ref(guest->saved);
    guest_start(world, guest, VIR_DOMAIN_RUNNING_BOOTED);
    guest_forget_saved(guest);
    take_id(domain, guest);
    guest_event_lifecycle(world, guest, VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED_BOOTED);
    if (paused) {
        guest_set_state(guest, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER);
        guest_event_lifecycle(world, guest, VIR_DOMAIN_EVENT_SUSPENDED,
                              VIR_DOMAIN_EVENT_SUSPENDED_RESTORED);
    }
    return 0;
}

int test_domainCreate(virDomainPtr domain)
{
    return test_domainCreateWithFlags(domain, 0);
}

/* There is no process that could take the files over. */
int test_domainCreateWithFiles(virDomainPtr domain, unsigned int nfiles, int *files,
                               unsigned int flags)
{
    return test_domainCreateWithFlags(domain, flags);
}

static int stop(virDomainPtr domain, int reason, int detail)
{
    WITH_ACTIVE_GUEST(domain, -1);
    if (guest->config)
        __atomic_store_n(&domain->id, -1, __ATOMIC_RELAXED);
    guest_stopped(world, guest, reason, detail);
    return 0;
}

int test_domainDestroyFlags(virDomainPtr domain, unsigned int flags)
{
    if (flags_check(flags, VIR_DOMAIN_DESTROY_GRACEFUL, __func__) < 0)
        return -1;
    return stop(domain, VIR_DOMAIN_SHUTOFF_DESTROYED, VIR_DOMAIN_EVENT_STOPPED_DESTROYED);
}

int test_domainDestroy(virDomainPtr domain)
{
    return test_domainDestroyFlags(domain, 0);
}

int test_domainShutdownFlags(virDomainPtr domain, unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    if (!guest_active(guest)) {
        test_error(INTERNAL_ERROR, "domain '%s' not running", guest->name);
        return -1;
    }
    if (guest_check_free(guest) < 0)
        return -1;
    guest_stopped(world, guest, VIR_DOMAIN_SHUTOFF_SHUTDOWN, VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN);
    return 0;
}

int test_domainShutdown(virDomainPtr domain)
{
    return test_domainShutdownFlags(domain, 0);
}

int test_domainReboot(virDomainPtr domain, unsigned int flags)
{
    enum domain_lifecycle_action action;

    if (flags_check(flags, VIR_DOMAIN_REBOOT_ACPI_POWER_BTN | VIR_DOMAIN_REBOOT_GUEST_AGENT,
                    __func__) < 0)
        return -1;
    WITH_ACTIVE_GUEST(domain, -1);
    action = guest->live->doc->on_reboot;
    if (!action || action == DOMAIN_LIFECYCLE_ACTION_RESTART ||
        action == DOMAIN_LIFECYCLE_ACTION_RENAME_RESTART)
        guest_set_state(guest, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_BOOTED);
    else
        guest_stopped(world, guest, VIR_DOMAIN_SHUTOFF_SHUTDOWN, VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN);
    return 0;
}

int test_domainReset(virDomainPtr domain, unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    WITH_ACTIVE_GUEST(domain, -1);
    return 0;
}

int test_domainSuspend(virDomainPtr domain)
{
    WITH_GUEST(domain, -1);
    if (guest->state != VIR_DOMAIN_RUNNING) {
        test_error(INTERNAL_ERROR, "domain '%s' not running", guest->name);
        return -1;
    }
    guest_set_state(guest, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER);
    guest_event_lifecycle(world, guest, VIR_DOMAIN_EVENT_SUSPENDED,
                          VIR_DOMAIN_EVENT_SUSPENDED_PAUSED);
    return 0;
}

int test_domainResume(virDomainPtr domain)
{
    WITH_GUEST(domain, -1);
    if (guest->state != VIR_DOMAIN_PAUSED) {
        test_error(INTERNAL_ERROR, "domain '%s' not paused", guest->name);
        return -1;
    }
    if (guest_check_free(guest) < 0)
        return -1;
    guest_set_state(guest, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_UNPAUSED);
    guest_event_lifecycle(world, guest, VIR_DOMAIN_EVENT_RESUMED,
                          VIR_DOMAIN_EVENT_RESUMED_UNPAUSED);
    return 0;
}

int test_domainGetAutostart(virDomainPtr domain, int *autostart)
{
    WITH_GUEST(domain, -1);
    *autostart = guest->autostart;
    return 0;
}

int test_domainSetAutostart(virDomainPtr domain, int autostart)
{
    WITH_GUEST(domain, -1);
    guest->autostart = autostart != 0;
    return 0;
}
