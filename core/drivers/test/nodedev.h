/* Devices of the test driver's host. */
#pragma once

#include "conf/nodedev_doc.h"
#include "core/drivers/test/state.h"

struct host_device {
    struct objlist_item item;
    struct nodedev *def;    /* as it is, or as its definition says that it would be */
    struct nodedev *stored; /* its definition; NULL for what is only there */
    bool inactive;          /* nothing but its definition is there */
    bool autostart;
    bool detached; /* from the host's own driver */
};

extern const struct nodedev_driver test_nodedev_driver;

/* For the world that is made or freed: nobody else sees it. */
void host_devices_free(struct world *world);
/* `what` names the document in errors ("<device> in node.xml"). */
int host_device_load(struct world *world, const char *xml, const char *what);

/* The rest is shared by the files of devices; with the world's lock held. */
struct host_device *host_device_find(struct world *world, const char *name);
/* A new device, or a new description of the one with that name; takes `def` over. */
struct host_device *host_device_set(struct world *world, struct nodedev *def);
void host_device_remove(struct world *world, struct host_device *device);
void host_device_event(struct world *world, const struct host_device *device, int lifecycle);
void host_device_event_update(struct world *world, const struct host_device *device);

/* What it can do, as VIR_CONNECT_LIST_NODE_DEVICES_CAP_* bits. */
unsigned int host_device_caps(const struct nodedev *def);
/* The device's first SCSI adapter, NULL when it is none. */
struct nodedev_capabilities_scsi_host *host_device_adapter(struct nodedev *def);

/* What it is as a mediated device, NULL when it is none. The rest wants one. */
struct nodedev_capabilities_mdev *host_device_slice(struct nodedev *def);
/* It gets the UUID that it lacks and its name, if its parent has such slices. */
int host_device_name_slice(struct world *world, struct nodedev *def);
/* An instance of its parent's, taken when it comes and given back when it goes. */
int host_device_take_slice(struct world *world, struct nodedev *def);
void host_device_give_slice(struct world *world, struct nodedev *def);

/* Slots that live in files of their own. */
int test_connectListAllNodeDevices(virConnectPtr conn, virNodeDevicePtr **devices,
                                   unsigned int flags);
int test_nodeListDevices(virConnectPtr conn, const char *cap, char **names, int max,
                         unsigned int flags);
int test_nodeNumOfDevices(virConnectPtr conn, const char *cap, unsigned int flags);
int test_nodeDeviceListCaps(virNodeDevicePtr dev, char **names, int max);
int test_nodeDeviceNumOfCaps(virNodeDevicePtr dev);
virNodeDevicePtr test_nodeDeviceDefineXML(virConnectPtr conn, const char *xml, unsigned int flags);
int test_nodeDeviceUndefine(virNodeDevicePtr dev, unsigned int flags);
int test_nodeDeviceCreate(virNodeDevicePtr dev, unsigned int flags);
int test_nodeDeviceGetAutostart(virNodeDevicePtr dev, int *autostart);
int test_nodeDeviceSetAutostart(virNodeDevicePtr dev, int autostart);
virNodeDevicePtr test_nodeDeviceCreateXML(virConnectPtr conn, const char *xml, unsigned int flags);
int test_nodeDeviceUpdate(virNodeDevicePtr dev, const char *xml, unsigned int flags);
int test_nodeDeviceDestroy(virNodeDevicePtr dev);
int test_nodeDeviceDetachFlags(virNodeDevicePtr dev, const char *driver_name, unsigned int flags);
int test_nodeDeviceDettach(virNodeDevicePtr dev);
int test_nodeDeviceReAttach(virNodeDevicePtr dev);
int test_nodeDeviceReset(virNodeDevicePtr dev);
int test_nodeDeviceIsActive(virNodeDevicePtr dev);
int test_nodeDeviceIsPersistent(virNodeDevicePtr dev);
virNodeDevicePtr test_nodeDeviceLookupSCSIHostByWWN(virConnectPtr conn, const char *wwnn,
                                                    const char *wwpn, unsigned int flags);
int test_connectNodeDeviceEventRegisterAny(virConnectPtr conn, virNodeDevicePtr dev, int event_id,
                                           virConnectNodeDeviceEventGenericCallback cb,
                                           void *opaque, virFreeCallback freecb);
int test_connectNodeDeviceEventDeregisterAny(virConnectPtr conn, int callback_id);
