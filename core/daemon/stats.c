/* Statistics, whose form on the wire is not that of the call. */
#include "core/daemon/dispatch.h"
#include "core/daemon/judge.h"
#include "core/daemon/page.h"
#include "core/rpc/page.h"
#include "wire_objects.h"

static void free_domains(virDomainPtr *domains)
{
    for (virDomainPtr *domain = domains; *domain; domain++)
        object_unref(&(*domain)->base);
    g_free(domains);
}

/* NULL with an error: a client that may not see everything is told of a guest by what it is, not by
 * what the client calls it. */
static virDomainPtr *make_domains(struct dispatch_call *call, const wire_domain *from,
                                  unsigned int n)
{
    virDomainPtr *domains = g_new0(virDomainPtr, n + 1);

    for (unsigned int i = 0; i < n; i++) {
        domains[i] = call->rights ? virDomainLookupByUUID(call->conn, from[i].uuid)
                                  : wire_new_domain(call->conn, &from[i]);
        if (!domains[i]) {
            free_domains(domains);
            return NULL;
        }
    }
    return domains;
}

/* Values are taken over, guests kept until the answer is written. */
static void give_records(struct dispatch_call *call, virDomainStatsRecordPtr *records, int n,
                         wire_connect_get_all_domain_stats_ret *ret)
{
    ret->retStats = g_new0(wire_stats_record, MAX(n, 1));
    for (int i = 0; i < n; i++) {
        wire_stats_record *to = &ret->retStats[ret->retStats_count];

        if (call->rights && !judge_listed_object(call, &records[i]->dom->base))
            continue;
        ret->retStats_count++;
        dispatch_keep(call, object_ref(&records[i]->dom->base));
        to->dom = wire_of_domain(records[i]->dom);
        to->params = g_steal_pointer(&records[i]->params);
        to->params_count = records[i]->nparams;
        records[i]->nparams = 0;
    }
    virDomainStatsRecordListFree(records);
}

/* A piece of a list of guests, with nothing said about them. */
static void give_guests(struct dispatch_call *call, virDomainPtr *domains,
                        wire_connect_get_all_domain_stats_ret *ret)
{
    unsigned int n = 0;

    while (domains[n])
        n++;
    ret->retStats = g_new0(wire_stats_record, MAX(n, 1));
    for (ret->retStats_count = 0; ret->retStats_count < n; ret->retStats_count++) {
        virDomainPtr domain = domains[ret->retStats_count];

        dispatch_keep(call, &domain->base);
        ret->retStats[ret->retStats_count].dom = wire_of_domain(domain);
    }
    g_free(domains);
}

static int give_piece(struct dispatch_call *call,
                      const wire_connect_get_all_domain_stats_args *args,
                      wire_connect_get_all_domain_stats_ret *ret)
{
    virDomainPtr *domains = page_domains(call, args);
    virDomainStatsRecordPtr *records = NULL;
    int n = 0;

    if (!domains)
        return -1;
    if (args->stats == PAGE_GUESTS) {
        give_guests(call, domains, ret);
        return 0;
    }
    if (*domains)
        n = virDomainListGetStats(domains, args->stats, &records,
                                  args->flags & ~(PAGE_FLAG | PAGE_CHOICE));
    free_domains(domains);
    if (n < 0)
        return -1;
    give_records(call, records, n, ret);
    return 0;
}

int dispatch_connect_get_all_domain_stats(struct dispatch_call *call, const void *message,
                                          void *answer)
{
    const wire_connect_get_all_domain_stats_args *args = message;
    virDomainStatsRecordPtr *records = NULL;
    int n;

    if (args->flags & PAGE_FLAG)
        return give_piece(call, args, answer);
    if (args->doms_count) {
        virDomainPtr *domains = make_domains(call, args->doms, args->doms_count);

        if (!domains)
            return -1;
        n = virDomainListGetStats(domains, args->stats, &records, args->flags);
        free_domains(domains);
    } else {
        n = virConnectGetAllDomainStats(call->conn, args->stats, &records, args->flags);
    }
    if (n < 0)
        return -1;
    give_records(call, records, n, answer);
    return 0;
}

/* Every processor has the room that the client gave it; what none has filled is left out. */
static void squeeze(wire_domain_get_cpu_stats_ret *ret, unsigned int ncpus, unsigned int room,
                    unsigned int used)
{
    for (unsigned int cpu = 0; cpu < ncpus; cpu++)
        for (unsigned int i = 0; i < used; i++)
            ret->params[cpu * used + i] = ret->params[cpu * room + i];
    ret->params_count = ncpus * used;
    while (ret->params_count && !ret->params[ret->params_count - 1].type)
        ret->params_count--; /* processors that are offline, at the end */
}

int dispatch_domain_get_cpu_stats(struct dispatch_call *call, const void *message, void *answer)
{
    const wire_domain_get_cpu_stats_args *args = message;
    wire_domain_get_cpu_stats_ret *ret = answer;
    virDomainPtr domain;

    if (dispatch_check_room("virDomainGetCPUStats", args->nparams, args->ncpus, 2048) < 0)
        return -1;
    if (args->nparams && args->ncpus)
        ret->params = g_new0(virTypedParameter, args->nparams * args->ncpus);
    domain = wire_new_domain(call->conn, &args->domain);
    ret->result = virDomainGetCPUStats(domain, ret->params, args->nparams, args->start_cpu,
                                       args->ncpus, args->flags);
    object_unref(&domain->base); /* keeps the error */
    if (ret->result < 0)
        return -1;
    if (ret->params)
        squeeze(ret, args->ncpus, args->nparams, ret->result);
    return 0;
}
