/* Checkpoints of guests. */
#include "core/conf/domaincheckpoint/complete.h"
#include "core/drivers/test/moment.h"

static const struct moment_kind checkpoint_kind = {
    .name = "checkpoint",
    .missing = VIR_ERR_NO_DOMAIN_CHECKPOINT,
    .parent = G_STRUCT_OFFSET(struct domaincheckpoint, parent.name),
    .layout = &domaincheckpoint_layout,
};

/* The world and the checkpoint of a call, with the lock held to the end of the scope. */
#define WITH_CHECKPOINT(checkpoint, failure)                                                       \
    WITH_GUEST((checkpoint)->parent, failure);                                                     \
    struct moment *moment = moment_find(guest->checkpoints, &checkpoint_kind, (checkpoint)->name); \
    if (!moment)                                                                                   \
    return failure

static struct moment *redefine(struct guest *guest, struct domaincheckpoint *doc)
{
    bool named = doc->name && doc->creation_time;

    if (named && moment_check_parent(guest->checkpoints, doc, doc->name) < 0)
        return NULL;
    if (checkpoint_complete(doc, guest_doc(guest), true, 0) < 0)
        return NULL;
    return moment_put(guest->checkpoints, doc->name, doc);
}

static struct moment *create(struct guest *guest, struct domaincheckpoint *doc)
{
    if (doc->name && moment_check_new(guest->checkpoints, doc->name) < 0)
        return NULL;
    if (checkpoint_complete(doc, guest_doc(guest), false, g_get_real_time() / G_USEC_PER_SEC) < 0 ||
        moment_check_new(guest->checkpoints, doc->name) < 0)
        return NULL;
    return moment_add(guest->checkpoints, doc->name, doc);
}

static int check_guest(struct guest *guest)
{
    if (moments_count(guest->snapshots)) {
        test_error(OPERATION_UNSUPPORTED, "cannot create checkpoint while snapshot exists");
        return -1;
    }
    if (!guest_active(guest)) {
        test_error(OPERATION_UNSUPPORTED, "cannot create checkpoint for inactive domain");
        return -1;
    }
    if (!guest->checkpoints)
        guest->checkpoints = moments_new(&checkpoint_kind);
    return 0;
}

struct moment *checkpoint_take(struct guest *guest, struct domaincheckpoint *doc)
{
    return check_guest(guest) < 0 ? NULL : create(guest, doc);
}

static virDomainCheckpointPtr make(virDomainPtr domain, struct domaincheckpoint *doc,
                                   bool redefined)
{
    struct moment *moment;
    WITH_GUEST(domain, NULL);

    if (check_guest(guest) < 0)
        return NULL;
    moment = redefined ? redefine(guest, doc) : create(guest, doc);
    return moment ? new_domain_checkpoint(domain, moment->item.name) : NULL;
}

/* Documents are always checked against the grammar. */
virDomainCheckpointPtr test_domainCheckpointCreateXML(virDomainPtr domain, const char *xmlDesc,
                                                      unsigned int flags)
{
    struct domaincheckpoint *doc;
    virDomainCheckpointPtr checkpoint;

    if (flags_check(flags,
                    VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE | VIR_DOMAIN_CHECKPOINT_CREATE_QUIESCE,
                    __func__) < 0)
        return NULL;
    doc = domaincheckpoint_parse(xmlDesc, NULL, DOC_INACTIVE | DOC_VALIDATE);
    if (!doc)
        return NULL;
    checkpoint = make(domain, doc, flags & VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE);
    if (!checkpoint)
        domaincheckpoint_free(doc);
    return checkpoint;
}

