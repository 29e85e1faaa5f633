/* Numbers of many guests at once. */
#include <string.h>

#include "core/conf/guest/filter.h"
#include "core/drivers/qemu/qmp/json.h"
#include "core/drivers/qemu/sample.h"
#include "core/object/params.h"

static void state_stats(struct sample *sample, struct params *list)
{
    params_add_int(list, sample->state, "state.state");
    params_add_int(list, sample->reason, "state.reason");
}

static void iothread_stats(struct sample *sample, struct params *list)
{
    g_autoptr(json_t) told = NULL;
    json_t *thread;
    size_t i, n = 0;

    if (!sample->run ||
        (!sample_doc(sample)->iothreadids.n_iothreads && !sample_doc(sample)->iothreads))
        return;
    told = sample_ask(sample, SAMPLE_IOTHREADS);
    json_array_foreach(told, i, thread)
    {
        n += g_str_has_prefix(json_text_of(thread, "id") ?: "", "iothread");
    }
    params_add_uint(list, n, "iothread.count");
    json_array_foreach(told, i, thread)
    {
        const char *id = json_text_of(thread, "id");
        unsigned number;

        if (!id || sscanf(id, "iothread%u", &number) != 1)
            continue;
        params_add_ullong(list, json_number_of(thread, "poll-max-ns", 0), "iothread.%u.poll-max-ns",
                          number);
        params_add_uint(list, json_number_of(thread, "poll-grow", 0), "iothread.%u.poll-grow",
                        number);
        params_add_uint(list, json_number_of(thread, "poll-shrink", 0), "iothread.%u.poll-shrink",
                        number);
    }
}

/* QEMU's words in the order of the API's numbers. */
static int place_of(const char *word, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (g_strcmp0(word, words[i]) == 0)
            return i;
    return -1;
}

static void dirtyrate_stats(struct sample *sample, struct params *list)
{
    static const char *const states[] = {"unstarted", "measuring", "measured"};
    static const char *const modes[] = {"page-sampling", "dirty-bitmap", "dirty-ring"};
    g_autoptr(json_t) told = sample->run ? sample_ask(sample, SAMPLE_DIRTY_RATE) : NULL;
    int state = place_of(json_text_of(told, "status"), states, G_N_ELEMENTS(states));
    int mode = place_of(json_text_of(told, "mode"), modes, G_N_ELEMENTS(modes));
    json_t *rate = json_object_get(told, "dirty-rate");

    if (state < 0)
        return;
    params_add_int(list, state, "dirtyrate.calc_status");
    params_add_llong(list, json_number_of(told, "start-time", 0), "dirtyrate.calc_start_time");
    params_add_int(list, json_number_of(told, "calc-time", 0), "dirtyrate.calc_period");
    if (json_is_integer(rate))
        params_add_llong(list, json_integer_value(rate), "dirtyrate.megabytes_per_second");
    if (mode >= 0)
        params_add_string(list, modes[mode], "dirtyrate.calc_mode");
}

/* Counters that are not counted here. */
static void no_stats(struct sample *sample, struct params *list) {}

static const struct group {
    unsigned int flag;
    void (*add)(struct sample *sample, struct params *list);
} groups[] = {
    {VIR_DOMAIN_STATS_STATE, state_stats},
    {VIR_DOMAIN_STATS_CPU_TOTAL, cpu_stats},
    {VIR_DOMAIN_STATS_BALLOON, balloon_stats},
    {VIR_DOMAIN_STATS_VCPU, vcpu_stats},
    {VIR_DOMAIN_STATS_INTERFACE, interface_stats},
    {VIR_DOMAIN_STATS_BLOCK, block_stats},
    {VIR_DOMAIN_STATS_PERF, no_stats},
    {VIR_DOMAIN_STATS_IOTHREAD, iothread_stats},
    {VIR_DOMAIN_STATS_DIRTYRATE, dirtyrate_stats},
};

/* What the caller wants of the groups; 0 for all. -1 when it insists on one that there is not. */
static int check_groups(unsigned int stats, unsigned int flags, unsigned int *ret_wanted)
{
    unsigned int all = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++)
        all |= groups[i].flag;
    if (stats & ~all && flags & VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS) {
        qemu_error(ARGUMENT_UNSUPPORTED, "Stats types bits 0x%x are not supported by this daemon",
                   stats & ~all);
        return -1;
    }
    *ret_wanted = stats ? stats : all;
    return 0;
}

