#include "core/drivers/test/storage.h"

#include <string.h>

#include "core/base/xml.h"
#include "core/drivers/test/volume.h"
#include "core/object/error.h"
#include "objects.h"

static const struct doc_context context = {.driver = "test"};

static virStoragePoolPtr handle(virConnectPtr conn, const struct pool *pool)
{
    return pool ? new_storage_pool(conn, pool->name, pool->item.uuid) : NULL;
}

static void tell(struct world *world, struct pool *pool, int lifecycle)
{
    pool_event(world, pool, VIR_STORAGE_POOL_EVENT_ID_LIFECYCLE, lifecycle);
}

static virStoragePoolPtr test_storagePoolLookupByName(virConnectPtr conn, const char *name)
{
    struct world *world = world_of(conn);

    lock_guard(&world->lock);
    return handle(conn, pool_find_name(world, name));
}

static virStoragePoolPtr test_storagePoolLookupByUUID(virConnectPtr conn, const unsigned char *uuid)
{
    struct world *world = world_of(conn);

    lock_guard(&world->lock);
    return handle(conn, pool_find_uuid(world, uuid));
}

static virStoragePoolPtr test_storagePoolLookupByVolume(virStorageVolPtr vol)
{
    struct world *world = world_of(vol->conn);

    lock_guard(&world->lock);
    return handle(vol->conn, pool_find_name(world, vol->pool));
}

/* "//a//b/" is "/a/b". */
static char *clean_path(const char *path)
{
    GString *clean = g_string_new(NULL);

    for (; *path; path++) {
        if (*path != '/' || (path[1] && path[1] != '/'))
            g_string_append_c(clean, *path);
    }
    return g_string_free(clean, FALSE);
}

static virStoragePoolPtr test_storagePoolLookupByTargetPath(virConnectPtr conn, const char *path)
{
    struct world *world = world_of(conn);
    g_autofree char *wanted = clean_path(path);

    lock_guard(&world->lock);
    for (objlist_each(&world->pools, struct pool, pool)) {
        g_autofree char *own = pool->def->target.path ? clean_path(pool->def->target.path) : NULL;

        if (pool->active && g_strcmp0(own, wanted) == 0)
            return handle(conn, pool);
    }
    error_set(VIR_FROM_TEST, VIR_ERR_NO_STORAGE_POOL,
              "no storage pool with matching target path '%s'", path);
    return NULL;
}

/* With the lock held; takes `def` over. */
static struct pool *define_locked(struct world *world, struct storagepool *def)
{
    struct pool *pool;

    if (pool_match(world, def, &pool) < 0) {
        storagepool_free(def);
        return NULL;
    }
    if (pool)
        pool_set_stored(pool, def);
    else
        pool = pool_add(world, def);
    pool->persistent = TRUE;
    tell(world, pool, VIR_STORAGE_POOL_EVENT_DEFINED);
    return pool;
}

static virStoragePoolPtr test_storagePoolDefineXML(virConnectPtr conn, const char *xml,
                                                   unsigned int flags)
{
    struct world *world = world_of(conn);
    struct storagepool *def;

    if (flags_check(flags, VIR_STORAGE_POOL_DEFINE_VALIDATE, __func__) < 0)
        return NULL;
    def = storagepool_parse(xml, &context, DOC_INACTIVE | (flags ? DOC_VALIDATE : 0));
    if (!def)
        return NULL;
    lock_guard(&world->lock);
    return handle(conn, define_locked(world, def));
}

/* With the lock held; takes `def` over. The pool is transient then, also if it was not before:
 * scripts for this driver know it so. */
static struct pool *create_locked(struct world *world, struct storagepool *def)
{
    struct pool *pool;

    if (pool_match(world, def, &pool) < 0) {
        storagepool_free(def);
        return NULL;
    }
    if (pool && pool->active) {
        error_set(VIR_FROM_STORAGE, VIR_ERR_OPERATION_INVALID, "pool is already active as '%s'",
                  pool->name);
        storagepool_free(def);
        return NULL;
    }
    if (pool)
        pool_set_live(pool, def);
    else
        pool = pool_add(world, def);
    pool->active = TRUE;
    pool->persistent = FALSE;
    tell(world, pool, VIR_STORAGE_POOL_EVENT_STARTED);
    return pool;
}

static virStoragePoolPtr test_storagePoolCreateXML(virConnectPtr conn, const char *xml,
                                                   unsigned int flags)
{
    struct world *world = world_of(conn);
    struct storagepool *def;

    if (flags_check(flags, 0, __func__) < 0)
        return NULL;
    def = storagepool_parse(xml, &context, DOC_INACTIVE);
    if (!def)
        return NULL;
    lock_guard(&world->lock);
    return handle(conn, create_locked(world, def));
}

static int test_storagePoolCreate(virStoragePoolPtr handle, unsigned int flags)
{
    struct world *world = world_of(handle->conn);
    struct pool *pool;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    lock_guard(&world->lock);
    pool = pool_find_inactive(world, handle);
    if (!pool)
        return -1;
    pool->active = TRUE;
    tell(world, pool, VIR_STORAGE_POOL_EVENT_STARTED);
    return 0;
}

