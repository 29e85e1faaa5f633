#include "core/conf/domain/devices.h"
#include "core/conf/domain/machine.h"

/* Far above what any emulator runs; ids are given one by one. */
#define IOTHREADS_NUMBERED_MAX (1u << 20)

static int refuse(const struct doc_call *call, int code, const char *text)
{
    doc_error(call, code, "%s", text);
    return -1;
}

/* Threads without an id get the lowest free ones. */
static void number_rest(struct domain *def, GHashTable *taken)
{
    unsigned id = 1;

    while (def->iothreadids.n_iothreads < def->iothreads) {
        if (!g_hash_table_contains(taken, GUINT_TO_POINTER(id)))
            LIST_APPEND(def->iothreadids.iothreads, def->iothreadids.n_iothreads)->id = id;
        id++;
    }
}

int domain_complete_iothreads(struct domain *def, const struct doc_call *call)
{
    g_autoptr(GHashTable) taken = g_hash_table_new(NULL, NULL);
    const struct domain_iothreadids *ids = &def->iothreadids;

    if (!ids->n_iothreads)
        return 0;
    for (size_t i = 0; i < ids->n_iothreads; i++) {
        if (!g_hash_table_add(taken, GUINT_TO_POINTER(ids->iothreads[i].id))) {
            doc_error(call, VIR_ERR_XML_ERROR, "duplicate iothread id '%u' found",
                      ids->iothreads[i].id);
            return -1;
        }
    }
    if (def->iothreads > IOTHREADS_NUMBERED_MAX)
        return refuse(call, VIR_ERR_XML_ERROR, "too many iothreads to number them");
    def->iothreads = MAX(def->iothreads, (unsigned)ids->n_iothreads);
    number_rest(def, taken);
    return 0;
}

static bool iothread_exists(const struct domain *def, unsigned id)
{
    if (!def->iothreadids.n_iothreads)
        return id && id <= def->iothreads;
    for (size_t i = 0; i < def->iothreadids.n_iothreads; i++) {
        if (def->iothreadids.iothreads[i].id == id)
            return true;
    }
    return false;
}

static int check_exists(const struct domain *def, unsigned id, const struct doc_call *call)
{
    if (iothread_exists(def, id))
        return 0;
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "Cannot find 'iothread' : %u", id);
    return -1;
}

static int check_pool(const struct domain_thread_pool *pool, const struct doc_call *call)
{
    if (pool->has_thread_pool_max && !pool->thread_pool_max)
        return refuse(call, VIR_ERR_CONFIG_UNSUPPORTED,
                      "thread_pool_max must be a positive integer");
    if (pool->has_thread_pool_min &&
        (!pool->has_thread_pool_max || pool->thread_pool_min > pool->thread_pool_max))
        return refuse(call, VIR_ERR_CONFIG_UNSUPPORTED,
                      "thread_pool_min must be smaller or equal to thread_pool_max");
    return 0;
}

int domain_check_iothreads(struct domain *def, const struct doc_call *call)
{
    for (size_t i = 0; i < def->iothreadids.n_iothreads; i++) {
        if (check_pool(&def->iothreadids.iothreads[i].thread_pool, call) < 0)
            return -1;
    }
    for (size_t i = 0; i < def->cputune.n_iothreadpins; i++) {
        if (check_exists(def, def->cputune.iothreadpins[i].iothread, call) < 0)
            return -1;
    }
    for (size_t i = 0; i < def->cputune.n_iothreadscheds; i++) {
        unsigned id = (unsigned)strtoul(def->cputune.iothreadscheds[i].iothreads, NULL, 10);

        if (check_exists(def, id, call) < 0)
            return -1;
    }
    return check_pool(&def->defaultiothread, call);
}
