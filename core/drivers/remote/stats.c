/* Statistics, whose form on the wire is not that of the call. */
#include "core/drivers/remote/call.h"
#include "core/drivers/remote/page.h"
#include "core/drivers/remote/remote.h"
#include "core/object/error.h"
#include "wire_objects.h"

/* The record's values are taken over. */
static virDomainStatsRecordPtr take_record(virConnectPtr conn, wire_stats_record *from)
{
    virDomainStatsRecordPtr record = g_new0(virDomainStatsRecord, 1);

    record->dom = wire_new_domain(conn, &from->dom);
    record->nparams = from->params_count;
    record->params = g_steal_pointer(&from->params);
    from->params_count = 0;
    return record;
}

/* The array ends with NULL. */
static virDomainStatsRecordPtr *take_records(virConnectPtr conn,
                                             wire_connect_get_all_domain_stats_ret *ret)
{
    virDomainStatsRecordPtr *records = g_new0(virDomainStatsRecordPtr, ret->retStats_count + 1);

    for (unsigned int i = 0; i < ret->retStats_count; i++)
        records[i] = take_record(conn, &ret->retStats[i]);
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

/* Piece by piece, from a daemon that does so. */
static int get_pieces(virConnectPtr conn, unsigned int stats, unsigned int flags,
                      virDomainStatsRecordPtr **retStats)
{
    struct page page = {.function = "virConnectGetAllDomainStats", .stats = stats, .flags = flags};
    g_autoptr(GPtrArray) records = g_ptr_array_new();
    int n, more;

    while ((more = page_next(conn, &page)) > 0)
        for (unsigned int i = 0; i < page.answer.retStats_count; i++)
            g_ptr_array_add(records, take_record(conn, &page.answer.retStats[i]));
    n = records->len;
    g_ptr_array_add(records, NULL);
    *retStats = (virDomainStatsRecordPtr *)g_ptr_array_steal(records, NULL);
    if (more == 0)
        return n;
    virDomainStatsRecordListFree(*retStats);
    *retStats = NULL;
    return -1;
}

int remote_connectGetAllDomainStats(virConnectPtr conn, unsigned int stats,
                                    virDomainStatsRecordPtr **retStats, unsigned int flags)
{
    wire_connect_get_all_domain_stats_args args = {.stats = stats, .flags = flags};
    virDomainStatsRecordPtr *records;
    int n = get_stats(conn, "virConnectGetAllDomainStats", &args, &records);

    if (n < 0 && page_helps()) {
        virErrorPtr error = error_steal();

        n = page_or(get_pieces(conn, stats, flags, &records), error);
    }
    if (n >= 0)
        *retStats = records;
    return n;
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