/* Nothing is written to these disks, so no size is printed. */
char *test_domainCheckpointGetXMLDesc(virDomainCheckpointPtr checkpoint, unsigned int flags)
{
    struct domaincheckpoint doc;

    if (flags_check(flags,
                    VIR_DOMAIN_CHECKPOINT_XML_SECURE | VIR_DOMAIN_CHECKPOINT_XML_NO_DOMAIN |
                        VIR_DOMAIN_CHECKPOINT_XML_SIZE,
                    __func__) < 0)
        return NULL;
    WITH_CHECKPOINT(checkpoint, NULL);
    if (flags & VIR_DOMAIN_CHECKPOINT_XML_SIZE && guest_require_active(guest) < 0)
        return NULL;
    doc = *(struct domaincheckpoint *)moment->doc;
    if (flags & VIR_DOMAIN_CHECKPOINT_XML_NO_DOMAIN)
        doc.domain = NULL;
    return domaincheckpoint_format(
        &doc, DOC_INACTIVE | (flags & VIR_DOMAIN_CHECKPOINT_XML_SECURE ? DOC_SECURE : 0));
}

/* There are only records, so deleting those alone is the same. */
int test_domainCheckpointDelete(virDomainCheckpointPtr checkpoint, unsigned int flags)
{
    if (flags_check(flags,
                    VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN |
                        VIR_DOMAIN_CHECKPOINT_DELETE_METADATA_ONLY |
                        VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN_ONLY,
                    __func__) < 0)
        return -1;
    WITH_CHECKPOINT(checkpoint, -1);
    moment_delete(guest->checkpoints, moment, flags);
    return 0;
}

#define LIST(flag) VIR_DOMAIN_CHECKPOINT_LIST_##flag
#define FILTERS (LIST(ROOTS) | LIST(TOPOLOGICAL) | LIST(LEAVES) | LIST(NO_LEAVES))

/* Bit 0 has opposite meanings for guests and for checkpoints. */
static int give(struct guest *guest, const struct moment *below, virDomainPtr domain,
                virDomainCheckpointPtr **checkpoints, unsigned int flags)
{
    bool deep = below ? flags & LIST(DESCENDANTS) : !(flags & LIST(ROOTS));
    unsigned int filter = deep ? MOMENT_DEEP : 0;
    g_autoptr(GPtrArray) selected = NULL;

    if (flags & LIST(LEAVES))
        filter |= MOMENT_LEAVES;
    if (flags & LIST(NO_LEAVES))
        filter |= MOMENT_NO_LEAVES;
    selected = moments_select(guest->checkpoints, below, filter, NULL, 0);
    if (!checkpoints)
        return (int)selected->len;
    *checkpoints = g_new0(virDomainCheckpointPtr, selected->len + 1);
    for (guint i = 0; i < selected->len; i++)
        (*checkpoints)[i] =
            new_domain_checkpoint(domain, ((struct moment *)selected->pdata[i])->item.name);
    return (int)selected->len;
}

int test_domainListAllCheckpoints(virDomainPtr domain, virDomainCheckpointPtr **checkpoints,
                                  unsigned int flags)
{
    if (flags_check(flags, FILTERS, __func__) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    return give(guest, NULL, domain, checkpoints, flags);
}

int test_domainCheckpointListAllChildren(virDomainCheckpointPtr checkpoint,
                                         virDomainCheckpointPtr **children, unsigned int flags)
{
    if (flags_check(flags, FILTERS, __func__) < 0)
        return -1;
    WITH_CHECKPOINT(checkpoint, -1);
    return give(guest, moment, checkpoint->parent, children, flags);
}

virDomainCheckpointPtr test_domainCheckpointLookupByName(virDomainPtr domain, const char *name,
                                                         unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return NULL;
    WITH_GUEST(domain, NULL);
    if (!moment_find(guest->checkpoints, &checkpoint_kind, name))
        return NULL;
    return new_domain_checkpoint(domain, name);
}

virDomainCheckpointPtr test_domainCheckpointGetParent(virDomainCheckpointPtr checkpoint,
                                                      unsigned int flags)
{
    struct moment *parent;

    if (flags_check(flags, 0, __func__) < 0)
        return NULL;
    WITH_CHECKPOINT(checkpoint, NULL);
    parent = moment_parent(guest->checkpoints, moment);
    return parent ? new_domain_checkpoint(checkpoint->parent, parent->item.name) : NULL;
}
