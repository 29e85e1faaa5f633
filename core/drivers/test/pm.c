/* Guests that sleep, and what the end of a run leads to. */
#include "core/drivers/test/domain.h"

#include "core/drivers/test/events.h"

static int check_pm(const struct domain *doc, unsigned int target)
{
    bool disk = target == VIR_NODE_SUSPEND_TARGET_DISK;
    enum tristate enabled = disk ? doc->pm.suspend_to_disk.enabled : doc->pm.suspend_to_mem.enabled;

    if (enabled != TRISTATE_NO)
        return 0;
    test_error(OPERATION_UNSUPPORTED, "%s state is disabled for this domain", disk ? "S4" : "S3");
    return -1;
}

int test_domainPMSuspendForDuration(virDomainPtr dom, unsigned int target,
                                    unsigned long long duration, unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    if (duration) {
        test_error(ARGUMENT_UNSUPPORTED, "Duration not supported. Use 0 for now, not %llu",
                   duration);
        return -1;
    }
    if (target >= VIR_NODE_SUSPEND_TARGET_LAST) {
        test_error(INVALID_ARG, "Unknown suspend target: %u, it is 0 to %d", target,
                   VIR_NODE_SUSPEND_TARGET_LAST - 1);
        return -1;
    }
    WITH_GUEST(dom, -1);
    if (guest->state != VIR_DOMAIN_RUNNING) {
        error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, "domain is not running");
        return -1;
    }
    if (check_pm(guest->live->doc, target) < 0)
        return -1;
    if (target == VIR_NODE_SUSPEND_TARGET_DISK) {
        guest_event_reason(world, guest, VIR_DOMAIN_EVENT_ID_PMSUSPEND_DISK, 0);
        guest_stopped(world, guest, VIR_DOMAIN_SHUTOFF_SHUTDOWN, VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN);
        return 0;
    }
    guest_set_state(guest, VIR_DOMAIN_PMSUSPENDED, VIR_DOMAIN_PMSUSPENDED_UNKNOWN);
    guest_event_lifecycle(world, guest, VIR_DOMAIN_EVENT_PMSUSPENDED,
                          VIR_DOMAIN_EVENT_PMSUSPENDED_MEMORY);
    guest_event_reason(world, guest, VIR_DOMAIN_EVENT_ID_PMSUSPEND, 0);
    return 0;
}

int test_domainPMWakeup(virDomainPtr dom, unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    WITH_ACTIVE_GUEST(dom, -1);
    if (guest->state != VIR_DOMAIN_PMSUSPENDED) {
        test_error(OPERATION_INVALID, "Unable to wake up domain '%s' that is not pmsuspended",
                   guest->name);
        return -1;
    }
    guest_set_state(guest, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_WAKEUP);
    guest_event_lifecycle(world, guest, VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED_WAKEUP);
    guest_event_reason(world, guest, VIR_DOMAIN_EVENT_ID_PMWAKEUP, 0);
    return 0;
}

static int check_action(unsigned int type, unsigned int action)
{
    static const char *const types[] = {"poweroff", "reboot", "crash"};

    if (type >= VIR_DOMAIN_LIFECYCLE_LAST) {
        error_set(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG,
                  "invalid lifecycle type '%u': it is 0 to %d", type,
                  VIR_DOMAIN_LIFECYCLE_LAST - 1);
        return -1;
    }
    if (action >= VIR_DOMAIN_LIFECYCLE_ACTION_LAST) {
        error_set(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG,
                  "invalid lifecycle action '%u': it is 0 to %d", action,
                  VIR_DOMAIN_LIFECYCLE_ACTION_LAST - 1);
        return -1;
    }
    if (type != VIR_DOMAIN_LIFECYCLE_CRASH &&
        action >= VIR_DOMAIN_LIFECYCLE_ACTION_COREDUMP_DESTROY) {
        error_set(VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED,
                  "Lifecycle event '%s' doesn't support '%s' action", types[type],
                  doc_word(&domain_lifecycle_action_words, action + 1));
        return -1;
    }
    return 0;
}

int test_domainSetLifecycleAction(virDomainPtr domain, unsigned int type, unsigned int action,
                                  unsigned int flags)
{
    struct domain *docs[2];
    int n;

    if (flags_check(flags, AFFECT_FLAGS, __func__) < 0 || check_action(type, action) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    n = guest_edit(guest, flags, docs);
    for (int i = 0; i < n; i++) {
        if (type == VIR_DOMAIN_LIFECYCLE_POWEROFF)
            docs[i]->on_poweroff = action + 1;
        else if (type == VIR_DOMAIN_LIFECYCLE_REBOOT)
            docs[i]->on_reboot = action + 1;
        else
            docs[i]->on_crash = action + 1;
    }
    return n < 0 ? -1 : 0;
}
