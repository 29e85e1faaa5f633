#include "core/daemon/page.h"

#include <stdlib.h>
#include <string.h>

#include "core/daemon/judge.h"
#include "core/object/error.h"
#include "core/rpc/page.h"
#include "objects.h"

static int by_uuid(const void *a, const void *b)
{
    virDomainPtr const *one = a, *other = b;

    return memcmp((*one)->uuid, (*other)->uuid, VIR_UUID_BUFLEN);
}

/* Guests may be listed by who may not read them, so the list's own permission counts for them. */
static const struct wire_procedure *procedure_of(const wire_connect_get_all_domain_stats_args *args)
{
    int number = args->stats == PAGE_GUESTS ? WIRE_PROC_CONNECT_LIST_ALL_DOMAINS
                                            : WIRE_PROC_CONNECT_GET_ALL_DOMAIN_STATS;

    return wire_procedure(wire_program(WIRE_PROGRAM_REMOTE), number);
}

/* Moves to the front those that the client may see, in order; the others are let go. */
static int choose(struct dispatch_call *call, const wire_connect_get_all_domain_stats_args *args,
                  virDomainPtr *domains, int n)
{
    const struct wire_procedure *procedure = call->procedure;
    int kept = 0;

    call->procedure = procedure_of(args);
    for (int i = 0; i < n; i++) {
        if (!call->rights || judge_listed_object(call, &domains[i]->base))
            domains[kept++] = domains[i];
        else
            object_unref(&domains[i]->base);
    }
    call->procedure = procedure;
    qsort(domains, kept, sizeof(*domains), by_uuid);
    return kept;
}

/* How many come no later than the one behind which to go on. */
static int find_start(const wire_connect_get_all_domain_stats_args *args, virDomainPtr *domains,
                      int n)
{
    int low = 0, high = args->doms_count ? n : 0;

    while (low < high) {
        int middle = low + (high - low) / 2;

        if (memcmp(domains[middle]->uuid, args->doms[0].uuid, VIR_UUID_BUFLEN) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static virDomainPtr *take_piece(virDomainPtr *domains, int n, int start, int most)
{
    int size = MIN(n - start, most);
    virDomainPtr *piece = g_new0(virDomainPtr, size + 1);

    for (int i = 0; i < n; i++) {
        if (i >= start && i < start + size)
            piece[i - start] = domains[i];
        else
            object_unref(&domains[i]->base);
    }
    free(domains);
    return piece;
}

virDomainPtr *page_domains(struct dispatch_call *call,
                           const wire_connect_get_all_domain_stats_args *args)
{
    gboolean guests = args->stats == PAGE_GUESTS;
    unsigned int flags = args->flags & ~PAGE_FLAG;
    virDomainPtr *domains = NULL;
    int n;

    if (args->doms_count > 1) {
        error_set(VIR_FROM_RPC, VIR_ERR_RPC,
                  "a piece of a list begins behind one guest, and %u were given", args->doms_count);
        return NULL;
    }
    n = virConnectListAllDomains(call->conn, &domains, guests ? flags : flags & PAGE_CHOICE);
    if (n < 0)
        return NULL;
    n = choose(call, args, domains, n);
    return take_piece(domains, n, find_start(args, domains, n),
                      guests ? PAGE_MOST_GUESTS : PAGE_MOST_RECORDS);
}
