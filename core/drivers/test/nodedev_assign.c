/* Devices of the host that are taken away from it, so that a guest can have them. */
#include "core/drivers/test/nodedev.h"

#include "core/object/error.h"
#include "objects.h"

static const struct nodedev_capabilities_pci *pci_of(const struct nodedev *def)
{
    for (size_t i = 0; i < def->n_capabilities; i++) {
        if (def->capabilities[i].type == NODEDEV_CAPABILITIES_TYPE_PCI)
            return &def->capabilities[i].pci;
    }
    return NULL;
}

/* The function that is to change hands; NULL for what is none. */
static struct host_device *find_function(struct world *world, const char *name)
{
    struct host_device *device = host_device_find(world, name);

    if (!device || pci_of(device->def))
        return device;
    error_set(VIR_FROM_TEST, VIR_ERR_INVALID_ARG, "Device %s is not a PCI device", name);
    return NULL;
}

static int assign(virNodeDevicePtr dev, bool detached)
{
    struct world *world = world_of(dev->conn);
    struct host_device *device;

    lock_guard(&world->lock);
    device = find_function(world, dev->name);
    if (!device)
        return -1;
    device->detached = detached;
    return 0;
}

int test_nodeDeviceDetachFlags(virNodeDevicePtr dev, const char *driver_name, unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    if (driver_name && strcmp(driver_name, "vfio") != 0) {
        error_set(VIR_FROM_TEST, VIR_ERR_INVALID_ARG, "unknown driver name '%s': 'vfio' is known",
                  driver_name);
        return -1;
    }
    return assign(dev, true);
}

int test_nodeDeviceDettach(virNodeDevicePtr dev)
{
    return assign(dev, true);
}

int test_nodeDeviceReAttach(virNodeDevicePtr dev)
{
    return assign(dev, false);
}

/* The host's own driver would lose what it keeps in the device. */
int test_nodeDeviceReset(virNodeDevicePtr dev)
{
    struct world *world = world_of(dev->conn);
    struct host_device *device;

    lock_guard(&world->lock);
    device = find_function(world, dev->name);
    if (!device || device->detached)
        return device ? 0 : -1;
    error_set(VIR_FROM_TEST, VIR_ERR_OPERATION_INVALID,
              "Device %s is in use: the host must let go of it first", dev->name);
    return -1;
}

virNodeDevicePtr test_nodeDeviceLookupSCSIHostByWWN(virConnectPtr conn, const char *wwnn,
                                                    const char *wwpn, unsigned int flags)
{
    struct world *world = world_of(conn);

    if (flags_check(flags, 0, __func__) < 0)
        return NULL;
    lock_guard(&world->lock);
    for (GList *node = world->devices.order.head; node; node = node->next) {
        struct host_device *device = node->data;
        const struct nodedev_capabilities_scsi_host *adapter = host_device_adapter(device->def);

        if (adapter && !g_strcmp0(adapter->fc_host.wwnn, wwnn) &&
            !g_strcmp0(adapter->fc_host.wwpn, wwpn))
            return new_node_device(conn, device->def->name);
    }
    error_set(VIR_FROM_TEST, VIR_ERR_NO_NODE_DEVICE,
              "no node device with matching wwnn '%s' and wwpn '%s'", wwnn, wwpn);
    return NULL;
}
