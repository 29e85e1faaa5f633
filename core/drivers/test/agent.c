/* What callers do inside of guests, or ask them: clock, file systems, keys. */
#include "core/drivers/test/inside.h"

#include <string.h>

#include "core/drivers/test/clock.h"
#include "core/drivers/test/happening.h"

/* The file systems of every guest that has a disk. */
const char *const guest_mountpoints[] = {"/", "/boot"};
const unsigned int guest_n_mountpoints = G_N_ELEMENTS(guest_mountpoints);

int test_domainGetTime(virDomainPtr dom, long long *seconds, unsigned int *nseconds,
                       unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    if (agent_ask(dom, "guest-get-time", __func__) < 0)
        return -1;
    WITH_GUEST(dom, -1);
    if (guest->state != VIR_DOMAIN_RUNNING) {
        test_error(OPERATION_INVALID, "domain is not running");
        return -1;
    }
    if (seconds)
        *seconds = guest->clock;
    if (nseconds)
        *nseconds = guest->clock_ns;
    return 0;
}

int test_domainSetTime(virDomainPtr dom, long long seconds, unsigned int nseconds,
                       unsigned int flags)
{
    if (flags_check(flags, VIR_DOMAIN_TIME_SYNC, __func__) < 0)
        return -1;
    if (agent_ask(dom, "guest-set-time", __func__) < 0)
        return -1;
    WITH_ACTIVE_GUEST(dom, -1);
    /* the hardware's clock stands still, and follows when the system's is set */
    if (flags & VIR_DOMAIN_TIME_SYNC) {
        guest->clock = guest->rtc;
        guest->clock_ns = 0;
        return 0;
    }
    guest->clock = guest->rtc = seconds;
    guest->clock_ns = nseconds;
    guest_happens(world, guest,
                  &(struct happening){.id = VIR_DOMAIN_EVENT_ID_RTC_CHANGE,
                                      .numbers = {seconds - CLOCK_START}});
    return 0;
}

/* Which file systems the list names, all without one; 0 with an error. */
static unsigned int find_mountpoints(const char **list, unsigned int n)
{
    unsigned int found = 0;

    if (!list)
        return (1 << guest_n_mountpoints) - 1;
    for (unsigned int i = 0; i < n; i++) {
        unsigned int at = 0;

        while (at < guest_n_mountpoints && strcmp(guest_mountpoints[at], list[i]) != 0)
            at++;
        if (at == guest_n_mountpoints) {
            test_error(OPERATION_INVALID, "mount point not found: %s", list[i]);
            return 0;
        }
        found |= 1 << at;
    }
    return found;
}

int test_domainFSFreeze(virDomainPtr dom, const char **list, unsigned int n, unsigned int flags)
{
    unsigned int wanted;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    if (agent_ask(dom, "guest-fsfreeze-freeze", __func__) < 0)
        return -1;
    WITH_ACTIVE_GUEST(dom, -1);
    wanted = find_mountpoints(list, n);
    if (!wanted)
        return list && !n ? 0 : -1;
    wanted &= ~guest->frozen;
    guest->frozen |= wanted;
    return __builtin_popcount(wanted);
}

int test_domainFSThaw(virDomainPtr dom, const char **list, unsigned int n, unsigned int flags)
{
    unsigned int wanted;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    if (agent_ask(dom, "guest-fsfreeze-thaw", __func__) < 0)
        return -1;
    WITH_ACTIVE_GUEST(dom, -1);
    wanted = find_mountpoints(list, n);
    if (!wanted)
        return list && !n ? 0 : -1;
    wanted &= guest->frozen;
    guest->frozen &= ~wanted;
    return __builtin_popcount(wanted);
}

int test_domainFSTrim(virDomainPtr dom, const char *mountPoint, unsigned long long minimum,
                      unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    if (agent_ask(dom, "guest-fstrim", __func__) < 0)
        return -1;
    WITH_ACTIVE_GUEST(dom, -1);
    return !mountPoint || find_mountpoints(&mountPoint, 1) ? 0 : -1;
}

