/* Limits of a disk's speed, as `block_set_io_throttle` takes them. */
#include "core/drivers/qemu/command/props.h"

#define LIMIT(name, member) PROP(name, PROP_UINT, struct domain_disk_iotune, member)

static const struct prop limits[] = {
    LIMIT("bps", total_bytes_sec),
    LIMIT("bps_rd", read_bytes_sec),
    LIMIT("bps_wr", write_bytes_sec),
    LIMIT("iops", total_iops_sec),
    LIMIT("iops_rd", read_iops_sec),
    LIMIT("iops_wr", write_iops_sec),
    LIMIT("bps_max", total_bytes_sec_max),
    LIMIT("bps_rd_max", read_bytes_sec_max),
    LIMIT("bps_wr_max", write_bytes_sec_max),
    LIMIT("iops_max", total_iops_sec_max),
    LIMIT("iops_rd_max", read_iops_sec_max),
    LIMIT("iops_wr_max", write_iops_sec_max),
    LIMIT("iops_size", size_iops_sec),
    LIMIT("bps_max_length", total_bytes_sec_max_length),
    LIMIT("bps_rd_max_length", read_bytes_sec_max_length),
    LIMIT("bps_wr_max_length", write_bytes_sec_max_length),
    LIMIT("iops_max_length", total_iops_sec_max_length),
    LIMIT("iops_rd_max_length", read_iops_sec_max_length),
    LIMIT("iops_wr_max_length", write_iops_sec_max_length),
    PROP("group", PROP_STRING, struct domain_disk_iotune, group_name),
};

/* Six of them have to be there, 0 for no limit. */
static void fill(json_t *props)
{
    for (size_t i = 0; i < 6; i++)
        if (!json_object_get(props, limits[i].name))
            prop_uint(props, limits[i].name, 0);
}

json_t *throttle_props(const struct domain_disk *disk)
{
    json_t *props = json_object();

    PROPS_ADD(props, &disk->iotune, limits);
    if (!json_object_size(props)) {
        json_decref(props);
        return NULL;
    }
    fill(props);
    /* A virtio device is two: the one on the bus has no images. */
    if (disk->target.bus == DOMAIN_DISK_TARGET_BUS_VIRTIO)
        prop_format(props, "id", "/machine/peripheral/%s/virtio-backend", disk->alias.name);
    else
        prop_string(props, "id", disk->alias.name);
    return props;
}
