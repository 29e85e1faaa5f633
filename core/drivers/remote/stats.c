/* Statistics, whose form on the wire is not that of the call. */
#include "core/drivers/remote/call.h"
#include "core/drivers/remote/remote.h"
#include "core/object/error.h"
#include "wire_objects.h"

/* The records' values are taken over; the array ends with NULL. */
static virDomainStatsRecordPtr *take_records(virConnectPtr conn,
                                             wire_connect_get_all_domain_stats_ret *ret)
{
    virDomainStatsRecordPtr *records = g_new0(virDomainStatsRecordPtr, ret->retStats_count + 1);

    for (unsigned int i = 0; i < ret->retStats_count; i++) {
        wire_stats_record *from = &ret->retStats[i];

        records[i] = g_new0(virDomainStatsRecord, 1);
        records[i]->dom = wire_new_domain(conn, &from->dom);
        records[i]->nparams = from->params_count;
        records[i]->params = g_steal_pointer(&from->params);
        from->params_count = 0;
    }
    return records;
}

static int get_stats(virConnectPtr conn, const char *function,
                     const wire_connect_get_all_domain_stats_args *args,
                     virDomainStatsRecordPtr **retStats)
{
    wire_connect_get_all_domain_stats_ret ret;
    int n;

    if (remote_call(conn, function, WIRE_PROGRAM_REMOTE, WIRE_PROC_CONNECT_GET_ALL_DOMAIN_STATS,
                    args, &ret) < 0)
        return -1;
    n = ret.retStats_count;
    *retStats = take_records(conn, &ret);
    wire_clear(WIRE_CONNECT_GET_ALL_DOMAIN_STATS_RET, &ret);
    return n;
}

int remote_connectGetAllDomainStats(virConnectPtr conn, unsigned int stats,
                                    virDomainStatsRecordPtr **retStats, unsigned int flags)
{
    wire_connect_get_all_domain_stats_args args = {.stats = stats, .flags = flags};

    return get_stats(conn, "virConnectGetAllDomainStats", &args, retStats);
}

int remote_domainListGetStats(virDomainPtr *doms, unsigned int stats,
                              virDomainStatsRecordPtr **retStats, unsigned int flags)
{
    wire_connect_get_all_domain_stats_args args = {.stats = stats, .flags = flags};
    g_autofree wire_domain *identities = NULL;

    while (doms[args.doms_count])
        args.doms_count++;
    identities = g_new(wire_domain, args.doms_count);
    for (unsigned int i = 0; i < args.doms_count; i++)
        identities[i] = wire_of_domain(doms[i]);
    args.doms = identities;
    return get_stats(doms[0]->conn, "virDomainListGetStats", &args, retStats);
}

/* The daemon leaves out what is missing at the end of each processor's values; in the caller's
 * array every processor has the same room. */
int remote_domainGetCPUStats(virDomainPtr domain, virTypedParameterPtr params, unsigned int nparams,
                             int start_cpu, unsigned int ncpus, unsigned int flags)
{
    wire_domain_get_cpu_stats_args args = {.domain = wire_of_domain(domain),
                                           .nparams = nparams,
                                           .start_cpu = start_cpu,
                                           .ncpus = ncpus,
                                           .flags = flags};
    wire_domain_get_cpu_stats_ret ret;
    unsigned int per_cpu;
    int result;

    if (remote_call(domain->conn, "virDomainGetCPUStats", WIRE_PROGRAM_REMOTE,
                    WIRE_PROC_DOMAIN_GET_CPU_STATS, &args, &ret) < 0)
        return -1;
    result = ret.result;
    per_cpu = ncpus ? ret.params_count / ncpus : 0;
    if (params && remote_check_room("virDomainGetCPUStats", per_cpu, nparams) < 0)
        result = -1;
    for (unsigned int cpu = 0; params && result >= 0 && cpu < ncpus; cpu++)
        memcpy(params + (size_t)cpu * nparams, ret.params + (size_t)cpu * per_cpu,
               per_cpu * sizeof(*params));
    if (params && result >= 0)
        for (unsigned int i = per_cpu * ncpus; i < ret.params_count; i++)
            ret.params[i - per_cpu * ncpus] = ret.params[i];
    if (params && result >= 0)
        ret.params_count -= per_cpu * ncpus;
    wire_clear(WIRE_DOMAIN_GET_CPU_STATS_RET, &ret);
    return result;
}
