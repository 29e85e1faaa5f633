/* Devices listed, all or those that can do something. */
#include "core/drivers/test/nodedev.h"

#include <string.h>

#include "objects.h"

#define CAP(name) VIR_CONNECT_LIST_NODE_DEVICES_CAP_##name

static const struct {
    const char *word;
    unsigned int bit;
} caps[] = {
    {"system", CAP(SYSTEM)},
    {"pci", CAP(PCI_DEV)},
    {"usb_device", CAP(USB_DEV)},
    {"usb", CAP(USB_INTERFACE)},
    {"net", CAP(NET)},
    {"scsi_host", CAP(SCSI_HOST)},
    {"scsi_target", CAP(SCSI_TARGET)},
    {"scsi", CAP(SCSI)},
    {"storage", CAP(STORAGE)},
    {"fc_host", CAP(FC_HOST)},
    {"vports", CAP(VPORTS)},
    {"scsi_generic", CAP(SCSI_GENERIC)},
    {"drm", CAP(DRM)},
    {"mdev_types", CAP(MDEV_TYPES)},
    {"mdev", CAP(MDEV)},
    {"ccw", CAP(CCW_DEV)},
    {"css", CAP(CSS_DEV)},
    {"vdpa", CAP(VDPA)},
    {"ap_card", CAP(AP_CARD)},
    {"ap_queue", CAP(AP_QUEUE)},
    {"ap_matrix", CAP(AP_MATRIX)},
    {"vpd", CAP(VPD)},
};

#define ALL_CAPS ((1u << G_N_ELEMENTS(caps)) - 1)
#define ALL_STATES (VIR_CONNECT_LIST_NODE_DEVICES_ACTIVE | VIR_CONNECT_LIST_NODE_DEVICES_INACTIVE)

/* 0 for a word that nobody knows. */
static unsigned int cap_of_word(const char *word)
{
    for (unsigned int i = 0; i < G_N_ELEMENTS(caps); i++) {
        if (!strcmp(caps[i].word, word))
            return caps[i].bit;
    }
    return 0;
}

/* Abilities inside an ability. */
static unsigned int inner_caps(const struct nodedev_capabilities *capability)
{
    unsigned int bits = 0;

    if (capability->scsi_host.fc_host.wwnn)
        bits |= CAP(FC_HOST);
    if (capability->scsi_host.vport_ops)
        bits |= CAP(VPORTS);
    if (capability->pci.mediated.n_types || capability->css.mediated.n_types ||
        capability->ap_matrix.mediated.n_types)
        bits |= CAP(MDEV_TYPES);
    if (capability->pci.vpd)
        bits |= CAP(VPD);
    return bits;
}

unsigned int host_device_caps(const struct nodedev *def)
{
    unsigned int bits = 0;

    for (size_t i = 0; i < def->n_capabilities; i++)
        bits |= inner_caps(&def->capabilities[i]) |
                cap_of_word(doc_word(&nodedev_capabilities_type_words, def->capabilities[i].type));
    return bits;
}

/* Without a state, what is there; without an ability, whatever it can do. */
static bool is_wanted(const struct host_device *device, unsigned int flags)
{
    unsigned int states = flags & ALL_STATES ? flags : VIR_CONNECT_LIST_NODE_DEVICES_ACTIVE;

    if (!(states & (device->inactive ? VIR_CONNECT_LIST_NODE_DEVICES_INACTIVE
                                     : VIR_CONNECT_LIST_NODE_DEVICES_ACTIVE)))
        return false;
    return !(flags & ALL_CAPS) || flags & host_device_caps(device->def);
}

int test_connectListAllNodeDevices(virConnectPtr conn, virNodeDevicePtr **devices,
                                   unsigned int flags)
{
    struct world *world = world_of(conn);
    virNodeDevicePtr *found = NULL;
    int n = 0;

    if (flags_check(flags, ALL_CAPS | ALL_STATES, __func__) < 0)
        return -1;
    lock_guard(&world->lock);
    if (devices)
        found = g_new0(virNodeDevicePtr, objlist_count(&world->devices) + 1);
    for (objlist_each(&world->devices, struct host_device, device)) {
        if (!is_wanted(device, flags))
            continue;
        if (found)
            found[n] = new_node_device(conn, device->item.name);
        n++;
    }
    if (devices)
        *devices = found;
    return n;
}

/* With NULL for `names` as many as there are; `cap` NULL is any. */
static int list_names(virConnectPtr conn, const char *cap, char **names, int max)
{
    struct world *world = world_of(conn);
    unsigned int wanted = cap ? cap_of_word(cap) : 0;
    int n = 0;

    lock_guard(&world->lock);
    for (objlist_each(&world->devices, struct host_device, device)) {
        if (n == max)
            break;
        if (device->inactive || (cap && !(wanted & host_device_caps(device->def))))
            continue;
        if (names)
            names[n] = g_strdup(device->item.name);
        n++;
    }
    return n;
}

int test_nodeListDevices(virConnectPtr conn, const char *cap, char **names, int max,
                         unsigned int flags)
{
    return flags_check(flags, 0, __func__) < 0 ? -1 : list_names(conn, cap, names, max);
}

int test_nodeNumOfDevices(virConnectPtr conn, const char *cap, unsigned int flags)
{
    return flags_check(flags, 0, __func__) < 0 ? -1 : list_names(conn, cap, NULL, G_MAXINT);
}

int test_nodeDeviceListCaps(virNodeDevicePtr dev, char **names, int max)
{
    struct world *world = world_of(dev->conn);
    struct host_device *device;
    int n;

    lock_guard(&world->lock);
    device = host_device_find(world, dev->name);
    if (!device)
        return -1;
    for (n = 0; n < max && (size_t)n < device->def->n_capabilities; n++)
        names[n] =
            g_strdup(doc_word(&nodedev_capabilities_type_words, device->def->capabilities[n].type));
    return n;
}

int test_nodeDeviceNumOfCaps(virNodeDevicePtr dev)
{
    struct world *world = world_of(dev->conn);
    struct host_device *device;

    lock_guard(&world->lock);
    device = host_device_find(world, dev->name);
    return device ? (int)device->def->n_capabilities : -1;
}
