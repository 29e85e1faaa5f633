/* Devices that get new settings. */
#include "core/drivers/test/nodedev.h"

#include <string.h>

#include "core/object/error.h"
#include "objects.h"

static const struct doc_context context = {.driver = "test"};

#define FLAGS (VIR_NODE_DEVICE_UPDATE_AFFECT_LIVE | VIR_NODE_DEVICE_UPDATE_AFFECT_CONFIG)

static int check_same(const struct nodedev *was, const struct nodedev *is)
{
    if (strcmp(was->name, is->name) != 0) {
        error_set(VIR_FROM_NODEDEV, VIR_ERR_CONFIG_UNSUPPORTED,
                  "the document is of device '%s', but device '%s' is to be updated", is->name,
                  was->name);
        return -1;
    }
    if (g_strcmp0(was->parent.text, is->parent.text) != 0) {
        error_set(VIR_FROM_NODEDEV, VIR_ERR_CONFIG_UNSUPPORTED,
                  "device '%s' has parent '%s', which cannot become '%s'", was->name,
                  was->parent.text ? was->parent.text : "", is->parent.text ? is->parent.text : "");
        return -1;
    }
    return 0;
}

static int update(virNodeDevicePtr dev, const struct nodedev *def)
{
    struct world *world = world_of(dev->conn);
    struct host_device *device;

    lock_guard(&world->lock);
    device = host_device_find(world, dev->name);
    if (!device || check_same(device->def, def) < 0)
        return -1;
    device = host_device_set(world, nodedev_copy(def));
    host_device_event_update(world, device);
    return 0;
}

/* All devices of this host are there, and none is defined. */
int test_nodeDeviceUpdate(virNodeDevicePtr dev, const char *xml, unsigned int flags)
{
    struct nodedev *def;
    int rc;

    if (flags_check(flags, FLAGS, __func__) < 0)
        return -1;
    if (flags & VIR_NODE_DEVICE_UPDATE_AFFECT_CONFIG) {
        error_set(VIR_FROM_NODEDEV, VIR_ERR_OPERATION_INVALID,
                  "node device '%s' has no definition to update", dev->name);
        return -1;
    }
    def = nodedev_parse(xml, &context, 0);
    rc = def ? update(dev, def) : -1;
    nodedev_free(def);
    return rc;
}
