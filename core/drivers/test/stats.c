/* Numbers of many guests at once. */
#include "core/drivers/test/domain.h"

#include <string.h>

#include "core/conf/guest/filter.h"
#include "core/drivers/test/device.h"
#include "core/drivers/test/iothread.h"
#include "core/drivers/test/jobs.h"
#include "core/drivers/test/list.h"
#include "core/drivers/test/memory.h"
#include "core/drivers/test/vcpu.h"
#include "core/object/params.h"

static void state_stats(const struct guest *guest, struct params *list)
{
    params_add_int(list, guest->state, "state.state");
    params_add_int(list, guest->reason, "state.reason");
}

static void cpu_stats(const struct guest *guest, struct params *list)
{
    if (!guest_active(guest))
        return;
    params_add_ullong(list, guest_cpu_time(), "cpu.time");
    params_add_ullong(list, 5540000000, "cpu.user");
    params_add_ullong(list, 6460000000, "cpu.system");
}

static void balloon_stats(const struct guest *guest, struct params *list)
{
    static const char *const names[VIR_DOMAIN_MEMORY_STAT_NR] = {
        [VIR_DOMAIN_MEMORY_STAT_SWAP_IN] = "swap_in",
        [VIR_DOMAIN_MEMORY_STAT_SWAP_OUT] = "swap_out",
        [VIR_DOMAIN_MEMORY_STAT_MAJOR_FAULT] = "major_fault",
        [VIR_DOMAIN_MEMORY_STAT_MINOR_FAULT] = "minor_fault",
        [VIR_DOMAIN_MEMORY_STAT_UNUSED] = "unused",
        [VIR_DOMAIN_MEMORY_STAT_AVAILABLE] = "available",
        [VIR_DOMAIN_MEMORY_STAT_RSS] = "rss",
        [VIR_DOMAIN_MEMORY_STAT_USABLE] = "usable",
        [VIR_DOMAIN_MEMORY_STAT_LAST_UPDATE] = "last-update",
        [VIR_DOMAIN_MEMORY_STAT_DISK_CACHES] = "disk_caches",
        [VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGALLOC] = "hugetlb_pgalloc",
        [VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGFAIL] = "hugetlb_pgfail",
    };
    virDomainMemoryStatStruct stats[VIR_DOMAIN_MEMORY_STAT_NR];
    const struct domain *doc = guest_doc(guest);
    int n;

    if (guest_active(guest))
        params_add_ullong(list, doc->current_memory, "balloon.current");
    params_add_ullong(list, doc->memory.text, "balloon.maximum");
    if (!guest_active(guest))
        return;
    n = guest_memory_stats(guest, stats, G_N_ELEMENTS(stats));
    for (int i = 0; i < n; i++)
        if (names[stats[i].tag])
            params_add_ullong(list, stats[i].val, "balloon.%s", names[stats[i].tag]);
}

static void vcpu_stats(const struct guest *guest, struct params *list)
{
    const struct domain *doc = guest_doc(guest);
    unsigned int n = vcpus_current(doc);

    params_add_uint(list, n, "vcpu.current");
    params_add_uint(list, doc->vcpu.text, "vcpu.maximum");
    if (!guest_active(guest))
        return;
    for (unsigned int i = 0; i < n; i++) {
        params_add_int(list, VIR_VCPU_RUNNING, "vcpu.%u.state", i);
        params_add_ullong(list, guest_cpu_time() / MAX(n, 1), "vcpu.%u.time", i);
    }
}

static void interface_stats(const struct guest *guest, struct params *list)
{
    virDomainInterfaceStatsStruct traffic;
    const struct domain *doc = guest_doc(guest);

    if (!guest_active(guest))
        return;
    params_add_uint(list, doc->devices.n_interfaces, "net.count");
    interface_traffic(&traffic);
    for (unsigned int i = 0; i < doc->devices.n_interfaces; i++) {
        params_add_string(list, doc->devices.interfaces[i].target.dev, "net.%u.name", i);
        params_add_ullong(list, traffic.rx_bytes, "net.%u.rx.bytes", i);
        params_add_ullong(list, traffic.rx_packets, "net.%u.rx.pkts", i);
        params_add_ullong(list, traffic.rx_errs, "net.%u.rx.errs", i);
        params_add_ullong(list, traffic.rx_drop, "net.%u.rx.drop", i);
        params_add_ullong(list, traffic.tx_bytes, "net.%u.tx.bytes", i);
        params_add_ullong(list, traffic.tx_packets, "net.%u.tx.pkts", i);
        params_add_ullong(list, traffic.tx_errs, "net.%u.tx.errs", i);
        params_add_ullong(list, traffic.tx_drop, "net.%u.tx.drop", i);
    }
}

static void block_stats(const struct guest *guest, struct params *list)
{
    const struct domain *doc = guest_doc(guest);
    virDomainBlockStatsStruct traffic;

    if (!guest_active(guest))
        return;
    params_add_uint(list, doc->devices.n_disks, "block.count");
    disk_traffic(&traffic);
    for (unsigned int i = 0; i < doc->devices.n_disks; i++) {
        const struct domain_disk *disk = &doc->devices.disks[i];
        virDomainBlockInfo size = disk_size(guest, disk);
        const unsigned long long *threshold = guest_disk_threshold(guest, disk->target.dev);

        params_add_string(list, disk->target.dev, "block.%u.name", i);
        if (!disk_source(disk))
            continue;
        params_add_string(list, disk_source(disk), "block.%u.path", i);
        params_add_ullong(list, traffic.rd_req, "block.%u.rd.reqs", i);
        params_add_ullong(list, traffic.rd_bytes, "block.%u.rd.bytes", i);
        params_add_ullong(list, traffic.wr_req, "block.%u.wr.reqs", i);
        params_add_ullong(list, traffic.wr_bytes, "block.%u.wr.bytes", i);
        params_add_ullong(list, size.allocation, "block.%u.allocation", i);
        params_add_ullong(list, size.capacity, "block.%u.capacity", i);
        params_add_ullong(list, size.physical, "block.%u.physical", i);
        if (threshold)
            params_add_ullong(list, *threshold, "block.%u.threshold", i);
    }
}