/* Files are closed without the world's lock: giving a large one's memory back takes a while. */
static GPtrArray *hold_contents(struct pool *pool)
{
    GPtrArray *held = g_ptr_array_new_with_free_func((GDestroyNotify)contents_unref);

    for (objlist_each(&pool->volumes, struct vol, vol))
        g_ptr_array_add(held, contents_ref(vol->contents));
    return held;
}

static int test_storagePoolDestroy(virStoragePoolPtr handle)
{
    struct world *world = world_of(handle->conn);
    g_autoptr(GPtrArray) held = NULL;
    struct pool *pool;

    lock_guard(&world->lock);
    pool = pool_find_active(world, handle);
    if (!pool)
        return -1;
    pool->active = FALSE;
    if (pool->stored)
        pool_set_stored(pool, g_steal_pointer(&pool->stored));
    tell(world, pool, VIR_STORAGE_POOL_EVENT_STOPPED);
    if (!pool->persistent) {
        held = hold_contents(pool);
        pool_remove(world, pool);
    }
    return 0;
}

static int test_storagePoolUndefine(virStoragePoolPtr handle)
{
    struct world *world = world_of(handle->conn);
    g_autoptr(GPtrArray) held = NULL;
    struct pool *pool;

    lock_guard(&world->lock);
    pool = pool_find_inactive(world, handle);
    if (!pool)
        return -1;
    tell(world, pool, VIR_STORAGE_POOL_EVENT_UNDEFINED);
    held = hold_contents(pool);
    pool_remove(world, pool);
    return 0;
}

/* There is no medium that could be prepared or cleared, so that these only tell. */
static int only_tell(virStoragePoolPtr handle, int lifecycle)
{
    struct world *world = world_of(handle->conn);
    struct pool *pool;

    lock_guard(&world->lock);
    pool = pool_find_inactive(world, handle);
    if (!pool)
        return -1;
    tell(world, pool, lifecycle);
    return 0;
}

static int test_storagePoolBuild(virStoragePoolPtr handle, unsigned int flags)
{
    return flags_check(flags, 0, __func__) < 0 ? -1
                                               : only_tell(handle, VIR_STORAGE_POOL_EVENT_CREATED);
}

static int test_storagePoolDelete(virStoragePoolPtr handle, unsigned int flags)
{
    return flags_check(flags, 0, __func__) < 0 ? -1
                                               : only_tell(handle, VIR_STORAGE_POOL_EVENT_DELETED);
}

static int test_storagePoolRefresh(virStoragePoolPtr handle, unsigned int flags)
{
    struct world *world = world_of(handle->conn);
    struct pool *pool;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    lock_guard(&world->lock);
    pool = pool_find_active(world, handle);
    if (!pool)
        return -1;
    pool_event(world, pool, VIR_STORAGE_POOL_EVENT_ID_REFRESH, 0);
    return 0;
}

static int test_storagePoolGetInfo(virStoragePoolPtr handle, virStoragePoolInfoPtr info)
{
    struct world *world = world_of(handle->conn);
    struct pool *pool;

    lock_guard(&world->lock);
    pool = pool_find(world, handle);
    if (!pool)
        return -1;
    *info = (virStoragePoolInfo){
        .state = pool->active ? VIR_STORAGE_POOL_RUNNING : VIR_STORAGE_POOL_INACTIVE,
        .capacity = pool->def->capacity,
        .allocation = pool->def->allocation,
        .available = pool->def->available,
    };
    return 0;
}

static char *test_storagePoolGetXMLDesc(virStoragePoolPtr handle, unsigned int flags)
{
    struct world *world = world_of(handle->conn);
    gboolean inactive = flags & VIR_STORAGE_XML_INACTIVE;
    struct pool *pool;

    if (flags_check(flags, VIR_STORAGE_XML_INACTIVE, __func__) < 0)
        return NULL;
    lock_guard(&world->lock);
    pool = pool_find(world, handle);
    return pool ? storagepool_format(inactive ? pool_stored(pool) : pool->def, 0) : NULL;
}

static int test_storagePoolGetAutostart(virStoragePoolPtr handle, int *autostart)
{
    struct world *world = world_of(handle->conn);
    struct pool *pool;

    lock_guard(&world->lock);
    pool = pool_find(world, handle);
    if (!pool)
        return -1;
    *autostart = pool->persistent && pool->autostart;
    return 0;
}

static int test_storagePoolSetAutostart(virStoragePoolPtr handle, int autostart)
{
    struct world *world = world_of(handle->conn);
    struct pool *pool;

    lock_guard(&world->lock);
    pool = pool_find(world, handle);
    if (!pool)
        return -1;
    if (!pool->persistent) {
        error_set(VIR_FROM_TEST, VIR_ERR_INVALID_ARG, "pool has no config file: '%s' is transient",
                  pool->name);
        return -1;
    }
    pool->autostart = autostart != 0;
    return 0;
}