static virDomainFSInfoPtr make_fs_info(const char *mountpoint, const char *disk,
                                       unsigned int partition)
{
    virDomainFSInfoPtr info = g_new0(virDomainFSInfo, 1);

    info->mountpoint = g_strdup(mountpoint);
    info->name = g_strdup_printf("%s%u", disk, partition);
    info->fstype = g_strdup("ext4");
    info->devAlias = g_new0(char *, 1);
    info->devAlias[0] = g_strdup(disk);
    info->ndevAlias = 1;
    return info;
}

const char *guest_system_disk(const struct guest *guest)
{
    const struct domain_devices *devices = &guest->live->doc->devices;

    for (size_t i = 0; i < devices->n_disks; i++)
        if (devices->disks[i].device == DOMAIN_DISK_DEVICE_DISK)
            return devices->disks[i].target.dev;
    return NULL;
}

int test_domainGetFSInfo(virDomainPtr dom, virDomainFSInfoPtr **info, unsigned int flags)
{
    const char *disk;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    if (agent_ask(dom, "guest-get-fsinfo", __func__) < 0)
        return -1;
    WITH_ACTIVE_GUEST(dom, -1);
    disk = guest_system_disk(guest);
    *info = NULL;
    if (!disk)
        return 0;
    *info = g_new0(virDomainFSInfoPtr, guest_n_mountpoints + 1);
    for (size_t i = 0; i < guest_n_mountpoints; i++)
        (*info)[i] = make_fs_info(guest_mountpoints[i], disk, i + 1);
    return guest_n_mountpoints;
}

int test_domainSendKey(virDomainPtr domain, unsigned int codeset, unsigned int holdtime,
                       unsigned int *keycodes, int nkeycodes, unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    if (codeset >= VIR_KEYCODE_SET_LAST) {
        error_set_argument(VIR_FROM_DOMAIN, "codeset", "virDomainSendKey",
                           "Unsupported codeset '%u': it is 0 to %d", codeset,
                           VIR_KEYCODE_SET_LAST - 1);
        return -1;
    }
    WITH_ACTIVE_GUEST(domain, -1);
    for (int i = 0; i < nkeycodes; i++)
        if (keycodes[i] > 0xffff) {
            test_error(INTERNAL_ERROR, "invalid keycode %u of codeset %u", keycodes[i], codeset);
            return -1;
        }
    return 0;
}

int test_domainSendProcessSignal(virDomainPtr domain, long long pid_value, unsigned int signum,
                                 unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    if (pid_value == 1)
        return 0;
    test_error(INVALID_ARG, "only sending a signal to pid 1 is supported, not to %lld", pid_value);
    return -1;
}

int test_domainInjectNMI(virDomainPtr domain, unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    WITH_ACTIVE_GUEST(domain, -1);
    return 0;
}

int test_domainSetUserPassword(virDomainPtr dom, const char *user, const char *password,
                               unsigned int flags)
{
    if (flags_check(flags, VIR_DOMAIN_PASSWORD_ENCRYPTED, __func__) < 0)
        return -1;
    if (agent_ask(dom, "guest-set-user-password", __func__) < 0)
        return -1;
    WITH_ACTIVE_GUEST(dom, -1);
    return 0;
}

int test_domainGetMessages(virDomainPtr domain, char ***msgs, unsigned int flags)
{
    if (flags_check(flags, VIR_DOMAIN_MESSAGE_DEPRECATION | VIR_DOMAIN_MESSAGE_TAINTING, __func__) <
        0)
        return -1;
    WITH_GUEST(domain, -1);
    *msgs = g_new0(char *, 1);
    return 0;
}

int test_domainGetSecurityLabel(virDomainPtr domain, virSecurityLabelPtr seclabel)
{
    memset(seclabel, 0, sizeof(*seclabel));
    WITH_GUEST(domain, -1);
    if (!guest_active(guest))
        return 0;
    g_strlcpy(seclabel->label, "libvirt-test", sizeof(seclabel->label));
    seclabel->enforcing = 1;
    return 0;
}
