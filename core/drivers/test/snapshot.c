/* Taking snapshots, describing and deleting them. */
#include "core/drivers/test/snapshot.h"

#include <libxml/tree.h>
#include <string.h>

#include "core/conf/domain/abi.h"
#include "core/conf/domainsnapshot/complete.h"
#include "core/conf/domainsnapshot/hooks.h"

const struct moment_kind snapshot_kind = {
    .name = "snapshot",
    .missing = VIR_ERR_NO_DOMAIN_SNAPSHOT,
    .parent = G_STRUCT_OFFSET(struct domainsnapshot, parent.name),
    .layout = &domainsnapshot_layout,
};

struct moment *snapshot_find(struct guest *guest, virDomainSnapshotPtr snapshot)
{
    return moment_find(guest->snapshots, &snapshot_kind, snapshot->name);
}

static int refuse(int code, const char *text, const char *name)
{
    error_set(VIR_FROM_DOMAIN_SNAPSHOT, code, "%s%s", text, name);
    return -1;
}

static bool is_online(enum domainsnapshot_state state)
{
    return state == DOMAINSNAPSHOT_STATE_RUNNING || state == DOMAINSNAPSHOT_STATE_PAUSED;
}

static bool is_disk_only(const struct domainsnapshot *doc)
{
    return doc->state == DOMAINSNAPSHOT_STATE_DISK_SNAPSHOT;
}

/* What the guest did then cannot become something else. */
static int check_same(const struct domainsnapshot *doc, const struct domainsnapshot *old)
{
    if (is_online(doc->state) != is_online(old->state))
        return refuse(VIR_ERR_INVALID_ARG,
                      "cannot change between online and offline snapshot state in snapshot ",
                      doc->name);
    if (is_disk_only(doc) != is_disk_only(old))
        return refuse(VIR_ERR_INVALID_ARG,
                      "cannot change between disk only and full system in snapshot ", doc->name);
    return old->domain && doc->domain ? domain_check_abi(old->domain, doc->domain) : 0;
}

/* What one of that name says of the guest already need not be said again. */
static void inherit(struct domainsnapshot *doc, const struct domainsnapshot *old)
{
    doc->domain = domain_copy(old->domain);
    g_clear_pointer(&doc->owner.uuid, g_free);
}

static int complete_redefined(struct guest *guest, struct domainsnapshot *doc)
{
    bool named = doc->name && doc->creation_time && doc->state;
    struct moment *old = named ? objlist_by_name(&guest->snapshots->list, doc->name) : NULL;

    if (named && moment_check_parent(guest->snapshots, doc, doc->name) < 0)
        return -1;
    if (old && !doc->domain && snapshot_doc(old)->domain)
        inherit(doc, snapshot_doc(old));
    if (snapshot_complete(doc, guest_doc(guest), 0, SNAPSHOT_REDEFINE, 0) < 0)
        return -1;
    return old ? check_same(doc, snapshot_doc(old)) : 0;
}

/* The tree owns the document afterwards; NULL: it is the caller's still. */
static struct moment *redefine(struct guest *guest, struct domainsnapshot *doc, bool current)
{
    struct moment *moment;

    if (complete_redefined(guest, doc) < 0)
        return NULL;
    moment = moment_put(guest->snapshots, doc->name, doc);
    if (current)
        guest->snapshots->current = moment;
    return moment;
}

static int refuse_manual(const struct domainsnapshot *doc)
{
    for (size_t i = 0; i < doc->disks.n_disks; i++) {
        if (doc->disks.disks[i].snapshot == DOMAINSNAPSHOT_DISKS_DISKS_SNAPSHOT_MANUAL) {
            test_error(OPERATION_UNSUPPORTED,
                       "'manual' snapshot mode is not supported by the test driver");
            return -1;
        }
    }
    return 0;
}

static struct moment *create(struct guest *guest, struct domainsnapshot *doc)
{
    long long now = g_get_real_time() / G_USEC_PER_SEC;

    if ((doc->name && moment_check_new(guest->snapshots, doc->name) < 0) || refuse_manual(doc) < 0)
        return NULL;
    /* its states are numbered as those of guests are */
    if (snapshot_complete(doc, guest_doc(guest), (enum domainsnapshot_state)guest->state, 0, now) <
            0 ||
        moment_check_new(guest->snapshots, doc->name) < 0)
        return NULL;
    return moment_add(guest->snapshots, doc->name, doc);
}

