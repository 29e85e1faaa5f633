#include "core/drivers/test/iothread.h"

#include <string.h>

#include "core/object/params_give.h"
#include "core/drivers/test/vcpu.h"
#include "core/object/params.h"
#include "params_tables.h"

size_t iothreads_count(const struct domain *doc)
{
    return MAX(doc->iothreads, doc->iothreadids.n_iothreads);
}

unsigned int iothreads_id(const struct domain *doc, size_t at)
{
    return at < doc->iothreadids.n_iothreads ? doc->iothreadids.iothreads[at].id : at + 1;
}

static bool has_id(const struct domain *doc, unsigned int id)
{
    for (size_t i = 0; i < iothreads_count(doc); i++)
        if (iothreads_id(doc, i) == id)
            return true;
    return false;
}

/* Ids that were only counted are listed before the list changes. */
static void list_ids(struct domain *doc, size_t room)
{
    struct domain_iothreadids *ids = &doc->iothreadids;
    size_t n = iothreads_count(doc);

    ids->iothreads = g_renew(struct domain_iothreadids_iothreads, ids->iothreads, n + room);
    for (size_t i = ids->n_iothreads; i < n + room; i++)
        ids->iothreads[i] = (struct domain_iothreadids_iothreads){.id = i + 1};
    ids->n_iothreads = n;
}

static void add_id(struct domain *doc, unsigned int id)
{
    list_ids(doc, 1);
    doc->iothreadids.iothreads[doc->iothreadids.n_iothreads++].id = id;
    doc->iothreads = doc->iothreadids.n_iothreads;
}

static void remove_id(struct domain *doc, unsigned int id)
{
    struct domain_iothreadids *ids = &doc->iothreadids;
    struct domain_cputune *tune = &doc->cputune;

    list_ids(doc, 0);
    for (size_t i = 0; i < ids->n_iothreads; i++)
        if (ids->iothreads[i].id == id) {
            doc_clear(&domain_iothreadids_iothreads_layout, &ids->iothreads[i]);
            memmove(ids->iothreads + i, ids->iothreads + i + 1,
                    (--ids->n_iothreads - i) * sizeof(*ids->iothreads));
            break;
        }
    doc->iothreads = ids->n_iothreads;
    for (size_t i = 0; i < tune->n_iothreadpins; i++)
        if (tune->iothreadpins[i].iothread == id) {
            g_free(tune->iothreadpins[i].cpuset);
            memmove(tune->iothreadpins + i, tune->iothreadpins + i + 1,
                    (--tune->n_iothreadpins - i) * sizeof(*tune->iothreadpins));
            break;
        }
}

static int check_id(unsigned int id)
{
    if (id)
        return 0;
    test_error(INVALID_ARG, "invalid value of 0 for iothread_id: a number from 1 on is wanted");
    return -1;
}

/* The documents that a call changes, after a look that `wanted` is true of each. */
static int edit_checked(struct guest *guest, unsigned int flags, struct domain *docs[2],
                        int (*check)(const struct domain *doc, unsigned int id), unsigned int id)
{
    if (guest_check_affected(guest, flags) < 0)
        return -1;
    if (!(flags & AFFECT_FLAGS) && check(guest_doc(guest), id) < 0)
        return -1;
    if (flags & VIR_DOMAIN_AFFECT_LIVE && check(guest->live->doc, id) < 0)
        return -1;
    if (flags & VIR_DOMAIN_AFFECT_CONFIG && check(guest->config->doc, id) < 0)
        return -1;
    return guest_edit(guest, flags, docs);
}

static int check_new(const struct domain *doc, unsigned int id)
{
    if (!has_id(doc, id))
        return 0;
    error_set(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG, "an IOThread is already using iothread_id '%u'",
              id);
    return -1;
}

static int check_unused(const struct domain *doc, unsigned int id)
{
    if (!has_id(doc, id)) {
        error_set(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG,
                  "cannot find IOThread '%u' in iothreadids list", id);
        return -1;
    }
    for (size_t i = 0; i < doc->devices.n_disks; i++)
        if (doc->devices.disks[i].driver.iothread == id) {
            error_set(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG,
                      "cannot remove IOThread %u since it is being used by disk '%s'", id,
                      doc->devices.disks[i].target.dev);
            return -1;
        }
    return 0;
}

