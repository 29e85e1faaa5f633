/* Definitions of devices, which are kept while the devices come and go: mediated ones. */
#include "core/drivers/test/nodedev.h"
#include "core/conf/nodedev/hooks.h"

#include "core/object/error.h"
#include "objects.h"

static const struct doc_context context = {.driver = "test", .opaque = nodedev_to_be_made};

/* NULL with an error for one that nothing is kept of; `doing` says what for. */
static struct host_device *find_stored(struct world *world, const char *name, const char *doing)
{
    struct host_device *device = host_device_find(world, name);

    if (!device || device->stored)
        return device;
    error_set(VIR_FROM_NODEDEV, VIR_ERR_OPERATION_INVALID,
              "node device '%s' has no definition to %s", name, doing);
    return NULL;
}

/* Takes `def` over. */
static struct host_device *store(struct world *world, struct nodedev *def)
{
    struct host_device *device = objlist_by_name(&world->devices, def->name);
    bool is_new = !device;

    if (is_new || device->inactive)
        device = host_device_set(world, nodedev_copy(def));
    device->inactive = device->inactive || is_new;
    nodedev_free(device->stored);
    device->stored = def;
    return device;
}

static virNodeDevicePtr define(virConnectPtr conn, struct nodedev *def)
{
    struct world *world = world_of(conn);
    struct host_device *device;
    struct nodedev *copy;

    if (!host_device_slice(def)) {
        error_set(VIR_FROM_NODEDEV, VIR_ERR_CONFIG_UNSUPPORTED,
                  "only mediated devices can be defined: a capability of type 'mdev' is wanted");
        return NULL;
    }
    lock_guard(&world->lock);
    if (host_device_name_slice(world, def) < 0)
        return NULL;
    copy = nodedev_copy(def);
    device = store(world, copy);
    host_device_event(world, device, VIR_NODE_DEVICE_EVENT_DEFINED);
    return new_node_device(conn, device->item.name);
}

virNodeDevicePtr test_nodeDeviceDefineXML(virConnectPtr conn, const char *xml, unsigned int flags)
{
    virNodeDevicePtr result;
    struct nodedev *def;

    if (flags_check(flags, VIR_NODE_DEVICE_DEFINE_XML_VALIDATE, __func__) < 0)
        return NULL;
    def = nodedev_parse(xml, &context, DOC_INACTIVE | (flags ? DOC_VALIDATE : 0));
    if (!def)
        return NULL;
    result = define(conn, def);
    nodedev_free(def);
    return result;
}

int test_nodeDeviceUndefine(virNodeDevicePtr dev, unsigned int flags)
{
    struct world *world = world_of(dev->conn);
    struct host_device *device;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    lock_guard(&world->lock);
    device = find_stored(world, dev->name, "remove");
    if (!device)
        return -1;
    host_device_event(world, device, VIR_NODE_DEVICE_EVENT_UNDEFINED);
    g_clear_pointer(&device->stored, nodedev_free);
    device->autostart = false;
    if (device->inactive)
        host_device_remove(world, device);
    return 0;
}

int test_nodeDeviceCreate(virNodeDevicePtr dev, unsigned int flags)
{
    struct world *world = world_of(dev->conn);
    struct host_device *device;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    lock_guard(&world->lock);
    device = host_device_find(world, dev->name);
    if (!device)
        return -1;
    if (!device->inactive) {
        error_set(VIR_FROM_NODEDEV, VIR_ERR_OPERATION_INVALID, "node device '%s' is there already",
                  dev->name);
        return -1;
    }
    if (host_device_take_slice(world, device->def) < 0)
        return -1;
    device->inactive = false;
    host_device_event(world, device, VIR_NODE_DEVICE_EVENT_CREATED);
    return 0;
}

int test_nodeDeviceGetAutostart(virNodeDevicePtr dev, int *autostart)
{
    struct world *world = world_of(dev->conn);
    struct host_device *device;

    lock_guard(&world->lock);
    device = find_stored(world, dev->name, "start by itself");
    if (!device)
        return -1;
    *autostart = device->autostart;
    return 0;
}

int test_nodeDeviceSetAutostart(virNodeDevicePtr dev, int autostart)
{
    struct world *world = world_of(dev->conn);
    struct host_device *device;

    lock_guard(&world->lock);
    device = find_stored(world, dev->name, "start by itself");
    if (!device)
        return -1;
    device->autostart = autostart != 0;
    return 0;
}

int test_nodeDeviceIsActive(virNodeDevicePtr dev)
{
    struct world *world = world_of(dev->conn);
    struct host_device *device;

    lock_guard(&world->lock);
    device = host_device_find(world, dev->name);
    return device ? !device->inactive : -1;
}

int test_nodeDeviceIsPersistent(virNodeDevicePtr dev)
{
    struct world *world = world_of(dev->conn);
    struct host_device *device;

    lock_guard(&world->lock);
    device = host_device_find(world, dev->name);
    return device ? device->stored != NULL : -1;
}
