#include "core/drivers/test/nodedev.h"

#include "core/object/error.h"
#include "objects.h"

static const struct doc_context context = {.driver = "test"};

struct host_device *host_device_find(struct world *world, const char *name)
{
    struct host_device *device = objlist_by_name(&world->devices, name);

    if (!device)
        error_set(VIR_FROM_TEST, VIR_ERR_NO_NODE_DEVICE, "no node device with matching name '%s'",
                  name);
    return device;
}

struct host_device *host_device_set(struct world *world, struct nodedev *def)
{
    struct host_device *device = objlist_by_name(&world->devices, def->name);

    if (device) {
        objlist_rename(&world->devices, &device->item, def->name);
        nodedev_free(device->def);
        device->def = def;
        return device;
    }
    device = g_new0(struct host_device, 1);
    device->def = def;
    device->item.name = def->name;
    device->item.id = -1;
    objlist_add(&world->devices, &device->item);
    return device;
}

void host_device_remove(struct world *world, struct host_device *device)
{
    objlist_remove(&world->devices, &device->item);
    nodedev_free(device->def);
    nodedev_free(device->stored);
    g_free(device);
}

void host_devices_free(struct world *world)
{
    for (struct host_device *device; (device = g_queue_peek_head(&world->devices.order));)
        host_device_remove(world, device);
}

static virNodeDevicePtr test_nodeDeviceLookupByName(virConnectPtr conn, const char *name)
{
    struct world *world = world_of(conn);

    lock_guard(&world->lock);
    return host_device_find(world, name) ? new_node_device(conn, name) : NULL;
}

/* NULL for the root. The caller borrows the text without a term; a host has few parents. */
static const char *test_nodeDeviceGetParent(virNodeDevicePtr dev)
{
    struct world *world = world_of(dev->conn);
    struct host_device *device;

    lock_guard(&world->lock);
    device = host_device_find(world, dev->name);
    return device ? g_intern_string(device->def->parent.text) : NULL;
}

static char *test_nodeDeviceGetXMLDesc(virNodeDevicePtr dev, unsigned int flags)
{
    struct world *world = world_of(dev->conn);
    struct host_device *device;

    if (flags_check(flags, 0, __func__) < 0)
        return NULL;
    lock_guard(&world->lock);
    device = host_device_find(world, dev->name);
    return device ? nodedev_format(device->def, 0) : NULL;
}

int host_device_load(struct world *world, const char *xml, const char *what)
{
    struct nodedev *def = nodedev_parse(xml, &context, 0);

    if (!def) {
        error_prefix("%s", what);
        return -1;
    }
    host_device_set(world, def);
    return 0;
}

const struct nodedev_driver test_nodedev_driver = {
    .name = "Test",
    .connectListAllNodeDevices = test_connectListAllNodeDevices,
    .connectNodeDeviceEventDeregisterAny = test_connectNodeDeviceEventDeregisterAny,
    .connectNodeDeviceEventRegisterAny = test_connectNodeDeviceEventRegisterAny,
    .nodeDeviceCreate = test_nodeDeviceCreate,
    .nodeDeviceCreateXML = test_nodeDeviceCreateXML,
    .nodeDeviceDefineXML = test_nodeDeviceDefineXML,
    .nodeDeviceDestroy = test_nodeDeviceDestroy,
    .nodeDeviceDetachFlags = test_nodeDeviceDetachFlags,
    .nodeDeviceDettach = test_nodeDeviceDettach,
    .nodeDeviceGetAutostart = test_nodeDeviceGetAutostart,
    .nodeDeviceGetParent = test_nodeDeviceGetParent,
    .nodeDeviceGetXMLDesc = test_nodeDeviceGetXMLDesc,
    .nodeDeviceIsActive = test_nodeDeviceIsActive,
    .nodeDeviceIsPersistent = test_nodeDeviceIsPersistent,
    .nodeDeviceListCaps = test_nodeDeviceListCaps,
    .nodeDeviceLookupByName = test_nodeDeviceLookupByName,
    .nodeDeviceLookupSCSIHostByWWN = test_nodeDeviceLookupSCSIHostByWWN,
    .nodeDeviceNumOfCaps = test_nodeDeviceNumOfCaps,
    .nodeDeviceReAttach = test_nodeDeviceReAttach,
    .nodeDeviceReset = test_nodeDeviceReset,
    .nodeDeviceSetAutostart = test_nodeDeviceSetAutostart,
    .nodeDeviceUndefine = test_nodeDeviceUndefine,
    .nodeDeviceUpdate = test_nodeDeviceUpdate,
    .nodeListDevices = test_nodeListDevices,
    .nodeNumOfDevices = test_nodeNumOfDevices,
};
