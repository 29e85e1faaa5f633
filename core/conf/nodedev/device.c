#include "core/conf/nodedev/hooks.h"
#include "conf/nodedev_doc.h"

#include <corral/corral.h>

char nodedev_to_be_made[] = "new device";

/* A group is known by the devices in it. */
static void drop_empty_group(struct nodedev_capabilities_pci *pci)
{
    if (pci->iommu_group.n_addresses == 0)
        doc_clear(&nodedev_capabilities_pci_iommu_group_layout, &pci->iommu_group);
}

static void drop_repeated_features(struct nodedev_capabilities_net *net)
{
    size_t n = 0;

    for (size_t i = 0; i < net->n_features; i++) {
        if (n == 0 || net->features[n - 1].name != net->features[i].name)
            net->features[n++] = net->features[i];
    }
    net->n_features = n;
}

static void drop_half_attributes(struct nodedev_capabilities_mdev *mdev)
{
    size_t n = 0;

    for (size_t i = 0; i < mdev->n_attributes; i++) {
        if (mdev->attributes[i].name && mdev->attributes[i].value)
            mdev->attributes[n++] = mdev->attributes[i];
        else
            doc_clear(&nodedev_capabilities_mdev_attributes_layout, &mdev->attributes[i]);
    }
    mdev->n_attributes = n;
}

static int check_storage(struct nodedev_capabilities_storage *storage, const char *name,
                         const struct doc_call *call)
{
    struct nodedev_media *media = &storage->removable;

    media->media_available = media->media_available == 1;
    if (storage->has_size || media->media_size || storage->is_hotpluggable)
        return 0;
    doc_error(call, VIR_ERR_INTERNAL_ERROR, "no size supplied for '%s'", name);
    return -1;
}

/* A virtual one gets its number when it is made. */
static int check_host(const struct nodedev_capabilities_scsi_host *host, const char *name,
                      const struct doc_call *call)
{
    if (host->has_host || call->ctx->opaque == nodedev_to_be_made)
        return 0;
    doc_error(call, VIR_ERR_INTERNAL_ERROR, "no SCSI host ID supplied for '%s'", name);
    return -1;
}

static int check(struct nodedev *def, struct nodedev_capabilities *capability,
                 const struct doc_call *call)
{
    switch (capability->type) {
    case NODEDEV_CAPABILITIES_TYPE_PCI:
        drop_empty_group(&capability->pci);
        return 0;
    case NODEDEV_CAPABILITIES_TYPE_NET:
        drop_repeated_features(&capability->net);
        return 0;
    case NODEDEV_CAPABILITIES_TYPE_MDEV:
        drop_half_attributes(&capability->mdev);
        return 0;
    case NODEDEV_CAPABILITIES_TYPE_SCSI_HOST:
        return check_host(&capability->scsi_host, def->name, call);
    case NODEDEV_CAPABILITIES_TYPE_STORAGE:
        return check_storage(&capability->storage, def->name, call);
    case NODEDEV_CAPABILITIES_TYPE_SCSI_GENERIC:
    case NODEDEV_CAPABILITIES_TYPE_VDPA:
    case NODEDEV_CAPABILITIES_TYPE_FC_HOST:
    case NODEDEV_CAPABILITIES_TYPE_VPORTS:
    case NODEDEV_CAPABILITIES_TYPE_MDEV_TYPES:
    case NODEDEV_CAPABILITIES_TYPE_VPD:
        /* The first two are found on the host, never described by a user; the others are inside. */
        doc_error(call, VIR_ERR_INTERNAL_ERROR, "unknown capability type '%s' for '%s'",
                  doc_word(&nodedev_capabilities_type_words, capability->type), def->name);
        return -1;
    default:
        return 0;
    }
}

/* What is to be made cannot choose its name. */
static int check_name(struct nodedev *def, const struct doc_call *call)
{
    if (call->ctx->opaque == nodedev_to_be_made) {
        g_free(def->name);
        def->name = g_strdup(nodedev_to_be_made);
        return 0;
    }
    if (def->name && *def->name)
        return 0;
    doc_error(call, VIR_ERR_NO_NAME, "element 'device'");
    return -1;
}

static int check_parent(const struct nodedev_parent *parent, const struct doc_call *call)
{
    if (!parent->wwnn == !parent->wwpn)
        return 0;
    doc_error(call, VIR_ERR_XML_ERROR,
              "when providing parent %s='%s', the %s must also be provided",
              parent->wwnn ? "wwnn" : "wwpn", parent->wwnn ? parent->wwnn : parent->wwpn,
              parent->wwnn ? "wwpn" : "wwnn");
    return -1;
}

/* A device has one node of its own, and any number of links. */
static void keep_last_node(struct nodedev *def)
{
    size_t n = 0;

    for (size_t i = 0; i < def->n_devnodes; i++) {
        struct nodedev_devnodes *last = n ? &def->devnodes[n - 1] : NULL;

        if (last && last->type == NODEDEV_DEVNODES_TYPE_DEV && def->devnodes[i].type == last->type)
            doc_clear(&nodedev_devnodes_layout, &def->devnodes[--n]);
        def->devnodes[n++] = def->devnodes[i];
    }
    def->n_devnodes = n;
}

/* Which device it is, before what it can do. */
int nodedev_hook_identity_read(void *part, const struct doc_call *call)
{
    struct nodedev *def = part;

    return check_name(def, call) < 0 ? -1 : check_parent(&def->parent, call);
}

int nodedev_hook_device(void *part, const struct doc_call *call)
{
    struct nodedev *def = part;

    if (def->n_capabilities == 0) {
        doc_error(call, VIR_ERR_INTERNAL_ERROR, "no device capabilities for '%s'", def->name);
        return -1;
    }
    for (size_t i = 0; i < def->n_capabilities; i++) {
        if (check(def, &def->capabilities[i], call) < 0)
            return -1;
    }
    keep_last_node(def);
    return nodedev_check_nested(def, call);
}