static struct moment *take(struct guest *guest, struct domainsnapshot *doc, unsigned int flags)
{
    if (moments_count(guest->checkpoints)) {
        test_error(OPERATION_UNSUPPORTED, "cannot create snapshot while checkpoint exists");
        return NULL;
    }
    if (!guest->config && flags & VIR_DOMAIN_SNAPSHOT_CREATE_HALT) {
        test_error(OPERATION_INVALID, "cannot halt after transient domain snapshot");
        return NULL;
    }
    if (!guest->snapshots)
        guest->snapshots = moments_new(&snapshot_kind);
    if (flags & VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE)
        return redefine(guest, doc, flags & VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT);
    return create(guest, doc);
}

static void halt(struct world *world, struct guest *guest, virDomainPtr domain)
{
    if (!guest_active(guest))
        return;
    __atomic_store_n(&domain->id, -1, __ATOMIC_RELAXED);
    guest_stopped(world, guest, VIR_DOMAIN_SHUTOFF_FROM_SNAPSHOT,
                  VIR_DOMAIN_EVENT_STOPPED_FROM_SNAPSHOT);
}

static virDomainSnapshotPtr take_for(virDomainPtr domain, struct domainsnapshot *doc,
                                     unsigned int flags)
{
    virDomainSnapshotPtr snapshot;
    struct moment *moment;
    WITH_GUEST(domain, NULL);

    moment = take(guest, doc, flags);
    if (!moment)
        return NULL;
    snapshot = new_domain_snapshot(domain, moment->item.name);
    if (flags & VIR_DOMAIN_SNAPSHOT_CREATE_HALT)
        halt(world, guest, domain);
    return snapshot;
}

#define CREATE(flag) VIR_DOMAIN_SNAPSHOT_CREATE_##flag

/* The guest that a record holds is completed like any other; the record itself is not one. */
static int complete_held(void *part, const struct doc_call *call)
{
    if (!strcmp((const char *)call->node->name, "domainsnapshot"))
        return 0;
    return guest_complete(part, call);
}

virDomainSnapshotPtr test_domainSnapshotCreateXML(virDomainPtr domain, const char *xmlDesc,
                                                  unsigned int flags)
{
    unsigned int doc_flags = DOC_INACTIVE | (flags & CREATE(VALIDATE) ? DOC_VALIDATE : 0);
    const struct doc_context ctx = {
        .post_parse = complete_held,
        .opaque = flags & CREATE(REDEFINE) ? domainsnapshot_redefined : domainsnapshot_to_be_taken};
    struct domainsnapshot *doc;
    virDomainSnapshotPtr snapshot;

    if (flags_check(flags,
                    CREATE(REDEFINE) | CREATE(CURRENT) | CREATE(HALT) | CREATE(QUIESCE) |
                        CREATE(ATOMIC) | CREATE(LIVE) | CREATE(VALIDATE),
                    __func__) < 0)
        return NULL;
    doc = domainsnapshot_parse(xmlDesc, &ctx, doc_flags);
    if (!doc)
        return NULL;
    snapshot = take_for(domain, doc, flags);
    if (!snapshot)
        domainsnapshot_free(doc);
    return snapshot;
}

char *test_domainSnapshotGetXMLDesc(virDomainSnapshotPtr snapshot, unsigned int flags)
{
    if (flags_check(flags, VIR_DOMAIN_SNAPSHOT_XML_SECURE, __func__) < 0)
        return NULL;
    WITH_SNAPSHOT(snapshot, NULL);
    return domainsnapshot_format(snapshot_doc(moment),
                                 DOC_INACTIVE |
                                     (flags & VIR_DOMAIN_SNAPSHOT_XML_SECURE ? DOC_SECURE : 0));
}

/* There are only records, so deleting those alone is the same. */
int test_domainSnapshotDelete(virDomainSnapshotPtr snapshot, unsigned int flags)
{
    if (flags_check(flags,
                    VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN | VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY |
                        VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY,
                    __func__) < 0)
        return -1;
    WITH_SNAPSHOT(snapshot, -1);
    moment_delete(guest->snapshots, moment, flags);
    return 0;
}

int snapshot_load(struct guest *guest, const char *xml)
{
    struct domainsnapshot *doc = domainsnapshot_parse(xml, NULL, DOC_INACTIVE | DOC_STATUS);

    if (!doc)
        return -1;
    if (!guest->snapshots)
        guest->snapshots = moments_new(&snapshot_kind);
    if (doc->name && doc->creation_time && !doc->has_active)
        refuse(VIR_ERR_INTERNAL_ERROR, "Could not find 'active' element in snapshot ", doc->name);
    else if (doc->active && guest->snapshots->current)
        test_error(INTERNAL_ERROR, "more than one snapshot claims to be active");
    else if (redefine(guest, doc, doc->active))
        return 0;
    domainsnapshot_free(doc);
    return -1;
}