static int test_storagePoolIsActive(virStoragePoolPtr handle)
{
    struct world *world = world_of(handle->conn);
    struct pool *pool;

    lock_guard(&world->lock);
    pool = pool_find_uuid(world, handle->uuid);
    return pool ? pool->active : -1;
}

static int test_storagePoolIsPersistent(virStoragePoolPtr handle)
{
    struct world *world = world_of(handle->conn);
    struct pool *pool;

    lock_guard(&world->lock);
    pool = pool_find_uuid(world, handle->uuid);
    return pool ? pool->persistent : -1;
}

static int load_volumes(struct pool *pool, const char *xml)
{
    g_autoptr(xmlDoc) doc = xml_parse(xml, "storage_pool_definition");
    xmlNodePtr node = doc ? xml_child(xmlDocGetRootElement(doc), "volume") : NULL;

    for (; node; node = xml_next(node)) {
        xmlBufferPtr text = xmlBufferCreate();
        int rc;

        xmlNodeDump(text, doc, node, 0, 0);
        rc = volume_load(pool, (const char *)xmlBufferContent(text));
        xmlBufferFree(text);
        if (rc < 0)
            return -1;
    }
    return doc ? 0 : -1;
}

int pool_load(struct world *world, const char *xml, const char *what)
{
    struct storagepool *def = storagepool_parse(xml, &context, DOC_INACTIVE);
    struct pool *pool = def ? create_locked(world, def) : NULL;

    if (pool && load_volumes(pool, xml) == 0) {
        pool->persistent = TRUE;
        return 0;
    }
    if (pool)
        pool_remove(world, pool);
    error_prefix("%s", what);
    return -1;
}

const struct storage_driver test_storage_driver = {
    .name = "Test",
    .connectFindStoragePoolSources = test_connectFindStoragePoolSources,
    .connectGetStoragePoolCapabilities = test_connectGetStoragePoolCapabilities,
    .connectListAllStoragePools = test_connectListAllStoragePools,
    .connectListDefinedStoragePools = test_connectListDefinedStoragePools,
    .connectListStoragePools = test_connectListStoragePools,
    .connectNumOfDefinedStoragePools = test_connectNumOfDefinedStoragePools,
    .connectNumOfStoragePools = test_connectNumOfStoragePools,
    .connectStoragePoolEventDeregisterAny = test_connectStoragePoolEventDeregisterAny,
    .connectStoragePoolEventRegisterAny = test_connectStoragePoolEventRegisterAny,
    .storagePoolBuild = test_storagePoolBuild,
    .storagePoolCreate = test_storagePoolCreate,
    .storagePoolCreateXML = test_storagePoolCreateXML,
    .storagePoolDefineXML = test_storagePoolDefineXML,
    .storagePoolDelete = test_storagePoolDelete,
    .storagePoolDestroy = test_storagePoolDestroy,
    .storagePoolGetAutostart = test_storagePoolGetAutostart,
    .storagePoolGetInfo = test_storagePoolGetInfo,
    .storagePoolGetXMLDesc = test_storagePoolGetXMLDesc,
    .storagePoolIsActive = test_storagePoolIsActive,
    .storagePoolIsPersistent = test_storagePoolIsPersistent,
    .storagePoolListAllVolumes = test_storagePoolListAllVolumes,
    .storagePoolListVolumes = test_storagePoolListVolumes,
    .storagePoolLookupByName = test_storagePoolLookupByName,
    .storagePoolLookupByTargetPath = test_storagePoolLookupByTargetPath,
    .storagePoolLookupByUUID = test_storagePoolLookupByUUID,
    .storagePoolLookupByVolume = test_storagePoolLookupByVolume,
    .storagePoolNumOfVolumes = test_storagePoolNumOfVolumes,
    .storagePoolRefresh = test_storagePoolRefresh,
    .storagePoolSetAutostart = test_storagePoolSetAutostart,
    .storagePoolUndefine = test_storagePoolUndefine,
    .storageVolCreateXML = test_storageVolCreateXML,
    .storageVolCreateXMLFrom = test_storageVolCreateXMLFrom,
    .storageVolDelete = test_storageVolDelete,
    .storageVolDownload = test_storageVolDownload,
    .storageVolGetInfo = test_storageVolGetInfo,
    .storageVolGetInfoFlags = test_storageVolGetInfoFlags,
    .storageVolGetPath = test_storageVolGetPath,
    .storageVolGetXMLDesc = test_storageVolGetXMLDesc,
    .storageVolLookupByKey = test_storageVolLookupByKey,
    .storageVolLookupByName = test_storageVolLookupByName,
    .storageVolLookupByPath = test_storageVolLookupByPath,
    .storageVolResize = test_storageVolResize,
    .storageVolUpload = test_storageVolUpload,
    .storageVolWipe = test_storageVolWipe,
    .storageVolWipePattern = test_storageVolWipePattern,
};
