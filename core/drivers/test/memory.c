/* Memory of guests. */
#include "core/drivers/test/memory.h"

#include "core/drivers/test/clock.h"
#include "core/drivers/test/happening.h"

unsigned long test_domainGetMaxMemory(virDomainPtr domain)
{
    WITH_GUEST(domain, 0);
    return guest_doc(guest)->memory.text;
}

static int set_max_memory(struct guest *guest, unsigned long memory, unsigned int flags)
{
    struct domain *doc;

    if (guest_check_affected(guest, flags) < 0)
        return -1;
    if (guest_active(guest) && !(flags & VIR_DOMAIN_AFFECT_CONFIG)) {
        test_error(OPERATION_INVALID, "cannot resize the maximum memory on an active domain");
        return -1;
    }
    doc = guest_edit_one(guest, flags);
    doc->memory.text = memory;
    doc->memory.has_text = true;
    doc->current_memory = MIN(doc->current_memory, memory);
    return 0;
}

int test_domainSetMemoryFlags(virDomainPtr domain, unsigned long memory, unsigned int flags)
{
    const struct domain *now;
    struct domain *doc;

    if (flags_check(flags, AFFECT_FLAGS | VIR_DOMAIN_MEM_MAXIMUM, __func__) < 0)
        return -1;
    if (!memory) {
        error_set_argument(VIR_FROM_DOMAIN, "memory", "virDomainSetMemoryFlags",
                           "memory in virDomainSetMemoryFlags must not be zero");
        return -1;
    }
    WITH_GUEST(domain, -1);
    if (affects_one(flags) < 0)
        return -1;
    if (flags & VIR_DOMAIN_MEM_MAXIMUM)
        return set_max_memory(guest, memory, flags);
    now = guest_affected(guest, flags);
    if (!now)
        return -1;
    if (memory > now->memory.text) {
        test_error(INVALID_ARG,
                   "cannot set memory higher than max memory: %lu KiB, %llu are possible", memory,
                   now->memory.text);
        return -1;
    }
    doc = guest_edit_one(guest, flags);
    doc->current_memory = memory;
    doc->has_current_memory = true;
    if (guest->live && doc == guest->live->doc)
        guest_happens(
            world, guest,
            &(struct happening){.id = VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE, .numbers = {memory}});
    return 0;
}

int test_domainSetMemory(virDomainPtr domain, unsigned long memory)
{
    return test_domainSetMemoryFlags(domain, memory, VIR_DOMAIN_AFFECT_LIVE);
}

int test_domainSetMaxMemory(virDomainPtr domain, unsigned long memory)
{
    return test_domainSetMemoryFlags(domain, memory, VIR_DOMAIN_MEM_MAXIMUM);
}

/* Half of what the guest has is in use, an eighth of it by its disk cache. */
int guest_memory_stats(const struct guest *guest, virDomainMemoryStatPtr stats, unsigned int max)
{
    const struct domain *doc = guest_doc(guest);
    unsigned long long actual = doc->current_memory;
    const virDomainMemoryStatStruct all[] = {
        {VIR_DOMAIN_MEMORY_STAT_ACTUAL_BALLOON, actual},
        {VIR_DOMAIN_MEMORY_STAT_SWAP_IN, 0},
        {VIR_DOMAIN_MEMORY_STAT_SWAP_OUT, 0},
        {VIR_DOMAIN_MEMORY_STAT_MAJOR_FAULT, 0},
        {VIR_DOMAIN_MEMORY_STAT_MINOR_FAULT, 0},
        {VIR_DOMAIN_MEMORY_STAT_UNUSED, actual / 2},
        {VIR_DOMAIN_MEMORY_STAT_AVAILABLE, actual},
        {VIR_DOMAIN_MEMORY_STAT_USABLE, actual / 2},
        {VIR_DOMAIN_MEMORY_STAT_LAST_UPDATE, CLOCK_START},
        {VIR_DOMAIN_MEMORY_STAT_DISK_CACHES, actual / 8},
        {VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGALLOC, 0},
        {VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGFAIL, 0},
        {VIR_DOMAIN_MEMORY_STAT_RSS, actual / 2},
    };
    unsigned int n = 0;

    if (doc->devices.memballoon.model != DOMAIN_MEMBALLOON_MODEL_VIRTIO)
        return 0;
    for (; n < max && n < G_N_ELEMENTS(all); n++)
        stats[n] = all[n];
    return n;
}

int test_domainMemoryStats(virDomainPtr dom, virDomainMemoryStatPtr stats, unsigned int nr_stats,
                           unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    WITH_ACTIVE_GUEST(dom, -1);
    return guest_memory_stats(guest, stats, nr_stats);
}

int test_domainSetMemoryStatsPeriod(virDomainPtr domain, int period, unsigned int flags)
{
    struct domain *docs[2];
    int n;

    if (flags_check(flags, AFFECT_FLAGS, __func__) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    if (guest_check_affected(guest, flags) < 0)
        return -1;
    if (guest_doc(guest)->devices.memballoon.model != DOMAIN_MEMBALLOON_MODEL_VIRTIO) {
        test_error(INTERNAL_ERROR,
                   "No memory balloon device configured, can not set the collection period");
        return -1;
    }
    n = guest_edit(guest, flags, docs);
    for (int i = 0; i < n; i++)
        docs[i]->devices.memballoon.stats.period = period;
    return 0;
}

/* Each byte of a guest's memory is the low byte of its address. */
int test_domainMemoryPeek(virDomainPtr dom, unsigned long long start, size_t size, void *buffer,
                          unsigned int flags)
{
    unsigned char *bytes = buffer;

    if (flags != VIR_MEMORY_VIRTUAL && flags != VIR_MEMORY_PHYSICAL) {
        test_error(INVALID_ARG,
                   "flags parameter must be VIR_MEMORY_VIRTUAL or VIR_MEMORY_PHYSICAL");
        return -1;
    }
    {
        WITH_ACTIVE_GUEST(dom, -1);
    }
    for (size_t i = 0; i < size; i++)
        bytes[i] = start + i;
    return 0;
}
