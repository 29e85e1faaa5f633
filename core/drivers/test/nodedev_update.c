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

/* Which of both the flags mean: what is there, unless there is only a definition. */
static int check_states(const struct host_device *device, unsigned int *flags)
{
    if (!*flags)
        *flags = device->inactive ? VIR_NODE_DEVICE_UPDATE_AFFECT_CONFIG
                                  : VIR_NODE_DEVICE_UPDATE_AFFECT_LIVE;
    if (*flags & VIR_NODE_DEVICE_UPDATE_AFFECT_LIVE && device->inactive) {
        error_set(VIR_FROM_NODEDEV, VIR_ERR_OPERATION_INVALID,
                  "node device '%s' is not there, only its definition is", device->item.name);
        return -1;
    }
    if (*flags & VIR_NODE_DEVICE_UPDATE_AFFECT_CONFIG && !device->stored) {
        error_set(VIR_FROM_NODEDEV, VIR_ERR_OPERATION_INVALID,
                  "node device '%s' has no definition to update", device->item.name);
        return -1;
    }
    return 0;
}

static int update(virNodeDevicePtr dev, const struct nodedev *def, unsigned int flags)
{
    struct world *world = world_of(dev->conn);
    struct host_device *device;

    lock_guard(&world->lock);
    device = host_device_find(world, dev->name);
    if (!device || check_states(device, &flags) < 0 || check_same(device->def, def) < 0)
        return -1;
    if (flags & VIR_NODE_DEVICE_UPDATE_AFFECT_CONFIG) {
        nodedev_free(device->stored);
        device->stored = nodedev_copy(def);
    }
    if (flags & VIR_NODE_DEVICE_UPDATE_AFFECT_LIVE || device->inactive)
        device = host_device_set(world, nodedev_copy(def));
    host_device_event_update(world, device);
    return 0;
}

int test_nodeDeviceUpdate(virNodeDevicePtr dev, const char *xml, unsigned int flags)
{
    struct nodedev *def;
    int rc;

    if (flags_check(flags, FLAGS, __func__) < 0)
        return -1;
    def = nodedev_parse(xml, &context, 0);
    rc = def ? update(dev, def, flags) : -1;
    nodedev_free(def);
    return rc;
}