static bool matches(const struct qemu_guest *guest, unsigned int filter)
{
    const struct guest_facts facts = {
        .state = guest->state,
        .active = guest_active(guest),
        .persistent = guest->config != NULL,
    };

    return (guest->live || guest->config) && guest_filter(&facts, filter);
}

/* What one call tells. */
struct report {
    GArray *samples;    /* struct sample */
    GPtrArray *objects; /* virDomainPtr, one a sample */
    virDomainStatsRecordPtr *records;
    int n;
    gint64 deadline;
};

static void object_free(void *data)
{
    virDomainPtr domain = data;

    if (domain)
        object_unref(&domain->base);
}

static void report_init(struct report *report)
{
    *report = (struct report){
        .samples = g_array_new(FALSE, FALSE, sizeof(struct sample)),
        .objects = g_ptr_array_new_with_free_func(object_free),
        .deadline = g_get_monotonic_time() + SAMPLE_WAIT_MS * 1000,
    };
}

static void report_clear(struct report *report)
{
    for (unsigned i = 0; i < report->samples->len; i++)
        sample_clear(&g_array_index(report->samples, struct sample, i));
    g_array_free(report->samples, TRUE);
    g_ptr_array_free(report->objects, TRUE);
    if (report->records)
        virDomainStatsRecordListFree(report->records);
}

/* Lock held. */
static void report_add(struct report *report, virConnectPtr conn, struct qemu_host *host,
                       struct qemu_guest *guest)
{
    struct sample sample;

    sample_take(&sample, host, guest, report->deadline);
    g_array_append_val(report->samples, sample);
    g_ptr_array_add(report->objects, guest_object(conn, guest));
}

static int fill_record(struct report *report, unsigned place, unsigned wanted)
{
    struct sample *sample = &g_array_index(report->samples, struct sample, place);
    virDomainStatsRecordPtr record;
    g_auto(params_auto_t) list = {0};

    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++)
        if (wanted & groups[i].flag)
            groups[i].add(sample, &list);
    record = g_new0(virDomainStatsRecord, 1);
    if (params_steal(&list, &record->params, &record->nparams) < 0) {
        g_free(record);
        return -1;
    }
    record->dom = g_steal_pointer(&g_ptr_array_index(report->objects, place));
    report->records[report->n++] = record;
    return 0;
}

/* Without the lock: some of it is asked. */
static int report_give(struct report *report, unsigned wanted, virDomainStatsRecordPtr **ret)
{
    report->records = g_new0(virDomainStatsRecordPtr, report->samples->len + 1);
    for (unsigned i = 0; i < report->samples->len; i++)
        if (fill_record(report, i, wanted) < 0)
            return -1;
    *ret = g_steal_pointer(&report->records);
    return report->n;
}

int qemu_connectGetAllDomainStats(virConnectPtr conn, unsigned int stats,
                                  virDomainStatsRecordPtr **retStats, unsigned int flags)
{
    struct qemu_host *host = host_of(conn);
    unsigned int wanted, filter;
    struct report report;
    int result;

    if (guest_stats_filter(VIR_FROM_QEMU, flags, &filter, __func__) < 0 ||
        check_groups(stats, flags, &wanted) < 0)
        return -1;
    report_init(&report);
    lock_take(&host->lock);
    for (objlist_each(&host->guests, struct qemu_guest, guest))
        if (matches(guest, filter))
            report_add(&report, conn, host, guest);
    lock_drop(&host->lock);
    result = report_give(&report, wanted, retStats);
    report_clear(&report);
    return result;
}

/* Guests that are gone have no numbers, and are no error. */
int qemu_domainListGetStats(virDomainPtr *doms, unsigned int stats,
                            virDomainStatsRecordPtr **retStats, unsigned int flags)
{
    struct qemu_host *host = host_of(doms[0]->conn);
    unsigned int wanted, filter;
    struct report report;
    int result;

    if (guest_stats_filter(VIR_FROM_QEMU, flags, &filter, "virDomainListGetStats") < 0 ||
        check_groups(stats, flags, &wanted) < 0)
        return -1;
    report_init(&report);
    lock_take(&host->lock);
    for (size_t i = 0; doms[i]; i++) {
        struct qemu_guest *guest = objlist_by_uuid(&host->guests, doms[i]->uuid);

        if (guest && matches(guest, filter))
            report_add(&report, doms[i]->conn, host, guest);
    }
    lock_drop(&host->lock);
    result = report_give(&report, wanted, retStats);
    report_clear(&report);
    return result;
}
