#include "core/drivers/test/storage.h"

#include "objects.h"

/* The type of a pool as a listing's flag; by the numbers of the document's types. */
static const unsigned int type_flags[] = {
    [STORAGEPOOL_TYPE_DIR] = VIR_CONNECT_LIST_STORAGE_POOLS_DIR,
    [STORAGEPOOL_TYPE_FS] = VIR_CONNECT_LIST_STORAGE_POOLS_FS,
    [STORAGEPOOL_TYPE_NETFS] = VIR_CONNECT_LIST_STORAGE_POOLS_NETFS,
    [STORAGEPOOL_TYPE_LOGICAL] = VIR_CONNECT_LIST_STORAGE_POOLS_LOGICAL,
    [STORAGEPOOL_TYPE_DISK] = VIR_CONNECT_LIST_STORAGE_POOLS_DISK,
    [STORAGEPOOL_TYPE_ISCSI] = VIR_CONNECT_LIST_STORAGE_POOLS_ISCSI,
    [STORAGEPOOL_TYPE_ISCSI_DIRECT] = VIR_CONNECT_LIST_STORAGE_POOLS_ISCSI_DIRECT,
    [STORAGEPOOL_TYPE_SCSI] = VIR_CONNECT_LIST_STORAGE_POOLS_SCSI,
    [STORAGEPOOL_TYPE_MPATH] = VIR_CONNECT_LIST_STORAGE_POOLS_MPATH,
    [STORAGEPOOL_TYPE_RBD] = VIR_CONNECT_LIST_STORAGE_POOLS_RBD,
    [STORAGEPOOL_TYPE_SHEEPDOG] = VIR_CONNECT_LIST_STORAGE_POOLS_SHEEPDOG,
    [STORAGEPOOL_TYPE_GLUSTER] = VIR_CONNECT_LIST_STORAGE_POOLS_GLUSTER,
    [STORAGEPOOL_TYPE_ZFS] = VIR_CONNECT_LIST_STORAGE_POOLS_ZFS,
    [STORAGEPOOL_TYPE_VSTORAGE] = VIR_CONNECT_LIST_STORAGE_POOLS_VSTORAGE,
};

#define STATE_FLAGS                                                                                \
    (VIR_CONNECT_LIST_STORAGE_POOLS_INACTIVE | VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE |             \
     VIR_CONNECT_LIST_STORAGE_POOLS_PERSISTENT | VIR_CONNECT_LIST_STORAGE_POOLS_TRANSIENT |        \
     VIR_CONNECT_LIST_STORAGE_POOLS_AUTOSTART | VIR_CONNECT_LIST_STORAGE_POOLS_NO_AUTOSTART)

static unsigned int all_types(void)
{
    unsigned int flags = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(type_flags); i++)
        flags |= type_flags[i];
    return flags;
}

/* A pair of opposite flags: with none or both given, everything passes. */
static gboolean passes(unsigned int flags, unsigned int yes, unsigned int no, gboolean is)
{
    return !(flags & (yes | no)) || (is ? flags & yes : flags & no);
}

static gboolean wanted(const struct pool *pool, unsigned int flags)
{
    unsigned int types = flags & ~STATE_FLAGS;

    return (!types || types & type_flags[pool->def->type]) &&
           passes(flags, VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE,
                  VIR_CONNECT_LIST_STORAGE_POOLS_INACTIVE, pool->active) &&
           passes(flags, VIR_CONNECT_LIST_STORAGE_POOLS_PERSISTENT,
                  VIR_CONNECT_LIST_STORAGE_POOLS_TRANSIENT, pool->persistent) &&
           passes(flags, VIR_CONNECT_LIST_STORAGE_POOLS_AUTOSTART,
                  VIR_CONNECT_LIST_STORAGE_POOLS_NO_AUTOSTART, pool->autostart);
}

int test_connectListAllStoragePools(virConnectPtr conn, virStoragePoolPtr **pools,
                                    unsigned int flags)
{
    struct world *world = world_of(conn);
    virStoragePoolPtr *found = NULL;
    int n = 0;

    if (flags_check(flags, STATE_FLAGS | all_types(), __func__) < 0)
        return -1;
    lock_guard(&world->lock);
    if (pools)
        found = g_new0(virStoragePoolPtr, objlist_count(&world->pools) + 1);
    for (objlist_each(&world->pools, struct pool, pool)) {
        if (!wanted(pool, flags))
            continue;
        if (found)
            found[n] = new_storage_pool(conn, pool->name, pool->item.uuid);
        n++;
    }
    if (pools)
        *pools = found;
    return n;
}

static int list_names(virConnectPtr conn, gboolean active, char **names, int max)
{
    struct world *world = world_of(conn);
    int n = 0;

    lock_guard(&world->lock);
    for (objlist_each(&world->pools, struct pool, pool)) {
        if (n == max)
            break;
        if (pool->active == active)
            names[n++] = g_strdup(pool->name);
    }
    return n;
}

static int count(virConnectPtr conn, gboolean active)
{
    struct world *world = world_of(conn);
    int n = 0;

    lock_guard(&world->lock);
    for (objlist_each(&world->pools, struct pool, pool))
        n += pool->active == active;
    return n;
}

int test_connectListStoragePools(virConnectPtr conn, char **names, int max)
{
    return list_names(conn, TRUE, names, max);
}

int test_connectListDefinedStoragePools(virConnectPtr conn, char **names, int max)
{
    return list_names(conn, FALSE, names, max);
}

int test_connectNumOfStoragePools(virConnectPtr conn)
{
    return count(conn, TRUE);
}

int test_connectNumOfDefinedStoragePools(virConnectPtr conn)
{
    return count(conn, FALSE);
}
