/* Mediated devices: slices of another device, as many as its kinds of slices have instances. */
#include "core/drivers/test/nodedev.h"

#include <string.h>

#include "core/object/error.h"

struct nodedev_capabilities_mdev *host_device_slice(struct nodedev *def)
{
    for (size_t i = 0; i < def->n_capabilities; i++) {
        if (def->capabilities[i].type == NODEDEV_CAPABILITIES_TYPE_MDEV)
            return &def->capabilities[i].mdev;
    }
    return NULL;
}

static struct nodedev_mediated_types *kinds_of(struct nodedev_capabilities *capability)
{
    switch (capability->type) {
    case NODEDEV_CAPABILITIES_TYPE_PCI:
        return &capability->pci.mediated;
    case NODEDEV_CAPABILITIES_TYPE_CSS:
        return &capability->css.mediated;
    case NODEDEV_CAPABILITIES_TYPE_AP_MATRIX:
        return &capability->ap_matrix.mediated;
    default:
        return NULL;
    }
}

static struct nodedev_mediated_types_types *find_kind(struct nodedev *parent, const char *id)
{
    for (size_t i = 0; i < parent->n_capabilities; i++) {
        struct nodedev_mediated_types *kinds = kinds_of(&parent->capabilities[i]);

        for (size_t j = 0; kinds && j < kinds->n_types; j++) {
            if (!strcmp(kinds->types[j].id, id))
                return &kinds->types[j];
        }
    }
    return NULL;
}

/* What a slice takes an instance of; NULL with an error. */
static struct nodedev_mediated_types_types *kind_of_slice(struct world *world, struct nodedev *def)
{
    const char *id = host_device_slice(def)->type_name.id;
    struct nodedev_mediated_types_types *kind;
    struct host_device *parent;

    if (!def->parent.text) {
        error_set(VIR_FROM_NODEDEV, VIR_ERR_XML_ERROR,
                  "a mediated device of type '%s' needs a <parent> to be made of", id);
        return NULL;
    }
    parent = host_device_find(world, def->parent.text);
    kind = parent ? find_kind(parent->def, id) : NULL;
    if (parent && !kind)
        error_set(VIR_FROM_NODEDEV, VIR_ERR_CONFIG_UNSUPPORTED,
                  "device '%s' has no mediated devices of type '%s'", def->parent.text, id);
    return kind;
}

/* Hosts name slices by their UUID and the address of what they are made of, which is what follows
 * the bus in the parent's name. */
static char *name_of_slice(const char *parent, const char *uuid)
{
    const char *address = strchr(parent, '_');
    char *name = g_strconcat("mdev_", uuid, "_", address ? address + 1 : parent, NULL);

    return g_strdelimit(name, "-:.", '_');
}

int host_device_name_slice(struct world *world, struct nodedev *def)
{
    struct nodedev_capabilities_mdev *slice = host_device_slice(def);

    if (!kind_of_slice(world, def))
        return -1;
    if (!slice->uuid) {
        unsigned char uuid[UUID_BYTES];

        if (uuid_generate(uuid) < 0)
            return -1;
        slice->uuid = uuid_format(uuid, g_new(char, UUID_TEXT));
    }
    g_free(def->name);
    def->name = name_of_slice(def->parent.text, slice->uuid);
    return 0;
}

/* A UUID is one slice's, of whichever parent it is. */
static int check_free(struct world *world, struct nodedev *def)
{
    const char *uuid = host_device_slice(def)->uuid;

    for (objlist_each(&world->devices, struct host_device, device)) {
        const struct nodedev_capabilities_mdev *other = host_device_slice(device->def);

        if (device->inactive || !other || g_strcmp0(other->uuid, uuid) != 0)
            continue;
        error_set(VIR_FROM_NODEDEV, VIR_ERR_OPERATION_INVALID,
                  "a mediated device with UUID '%s' is there already: '%s'", uuid,
                  device->item.name);
        return -1;
    }
    return 0;
}

int host_device_take_slice(struct world *world, struct nodedev *def)
{
    struct nodedev_mediated_types_types *kind = kind_of_slice(world, def);

    if (!kind || check_free(world, def) < 0)
        return -1;
    if (kind->available_instances == 0) {
        error_set(VIR_FROM_NODEDEV, VIR_ERR_OPERATION_FAILED,
                  "device '%s' has no room for another mediated device of type '%s'",
                  def->parent.text, kind->id);
        return -1;
    }
    kind->available_instances--;
    return 0;
}

/* Descriptions may have slices without what they are made of. */
void host_device_give_slice(struct world *world, struct nodedev *def)
{
    struct host_device *parent =
        def->parent.text ? objlist_by_name(&world->devices, def->parent.text) : NULL;
    struct nodedev_mediated_types_types *kind =
        parent ? find_kind(parent->def, host_device_slice(def)->type_name.id) : NULL;

    if (kind)
        kind->available_instances++;
}
