/* Virtual ports of Fibre Channel adapters and mediated devices, made and unmade. */
#include "core/drivers/test/nodedev.h"
#include "core/conf/nodedev/hooks.h"

#include "core/object/error.h"
#include "objects.h"

/* What a new port looks like, and its name: scripts for this driver know both. */
#define PATTERN_NAME "scsi_host11"
#define NEW_NAME "scsi_host12"

static const struct doc_context context = {.driver = "test", .opaque = nodedev_to_be_made};

struct nodedev_capabilities_scsi_host *host_device_adapter(struct nodedev *def)
{
    for (size_t i = 0; i < def->n_capabilities; i++) {
        if (def->capabilities[i].type == NODEDEV_CAPABILITIES_TYPE_SCSI_HOST)
            return &def->capabilities[i].scsi_host;
    }
    return NULL;
}

static gboolean is_asked_for(const struct nodedev_parent *asked, struct nodedev *def)
{
    struct nodedev_capabilities_scsi_host *adapter = host_device_adapter(def);

    if (asked->text)
        return !g_strcmp0(asked->text, def->name);
    if (!adapter)
        return FALSE;
    if (asked->wwnn)
        return !g_strcmp0(asked->wwnn, adapter->fc_host.wwnn) &&
               !g_strcmp0(asked->wwpn, adapter->fc_host.wwpn);
    if (asked->fabric_wwn)
        return adapter->vport_ops && !g_strcmp0(asked->fabric_wwn, adapter->fc_host.fabric_wwn);
    return adapter->vport_ops != NULL;
}

/* The adapter that is to carry the port: the one that is named, or the first that can. */
static int check_parent(struct world *world, const struct nodedev *def)
{
    struct nodedev_capabilities_scsi_host *adapter;

    for (objlist_each(&world->devices, struct host_device, device)) {
        if (!is_asked_for(&def->parent, device->def))
            continue;
        adapter = host_device_adapter(device->def);
        if (adapter && adapter->vport_ops)
            return 0;
        error_set(VIR_FROM_NODEDEV, VIR_ERR_INTERNAL_ERROR,
                  "Parent device %s is not capable of vport operations", device->item.name);
        return -1;
    }
    error_set(VIR_FROM_NODEDEV, VIR_ERR_INTERNAL_ERROR, "Could not find parent device for '%s'",
              def->name);
    return -1;
}

static void replace(char **place, const char *text)
{
    g_free(*place);
    *place = g_strdup(text);
}

/* A copy of the pattern, with the names that the caller wants. */
static struct nodedev *new_port(struct world *world,
                                const struct nodedev_capabilities_scsi_host *wanted)
{
    struct host_device *pattern = host_device_find(world, PATTERN_NAME);
    struct nodedev_capabilities_scsi_host *adapter;
    struct nodedev *def = pattern ? nodedev_copy(pattern->def) : NULL;

    if (!def)
        return NULL;
    replace(&def->name, NEW_NAME);
    adapter = host_device_adapter(def);
    if (adapter) {
        replace(&adapter->fc_host.wwnn, wanted->fc_host.wwnn);
        replace(&adapter->fc_host.wwpn, wanted->fc_host.wwpn);
    }
    return def;
}

static virNodeDevicePtr create_port(virConnectPtr conn, struct nodedev *asked)
{
    struct nodedev_capabilities_scsi_host *wanted = host_device_adapter(asked);
    struct world *world = world_of(conn);
    struct host_device *device;
    struct nodedev *def;

    if (!wanted || !wanted->fc_host.wwnn) {
        error_set(VIR_FROM_NODEDEV, VIR_ERR_INTERNAL_ERROR, "Device is not a fibre channel HBA");
        return NULL;
    }
    lock_guard(&world->lock);
    def = check_parent(world, asked) == 0 ? new_port(world, wanted) : NULL;
    if (!def)
        return NULL;
    device = host_device_set(world, def);
    host_device_event(world, device, VIR_NODE_DEVICE_EVENT_CREATED);
    return new_node_device(conn, device->item.name);
}

static virNodeDevicePtr create_slice(virConnectPtr conn, struct nodedev *asked)
{
    struct world *world = world_of(conn);
    struct host_device *device;

    lock_guard(&world->lock);
    if (host_device_name_slice(world, asked) < 0 || host_device_take_slice(world, asked) < 0)
        return NULL;
    device = host_device_set(world, nodedev_copy(asked));
    device->inactive = false;
    host_device_event(world, device, VIR_NODE_DEVICE_EVENT_CREATED);
    return new_node_device(conn, device->item.name);
}

virNodeDevicePtr test_nodeDeviceCreateXML(virConnectPtr conn, const char *xml, unsigned int flags)
{
    virNodeDevicePtr result;
    struct nodedev *asked;

    if (flags_check(flags, VIR_NODE_DEVICE_CREATE_XML_VALIDATE, __func__) < 0)
        return NULL;
    asked = nodedev_parse(xml, &context, DOC_INACTIVE | (flags ? DOC_VALIDATE : 0));
    if (!asked)
        return NULL;
    result = host_device_slice(asked) ? create_slice(conn, asked) : create_port(conn, asked);
    nodedev_free(asked);
    return result;
}

/* What is defined goes back to being only that. */
static int destroy_slice(struct world *world, struct host_device *device)
{
    if (device->inactive) {
        error_set(VIR_FROM_NODEDEV, VIR_ERR_OPERATION_INVALID,
                  "node device '%s' is not there, only its definition is", device->item.name);
        return -1;
    }
    host_device_give_slice(world, device->def);
    host_device_event(world, device, VIR_NODE_DEVICE_EVENT_DELETED);
    if (!device->stored) {
        host_device_remove(world, device);
        return 0;
    }
    device->inactive = true;
    host_device_set(world, nodedev_copy(device->stored));
    return 0;
}

/* Only these go; asking for more is no mistake here, scripts for this driver rely on it. */
int test_nodeDeviceDestroy(virNodeDevicePtr dev)
{
    struct world *world = world_of(dev->conn);
    struct nodedev_capabilities_scsi_host *adapter;
    struct host_device *device;

    lock_guard(&world->lock);
    device = host_device_find(world, dev->name);
    if (!device)
        return -1;
    if (host_device_slice(device->def))
        return destroy_slice(world, device);
    adapter = host_device_adapter(device->def);
    if (!adapter || !adapter->fc_host.wwnn)
        return 0;
    host_device_event(world, device, VIR_NODE_DEVICE_EVENT_DELETED);
    host_device_remove(world, device);
    return 0;
}
