/* Making, describing and deleting volumes. */
#include "core/drivers/test/volume.h"

#include "core/object/error.h"
#include "objects.h"

static unsigned int doc_flags(unsigned int flags)
{
    return flags & VIR_STORAGE_VOL_CREATE_VALIDATE ? DOC_VALIDATE : 0;
}

/* Takes `def` and `contents` over, also when it fails. */
static virStorageVolPtr add(virStoragePoolPtr handle, struct storagevol *def,
                            struct contents *contents)
{
    struct world *world = world_of(handle->conn);
    struct pool *pool;

    lock_guard(&world->lock);
    pool = pool_find_active(world, handle);
    if (pool && vol_check(pool, def) == 0)
        return vol_handle(handle->conn, pool, vol_add(pool, def, contents));
    storagevol_free(def);
    contents_unref(contents);
    return NULL;
}

virStorageVolPtr test_storageVolCreateXML(virStoragePoolPtr handle, const char *xml,
                                          unsigned int flags)
{
    struct storagevol *def;

    if (flags_check(flags, VIR_STORAGE_VOL_CREATE_VALIDATE, __func__) < 0)
        return NULL;
    def = vol_parse(xml, doc_flags(flags));
    return def ? add(handle, def, contents_new()) : NULL;
}

/* The contents to copy, held as read; and how much there is of them. */
static struct contents *begin_copy(struct world *world, virStoragePoolPtr handle,
                                   const struct storagevol *def, virStorageVolPtr original,
                                   unsigned long long *ret_size)
{
    struct pool *pool, *from;
    struct vol *vol;

    lock_guard(&world->lock);
    vol = vol_find(world, original, &from);
    if (!vol || vol_require_unwritten(vol) < 0)
        return NULL;
    /* Better now than when all is copied. */
    pool = pool_find_active(world, handle);
    if (!pool || vol_check(pool, def) < 0)
        return NULL;
    vol->contents->readers++;
    *ret_size = vol->def->capacity;
    return contents_ref(vol->contents);
}

static void end_copy(struct world *world, struct contents *source)
{
    lock_take(&world->lock);
    source->readers--;
    lock_drop(&world->lock);
    contents_unref(source);
}

virStorageVolPtr test_storageVolCreateXMLFrom(virStoragePoolPtr handle, const char *xml,
                                              virStorageVolPtr original, unsigned int flags)
{
    struct world *world = world_of(handle->conn);
    struct contents *source, *contents;
    unsigned long long size;
    struct storagevol *def;
    struct call call;
    int rc;

    if (flags_check(flags, VIR_STORAGE_VOL_CREATE_VALIDATE, __func__) < 0)
        return NULL;
    def = vol_parse(xml, doc_flags(flags));
    source = def ? begin_copy(world, handle, def, original, &size) : NULL;
    if (!source) {
        storagevol_free(def);
        return NULL;
    }
    contents = contents_new();
    call_begin_as(&call, &handle->conn->calls, "virStorageVolCreateXMLFrom");
    rc = contents_copy(&call, source, contents, MIN(size, def->capacity));
    call_end(&call);
    end_copy(world, source);
    if (rc == 0)
        return add(handle, def, contents);
    storagevol_free(def);
    contents_unref(contents);
    return NULL;
}

int test_storageVolDelete(virStorageVolPtr handle, unsigned int flags)
{
    struct world *world = world_of(handle->conn);
    contents_auto held = NULL; /* so that a large file is not closed with the lock held */
    struct pool *pool;
    struct vol *vol;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    lock_guard(&world->lock);
    vol = vol_find(world, handle, &pool);
    if (!vol || vol_require_idle(vol) < 0)
        return -1;
    held = contents_ref(vol->contents);
    vol_remove(pool, vol);
    return 0;
}

static int type_of(const struct pool *pool)
{
    switch (pool->def->type) {
    case STORAGEPOOL_TYPE_LOGICAL:
    case STORAGEPOOL_TYPE_DISK:
    case STORAGEPOOL_TYPE_ISCSI:
    case STORAGEPOOL_TYPE_SCSI:
    case STORAGEPOOL_TYPE_MPATH:
    case STORAGEPOOL_TYPE_ZFS:
        return VIR_STORAGE_VOL_BLOCK;
    case STORAGEPOOL_TYPE_RBD:
    case STORAGEPOOL_TYPE_SHEEPDOG:
    case STORAGEPOOL_TYPE_GLUSTER:
    case STORAGEPOOL_TYPE_ISCSI_DIRECT:
        return VIR_STORAGE_VOL_NETWORK;
    default:
        return VIR_STORAGE_VOL_FILE;
    }
}

int test_storageVolGetInfoFlags(virStorageVolPtr handle, virStorageVolInfoPtr info,
                                unsigned int flags)
{
    struct world *world = world_of(handle->conn);
    gboolean physical = flags & VIR_STORAGE_VOL_GET_PHYSICAL;
    struct pool *pool;
    struct vol *vol;

    if (flags_check(flags, VIR_STORAGE_VOL_GET_PHYSICAL, __func__) < 0)
        return -1;
    lock_guard(&world->lock);
    vol = vol_find(world, handle, &pool);
    if (!vol)
        return -1;
    /* A plain disk or raw image, sparse or not, is as long as its capacity. */
    physical = physical && vol->def->target.format.type <= COMMON_IMAGE_FORMAT_RAW;
    *info = (virStorageVolInfo){
        .type = type_of(pool),
        .capacity = vol->def->capacity,
        .allocation = physical ? vol->def->capacity : vol->def->allocation,
    };
    return 0;
}

int test_storageVolGetInfo(virStorageVolPtr handle, virStorageVolInfoPtr info)
{
    return test_storageVolGetInfoFlags(handle, info, 0);
}

char *test_storageVolGetPath(virStorageVolPtr handle)
{
    struct world *world = world_of(handle->conn);
    struct pool *pool;
    struct vol *vol;

    lock_guard(&world->lock);
    vol = vol_find(world, handle, &pool);
    return vol ? g_strdup(vol->def->target.path) : NULL;
}

char *test_storageVolGetXMLDesc(virStorageVolPtr handle, unsigned int flags)
{
    struct world *world = world_of(handle->conn);
    struct pool *pool;
    struct vol *vol;

    if (flags_check(flags, 0, __func__) < 0)
        return NULL;
    lock_guard(&world->lock);
    vol = vol_find(world, handle, &pool);
    return vol ? storagevol_format(vol->def, 0) : NULL;
}
