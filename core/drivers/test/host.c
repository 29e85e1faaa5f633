/* The host behind a world. */
#include "core/drivers/test/domain.h"

#include <string.h>

#include "core/base/hostname.h"
#include "core/drivers/test/vcpu.h"

const char *test_connectGetType(virConnectPtr conn)
{
    return "TEST";
}

int test_connectGetVersion(virConnectPtr conn, unsigned long *hvVer)
{
    *hvVer = 2;
    return 0;
}

char *test_connectGetHostname(virConnectPtr conn)
{
    return hostname_dup();
}

int test_connectGetMaxVcpus(virConnectPtr conn, const char *type)
{
    return VCPUS_MAX;
}

int test_connectRegisterCloseCallback(virConnectPtr conn, virConnectCloseFunc cb, void *opaque,
                                      virFreeCallback freecb)
{
    return connect_watch_close(conn, cb, opaque, freecb);
}

int test_connectUnregisterCloseCallback(virConnectPtr conn, virConnectCloseFunc cb)
{
    return connect_unwatch_close(conn, cb);
}

int test_connectIsAlive(virConnectPtr conn)
{
    return 1;
}

int test_connectIsEncrypted(virConnectPtr conn)
{
    return 0;
}

/* Nothing leaves the process. */
int test_connectIsSecure(virConnectPtr conn)
{
    return 1;
}

char *test_connectGetSysinfo(virConnectPtr conn, unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return NULL;
    return g_strdup("<sysinfo type='smbios'>\n"
                    "  <bios>\n"
                    "    <entry name='vendor'>LENOVO</entry>\n"
                    "    <entry name='version'>G4ETA1WW (2.61 )</entry>\n"
                    "    <entry name='date'>05/07/2014</entry>\n"
                    "    <entry name='release'>2.61</entry>\n"
                    "  </bios>\n"
                    "</sysinfo>\n");
}

int test_nodeGetInfo(virConnectPtr conn, virNodeInfoPtr info)
{
    *info = world_of(conn)->node;
    return 0;
}

int test_nodeGetSecurityModel(virConnectPtr conn, virSecurityModelPtr secmodel)
{
    memset(secmodel, 0, sizeof(*secmodel));
    g_strlcpy(secmodel->model, "testSecurity", sizeof(secmodel->model));
    return 0;
}

/* What the clocks of machines can do. */
#define SUSPEND_SECONDS_MIN 60

/* Eight processors, of which the even ones below six are on. */
int test_nodeGetCPUMap(virConnectPtr conn, unsigned char **cpumap, unsigned int *online,
                       unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    if (cpumap) {
        *cpumap = g_malloc(1);
        **cpumap = 0x15;
    }
    if (online)
        *online = 3;
    return 8;
}

int test_nodeGetCPUStats(virConnectPtr conn, int cpuNum, virNodeCPUStatsPtr params, int *nparams,
                         unsigned int flags)
{
    static const virNodeCPUStats stats[] = {
        {VIR_NODE_CPU_STATS_USER, 9797400000},
        {VIR_NODE_CPU_STATS_KERNEL, 34678723400000},
        {VIR_NODE_CPU_STATS_IDLE, 87264900000},
        {VIR_NODE_CPU_STATS_IOWAIT, 763600000},
    };

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    if (cpuNum != VIR_NODE_CPU_STATS_ALL_CPUS &&
        (cpuNum < 0 || cpuNum >= (int)world_of(conn)->node.cpus)) {
        test_error(INVALID_ARG, "cpuNum in virNodeGetCPUStats must be %d or less than %u, not %d",
                   VIR_NODE_CPU_STATS_ALL_CPUS, world_of(conn)->node.cpus, cpuNum);
        return -1;
    }
    if (params)
        memcpy(params, stats, MIN((size_t)*nparams, G_N_ELEMENTS(stats)) * sizeof(*stats));
    if (!params || *nparams > (int)G_N_ELEMENTS(stats))
        *nparams = G_N_ELEMENTS(stats);
    return 0;
}

/* The capabilities name no state in which this host could sleep. */
int test_nodeSuspendForDuration(virConnectPtr conn, unsigned int target,
                                unsigned long long duration, unsigned int flags)
{
    static const char *const names[] = {"Suspend-to-RAM", "Suspend-to-Disk", "Hybrid-Suspend"};

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    if (target >= VIR_NODE_SUSPEND_TARGET_LAST) {
        test_error(INVALID_ARG, "Invalid suspend target: %u, it is 0 to %d", target,
                   VIR_NODE_SUSPEND_TARGET_LAST - 1);
        return -1;
    }
    if (duration < SUSPEND_SECONDS_MIN) {
        test_error(INVALID_ARG, "Suspend duration is too short: %llu s, %d are wanted at least",
                   duration, SUSPEND_SECONDS_MIN);
        return -1;
    }
    test_error(ARGUMENT_UNSUPPORTED, "%s is not supported by this host", names[target]);
    return -1;
}