static int check_present(const struct domain *doc, unsigned int id)
{
    if (has_id(doc, id))
        return 0;
    test_error(INVALID_ARG, "iothreadid %u not found", id);
    return -1;
}

int test_domainAddIOThread(virDomainPtr domain, unsigned int iothread_id, unsigned int flags)
{
    struct domain *docs[2];
    int n;

    if (flags_check(flags, AFFECT_FLAGS, __func__) < 0 || check_id(iothread_id) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    n = edit_checked(guest, flags, docs, check_new, iothread_id);
    for (int i = 0; i < n; i++)
        add_id(docs[i], iothread_id);
    return n < 0 ? -1 : 0;
}

int test_domainDelIOThread(virDomainPtr domain, unsigned int iothread_id, unsigned int flags)
{
    struct domain *docs[2];
    int n;

    if (flags_check(flags, AFFECT_FLAGS, __func__) < 0 || check_id(iothread_id) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    n = edit_checked(guest, flags, docs, check_unused, iothread_id);
    for (int i = 0; i < n; i++)
        remove_id(docs[i], iothread_id);
    return n < 0 ? -1 : 0;
}

static const char *iothread_cpuset(const struct domain *doc, unsigned int id)
{
    for (size_t i = 0; i < doc->cputune.n_iothreadpins; i++)
        if (doc->cputune.iothreadpins[i].iothread == id)
            return doc->cputune.iothreadpins[i].cpuset;
    return doc->vcpu.cpuset;
}

static void set_cpuset(struct domain *doc, unsigned int id, const char *cpuset)
{
    struct domain_cputune *tune = &doc->cputune;
    size_t at = 0;

    while (at < tune->n_iothreadpins && tune->iothreadpins[at].iothread != id)
        at++;
    if (at == tune->n_iothreadpins) {
        tune->iothreadpins =
            g_renew(struct domain_cputune_iothreadpins, tune->iothreadpins, ++tune->n_iothreadpins);
        tune->iothreadpins[at] = (struct domain_cputune_iothreadpins){.iothread = id};
    }
    g_free(tune->iothreadpins[at].cpuset);
    tune->iothreadpins[at].cpuset = g_strdup(cpuset);
}

int test_domainPinIOThread(virDomainPtr domain, unsigned int iothread_id, unsigned char *cpumap,
                           int maplen, unsigned int flags)
{
    g_autofree char *cpuset = pin_text(cpumap, maplen);
    struct domain *docs[2];
    int n;

    if (flags_check(flags, AFFECT_FLAGS, __func__) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    if (guest_check_affected(guest, flags) < 0)
        return -1;
    if (!cpuset) {
        test_error(INVALID_ARG, "Empty iothread cpumap list for pinning");
        return -1;
    }
    n = edit_checked(guest, flags, docs, check_present, iothread_id);
    for (int i = 0; i < n; i++)
        set_cpuset(docs[i], iothread_id, cpuset);
    return n < 0 ? -1 : 0;
}

int test_domainGetIOThreadInfo(virDomainPtr dom, virDomainIOThreadInfoPtr **info,
                               unsigned int flags)
{
    const struct domain *doc;
    size_t n;

    if (flags_check(flags, AFFECT_FLAGS, __func__) < 0)
        return -1;
    WITH_GUEST(dom, -1);
    doc = guest_affected(guest, flags);
    if (!doc)
        return -1;
    n = iothreads_count(doc);
    *info = n ? g_new0(virDomainIOThreadInfoPtr, n) : NULL;
    for (size_t i = 0; i < n; i++) {
        virDomainIOThreadInfoPtr it = (*info)[i] = g_new0(virDomainIOThreadInfo, 1);

        it->iothread_id = iothreads_id(doc, i);
        it->cpumaplen = (MAX(world->node.cpus, 1) + 7) / 8;
        it->cpumap = g_malloc0(it->cpumaplen);
        pin_fill(iothread_cpuset(doc, it->iothread_id), vcpus_current(doc), it->cpumap,
                 it->cpumaplen);
    }
    return n;
}

struct poller iothread_poller(const struct guest *guest, unsigned int id)
{
    for (guint i = 0; i < guest->pollers->len; i++)
        if (g_array_index(guest->pollers, struct poller, i).id == id)
            return g_array_index(guest->pollers, struct poller, i);
    return (struct poller){.id = id, .max_ns = 32768};
}

static void set_poller(struct guest *guest, const struct poller *poller)
{
    for (guint i = 0; i < guest->pollers->len; i++)
        if (g_array_index(guest->pollers, struct poller, i).id == poller->id) {
            g_array_index(guest->pollers, struct poller, i) = *poller;
            return;
        }
    g_array_append_val(guest->pollers, *poller);
}

/* The thread's size limits with what the call names; -1 when they contradict each other. */
static int read_thread_pool(const struct domain *doc, unsigned int id, virTypedParameterPtr params,
                            int n, struct domain_thread_pool *pool)
{
    virTypedParameterPtr min = params_find(params, n, VIR_DOMAIN_IOTHREAD_THREAD_POOL_MIN);
    virTypedParameterPtr max = params_find(params, n, VIR_DOMAIN_IOTHREAD_THREAD_POOL_MAX);

    for (size_t i = 0; i < doc->iothreadids.n_iothreads; i++)
        if (doc->iothreadids.iothreads[i].id == id)
            *pool = doc->iothreadids.iothreads[i].thread_pool;
    if (min)
        pool->thread_pool_min = min->value.i;
    if (max)
        pool->thread_pool_max = max->value.i;
    pool->has_thread_pool_min |= min != NULL;
    pool->has_thread_pool_max |= max != NULL;
    if (pool->has_thread_pool_min && pool->has_thread_pool_max &&
        pool->thread_pool_min > pool->thread_pool_max) {
        test_error(INVALID_ARG, "thread_pool_min (%d) can't be greater than thread_pool_max (%d)",
                   pool->thread_pool_min, pool->thread_pool_max);
        return -1;
    }
    return min || max;
}

static void set_thread_pool(struct domain *doc, unsigned int id,
                            const struct domain_thread_pool *pool)
{
    list_ids(doc, 0);
    for (size_t i = 0; i < doc->iothreadids.n_iothreads; i++)
        if (doc->iothreadids.iothreads[i].id == id)
            doc->iothreadids.iothreads[i].thread_pool = *pool;
}

int test_domainSetIOThreadParams(virDomainPtr domain, unsigned int iothread_id,
                                 virTypedParameterPtr params, int nparams, unsigned int flags)
{
    struct domain_thread_pool pool = {0};
    struct poller poller;
    int changed;

    if (flags_check(flags, VIR_DOMAIN_AFFECT_LIVE, __func__) < 0 || check_id(iothread_id) < 0 ||
        params_validate(params, nparams, virDomainIOThread_rules,
                        G_N_ELEMENTS(virDomainIOThread_rules), 0) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    if (guest_check_affected(guest, flags) < 0)
        return -1;
    if (!has_id(guest_doc(guest), iothread_id)) {
        test_error(INVALID_ARG, "cannot find IOThread '%u' in iothreadids", iothread_id);
        return -1;
    }
    changed = read_thread_pool(guest_doc(guest), iothread_id, params, nparams, &pool);
    if (changed < 0)
        return -1;
    poller = iothread_poller(guest, iothread_id);
    params_get_ullong(params, nparams, VIR_DOMAIN_IOTHREAD_POLL_MAX_NS, &poller.max_ns);
    params_get_uint(params, nparams, VIR_DOMAIN_IOTHREAD_POLL_GROW, &poller.grow);
    params_get_uint(params, nparams, VIR_DOMAIN_IOTHREAD_POLL_SHRINK, &poller.shrink);
    set_poller(guest, &poller);
    if (changed)
        set_thread_pool(guest_edit_one(guest, flags), iothread_id, &pool);
    return 0;
}