static void iothread_stats(const struct guest *guest, struct params *list)
{
    const struct domain *doc = guest_doc(guest);

    if (!iothreads_count(doc))
        return;
    params_add_uint(list, iothreads_count(doc), "iothread.count");
    for (size_t i = 0; i < iothreads_count(doc); i++) {
        struct poller poller = iothread_poller(guest, iothreads_id(doc, i));

        params_add_ullong(list, poller.max_ns, "iothread.%u.poll-max-ns", poller.id);
        params_add_uint(list, poller.grow, "iothread.%u.poll-grow", poller.id);
        params_add_uint(list, poller.shrink, "iothread.%u.poll-shrink", poller.id);
    }
}

static const struct group {
    unsigned int flag;
    void (*add)(const struct guest *guest, struct params *list);
} groups[] = {
    {VIR_DOMAIN_STATS_STATE, state_stats},         {VIR_DOMAIN_STATS_CPU_TOTAL, cpu_stats},
    {VIR_DOMAIN_STATS_BALLOON, balloon_stats},     {VIR_DOMAIN_STATS_VCPU, vcpu_stats},
    {VIR_DOMAIN_STATS_INTERFACE, interface_stats}, {VIR_DOMAIN_STATS_BLOCK, block_stats},
    {VIR_DOMAIN_STATS_IOTHREAD, iothread_stats},   {VIR_DOMAIN_STATS_DIRTYRATE, dirtyrate_stats},
};

/* What the caller wants of the groups; 0 for all. -1 when it insists on one that there is not. */
static int check_groups(unsigned int stats, unsigned int flags, unsigned int *ret_wanted)
{
    unsigned int all = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++)
        all |= groups[i].flag;
    if (stats & ~all && flags & VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS) {
        test_error(ARGUMENT_UNSUPPORTED, "Stats types bits 0x%x are not supported by this daemon",
                   stats & ~all);
        return -1;
    }
    *ret_wanted = stats ? stats : all;
    return 0;
}

struct records {
    virDomainStatsRecordPtr *list;
    int n;
    struct params scratch; /* grows once for all guests; each gets a copy that fits */
};

static void records_free(struct records *records)
{
    params_clear(&records->scratch);
    if (!records->list)
        return;
    records->list[records->n] = NULL;
    virDomainStatsRecordListFree(records->list);
}

static int add_record(struct records *records, virConnectPtr conn, const struct guest *guest,
                      unsigned int wanted)
{
    struct params *scratch = &records->scratch;
    virDomainStatsRecordPtr record;

    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++)
        if (wanted & groups[i].flag)
            groups[i].add(guest, scratch);
    if (scratch->failed)
        return -1;
    record = g_new(virDomainStatsRecord, 1);
    record->dom = guest_object(conn, guest);
    record->params = g_memdup2(scratch->items, scratch->n * sizeof(*scratch->items));
    record->nparams = scratch->n;
    scratch->n = 0; /* the texts are the copy's now */
    records->list[records->n++] = record;
    return 0;
}

static int give_records(struct records *records, virDomainStatsRecordPtr **ret_stats)
{
    *ret_stats = g_steal_pointer(&records->list);
    (*ret_stats)[records->n] = NULL;
    return records->n;
}

int test_connectGetAllDomainStats(virConnectPtr conn, unsigned int stats,
                                  virDomainStatsRecordPtr **retStats, unsigned int flags)
{
    __attribute__((cleanup(records_free))) struct records records = {0};
    struct world *world = world_of(conn);
    unsigned int wanted, filter;

    if (guest_stats_filter(VIR_FROM_TEST, flags, &filter, __func__) < 0 ||
        check_groups(stats, flags, &wanted) < 0)
        return -1;
    lock_guard(&world->lock);
    records.list = g_new(virDomainStatsRecordPtr, objlist_count(&world->guests) + 1);
    for (objlist_each(&world->guests, struct guest, guest))
        if (guest_matches(guest, filter) && add_record(&records, conn, guest, wanted) < 0)
            return -1;
    return give_records(&records, retStats);
}

/* Guests that are gone have no numbers, and are no error. */
int test_domainListGetStats(virDomainPtr *doms, unsigned int stats,
                            virDomainStatsRecordPtr **retStats, unsigned int flags)
{
    __attribute__((cleanup(records_free))) struct records records = {0};
    unsigned int wanted, filter, n = 0;
    struct world *world;

    if (guest_stats_filter(VIR_FROM_TEST, flags, &filter, "virDomainListGetStats") < 0 ||
        check_groups(stats, flags, &wanted) < 0)
        return -1;
    while (doms[n])
        n++;
    world = world_of(doms[0]->conn);
    lock_guard(&world->lock);
    records.list = g_new(virDomainStatsRecordPtr, n + 1);
    for (unsigned int i = 0; i < n; i++) {
        const struct guest *guest = objlist_by_uuid(&world->guests, doms[i]->uuid);

        if (guest && guest_matches(guest, filter) &&
            add_record(&records, doms[i]->conn, guest, wanted) < 0)
            return -1;
    }
    return give_records(&records, retStats);
}
