/* Finding snapshots, and their places in the tree. */
#include "core/drivers/test/snapshot.h"

#define LIST(flag) VIR_DOMAIN_SNAPSHOT_LIST_##flag
#define STATES (LIST(INACTIVE) | LIST(ACTIVE) | LIST(DISK_ONLY))
#define PLACES (LIST(INTERNAL) | LIST(EXTERNAL))
#define RECORDS (LIST(METADATA) | LIST(NO_METADATA))
#define FILTERS                                                                                    \
    (LIST(ROOTS) | RECORDS | LIST(LEAVES) | LIST(NO_LEAVES) | STATES | PLACES | LIST(TOPOLOGICAL))

static unsigned int state_flag(const struct domainsnapshot *doc)
{
    switch (doc->state) {
    case DOMAINSNAPSHOT_STATE_SHUTOFF:
        return LIST(INACTIVE);
    case DOMAINSNAPSHOT_STATE_DISK_SNAPSHOT:
        return LIST(DISK_ONLY);
    default:
        return LIST(ACTIVE);
    }
}

static unsigned int place_flag(const struct domainsnapshot *doc)
{
    if (doc->memory.snapshot == DOMAINSNAPSHOT_MEMORY_SNAPSHOT_EXTERNAL)
        return LIST(EXTERNAL);
    for (size_t i = 0; i < doc->disks.n_disks; i++)
        if (doc->disks.disks[i].snapshot == DOMAINSNAPSHOT_DISKS_DISKS_SNAPSHOT_EXTERNAL)
            return LIST(EXTERNAL);
    return LIST(INTERNAL);
}

/* Of each group that is named, it must have one. All of them have records. */
static bool matches(const struct moment *moment, unsigned int flags)
{
    const struct domainsnapshot *doc = snapshot_doc(moment);

    return (!(flags & STATES) || flags & state_flag(doc)) &&
           (!(flags & PLACES) || flags & place_flag(doc)) &&
           (!(flags & RECORDS) || flags & LIST(METADATA));
}

/* Bit 0 has opposite meanings for guests and for snapshots. */
static GPtrArray *select_below(struct guest *guest, const struct moment *below, unsigned int flags)
{
    bool deep = below ? flags & LIST(DESCENDANTS) : !(flags & LIST(ROOTS));
    unsigned int filter = deep ? MOMENT_DEEP : 0;

    if (flags & LIST(LEAVES))
        filter |= MOMENT_LEAVES;
    if (flags & LIST(NO_LEAVES))
        filter |= MOMENT_NO_LEAVES;
    return moments_select(guest->snapshots, below, filter, matches, flags);
}

static int give_number(GPtrArray *selected)
{
    int n = (int)selected->len;

    g_ptr_array_unref(selected);
    return n;
}

static int give_names(GPtrArray *selected, char **names, int max)
{
    int n = MIN((int)selected->len, max);

    for (int i = 0; i < n; i++)
        names[i] = g_strdup(((struct moment *)selected->pdata[i])->item.name);
    g_ptr_array_unref(selected);
    return n;
}

static int give_objects(GPtrArray *selected, virDomainPtr domain, virDomainSnapshotPtr **snaps)
{
    if (snaps) {
        *snaps = g_new0(virDomainSnapshotPtr, selected->len + 1);
        for (guint i = 0; i < selected->len; i++)
            (*snaps)[i] =
                new_domain_snapshot(domain, ((struct moment *)selected->pdata[i])->item.name);
    }
    return give_number(selected);
}

int test_domainSnapshotNum(virDomainPtr domain, unsigned int flags)
{
    if (flags_check(flags, FILTERS, __func__) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    return give_number(select_below(guest, NULL, flags));
}

int test_domainSnapshotListNames(virDomainPtr domain, char **names, int nameslen,
                                 unsigned int flags)
{
    if (flags_check(flags, FILTERS, __func__) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    return give_names(select_below(guest, NULL, flags), names, nameslen);
}

int test_domainListAllSnapshots(virDomainPtr domain, virDomainSnapshotPtr **snaps,
                                unsigned int flags)
{
    if (flags_check(flags, FILTERS, __func__) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    return give_objects(select_below(guest, NULL, flags), domain, snaps);
}

int test_domainSnapshotNumChildren(virDomainSnapshotPtr snapshot, unsigned int flags)
{
    if (flags_check(flags, FILTERS, __func__) < 0)
        return -1;
    WITH_SNAPSHOT(snapshot, -1);
    return give_number(select_below(guest, moment, flags));
}

int test_domainSnapshotListChildrenNames(virDomainSnapshotPtr snapshot, char **names, int nameslen,
                                         unsigned int flags)
{
    if (flags_check(flags, FILTERS, __func__) < 0)
        return -1;
    WITH_SNAPSHOT(snapshot, -1);
    return give_names(select_below(guest, moment, flags), names, nameslen);
}

int test_domainSnapshotListAllChildren(virDomainSnapshotPtr snapshot, virDomainSnapshotPtr **snaps,
                                       unsigned int flags)
{
    if (flags_check(flags, FILTERS, __func__) < 0)
        return -1;
    WITH_SNAPSHOT(snapshot, -1);
    return give_objects(select_below(guest, moment, flags), snapshot->parent, snaps);
}

virDomainSnapshotPtr test_domainSnapshotLookupByName(virDomainPtr domain, const char *name,
                                                     unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return NULL;
    WITH_GUEST(domain, NULL);
    if (!moment_find(guest->snapshots, &snapshot_kind, name))
        return NULL;
    return new_domain_snapshot(domain, name);
}

virDomainSnapshotPtr test_domainSnapshotGetParent(virDomainSnapshotPtr snapshot, unsigned int flags)
{
    struct moment *parent;

    if (flags_check(flags, 0, __func__) < 0)
        return NULL;
    WITH_SNAPSHOT(snapshot, NULL);
    parent = moment_parent(guest->snapshots, moment);
    return parent ? new_domain_snapshot(snapshot->parent, parent->item.name) : NULL;
}

static struct moment *current(struct guest *guest)
{
    return guest->snapshots ? guest->snapshots->current : NULL;
}

int test_domainHasCurrentSnapshot(virDomainPtr domain, unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    return current(guest) != NULL;
}

virDomainSnapshotPtr test_domainSnapshotCurrent(virDomainPtr domain, unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return NULL;
    WITH_GUEST(domain, NULL);
    if (current(guest))
        return new_domain_snapshot(domain, current(guest)->item.name);
    test_error(NO_DOMAIN_SNAPSHOT, "the domain does not have a current snapshot");
    return NULL;
}

int test_domainSnapshotIsCurrent(virDomainSnapshotPtr snapshot, unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    WITH_SNAPSHOT(snapshot, -1);
    return current(guest) == moment;
}

int test_domainSnapshotHasMetadata(virDomainSnapshotPtr snapshot, unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    WITH_SNAPSHOT(snapshot, -1);
    return 1;
}
