/* Finding and listing volumes. */
#include "core/drivers/test/volume.h"

#include "core/object/error.h"
#include "objects.h"

int test_storagePoolListAllVolumes(virStoragePoolPtr handle, virStorageVolPtr **vols,
                                   unsigned int flags)
{
    struct world *world = world_of(handle->conn);
    virStorageVolPtr *found;
    struct pool *pool;
    int n = 0;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    lock_guard(&world->lock);
    pool = pool_find_active(world, handle);
    if (!pool)
        return -1;
    if (!vols)
        return objlist_count(&pool->volumes);
    found = g_new0(virStorageVolPtr, objlist_count(&pool->volumes) + 1);
    for (objlist_each(&pool->volumes, struct vol, vol))
        found[n++] = vol_handle(handle->conn, pool, vol);
    *vols = found;
    return n;
}

int test_storagePoolListVolumes(virStoragePoolPtr handle, char **names, int max)
{
    struct world *world = world_of(handle->conn);
    struct pool *pool;
    int n = 0;

    lock_guard(&world->lock);
    pool = pool_find_active(world, handle);
    if (!pool)
        return -1;
    for (objlist_each(&pool->volumes, struct vol, vol)) {
        if (n == max)
            break;
        names[n++] = g_strdup(vol->item.name);
    }
    return n;
}

int test_storagePoolNumOfVolumes(virStoragePoolPtr handle)
{
    struct world *world = world_of(handle->conn);
    struct pool *pool;

    lock_guard(&world->lock);
    pool = pool_find_active(world, handle);
    return pool ? (int)objlist_count(&pool->volumes) : -1;
}

virStorageVolPtr test_storageVolLookupByName(virStoragePoolPtr handle, const char *name)
{
    struct world *world = world_of(handle->conn);
    struct pool *pool;
    struct vol *vol;

    lock_guard(&world->lock);
    pool = pool_find_active(world, handle);
    if (!pool)
        return NULL;
    vol = objlist_by_name(&pool->volumes, name);
    if (!vol)
        error_set(VIR_FROM_TEST, VIR_ERR_NO_STORAGE_VOL, "no storage vol with matching name '%s'",
                  name);
    return vol ? vol_handle(handle->conn, pool, vol) : NULL;
}

/* A key is a path; `what` is what the caller calls it. */
static virStorageVolPtr lookup(virConnectPtr conn, const char *path, const char *what)
{
    struct world *world = world_of(conn);

    lock_guard(&world->lock);
    for (objlist_each(&world->pools, struct pool, pool)) {
        struct vol *vol = pool->active ? g_hash_table_lookup(pool->by_path, path) : NULL;

        if (vol)
            return vol_handle(conn, pool, vol);
    }
    error_set(VIR_FROM_TEST, VIR_ERR_NO_STORAGE_VOL, "no storage vol with matching %s '%s'", what,
              path);
    return NULL;
}

virStorageVolPtr test_storageVolLookupByKey(virConnectPtr conn, const char *key)
{
    return lookup(conn, key, "key");
}

virStorageVolPtr test_storageVolLookupByPath(virConnectPtr conn, const char *path)
{
    return lookup(conn, path, "path");
}
