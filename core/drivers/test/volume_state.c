/* What volumes there are in a pool, and what they take of it. */
#include "core/drivers/test/volume.h"

#include <string.h>

#include "core/object/error.h"
#include "objects.h"

static const struct doc_context context = {.driver = "test"};

struct vol *vol_find(struct world *world, virStorageVolPtr handle, struct pool **ret_pool)
{
    struct pool *pool = pool_find_name(world, handle->pool);
    struct vol *vol;

    if (!pool || pool_require_active(pool) < 0)
        return NULL;
    vol = objlist_by_name(&pool->volumes, handle->name);
    if (!vol)
        error_set(VIR_FROM_TEST, VIR_ERR_NO_STORAGE_VOL, "no storage vol with matching name '%s'",
                  handle->name);
    else
        *ret_pool = pool;
    return vol;
}

int vol_require_unwritten(const struct vol *vol)
{
    if (!vol->contents->writer)
        return 0;
    error_set(VIR_FROM_TEST, VIR_ERR_OPERATION_INVALID, "volume '%s' is being written",
              vol->item.name);
    return -1;
}

int vol_require_idle(const struct vol *vol)
{
    if (!vol->contents->readers)
        return vol_require_unwritten(vol);
    error_set(VIR_FROM_TEST, VIR_ERR_OPERATION_INVALID, "volume '%s' is still in use.",
              vol->item.name);
    return -1;
}

int vol_check(struct pool *pool, const struct storagevol *def)
{
    if (objlist_by_name(&pool->volumes, def->name)) {
        error_set(VIR_FROM_TEST, VIR_ERR_OPERATION_FAILED,
                  "storage vol already exists: '%s' in pool '%s'", def->name, pool->name);
        return -1;
    }
    if (def->allocation > pool->def->available) {
        error_set(VIR_FROM_TEST, VIR_ERR_INTERNAL_ERROR,
                  "Not enough free space in pool for volume '%s': %llu bytes of %llu", def->name,
                  def->allocation, pool->def->available);
        return -1;
    }
    return 0;
}

/* Pools without a folder are known by their source. */
static const char *base_path(const struct pool *pool)
{
    const struct storagepool *def = pool->def;

    return def->target.path ? def->target.path : def->source.name ? def->source.name : def->name;
}

/* The others hold plain disks, whatever the document says. */
static gboolean holds_images(const struct pool *pool)
{
    switch (pool->def->type) {
    case STORAGEPOOL_TYPE_DIR:
    case STORAGEPOOL_TYPE_FS:
    case STORAGEPOOL_TYPE_NETFS:
    case STORAGEPOOL_TYPE_GLUSTER:
    case STORAGEPOOL_TYPE_RBD:
    case STORAGEPOOL_TYPE_VSTORAGE:
        return TRUE;
    default:
        return FALSE;
    }
}

struct vol *vol_add(struct pool *pool, struct storagevol *def, struct contents *contents)
{
    struct vol *vol = g_new0(struct vol, 1);

    g_free(def->target.path);
    g_free(def->key);
    def->target.path = g_strdup_printf("%s/%s", base_path(pool), def->name);
    def->key = g_strdup(def->target.path);
    if (!holds_images(pool))
        def->target.format.type = 0;
    vol->def = def;
    vol->contents = contents;
    vol->item.name = def->name;
    vol->item.id = -1;
    objlist_add(&pool->volumes, &vol->item);
    g_hash_table_insert(pool->by_path, def->target.path, vol);
    pool_book(pool, def->allocation);
    return vol;
}

void vol_remove(struct pool *pool, struct vol *vol)
{
    objlist_remove(&pool->volumes, &vol->item);
    g_hash_table_remove(pool->by_path, vol->def->target.path);
    pool_book(pool, -(long long)vol->def->allocation);
    contents_unref(vol->contents);
    storagevol_free(vol->def);
    g_free(vol);
}

void vol_allocate(struct pool *pool, struct vol *vol, unsigned long long bytes)
{
    pool_book(pool, (long long)(bytes - vol->def->allocation));
    vol->def->allocation = bytes;
    vol->def->has_allocation = true;
}

virStorageVolPtr vol_handle(virConnectPtr conn, const struct pool *pool, const struct vol *vol)
{
    return new_storage_vol(conn, pool->name, vol->item.name, vol->def->key);
}

struct storagevol *vol_parse(const char *xml, unsigned int doc_flags)
{
    struct storagevol *def = storagevol_parse(xml, &context, DOC_INACTIVE | doc_flags);

    if (!def || def->has_capacity)
        return def;
    error_set(VIR_FROM_STORAGE, VIR_ERR_XML_ERROR, "missing capacity element of volume '%s'",
              def->name);
    storagevol_free(def);
    return NULL;
}

int volume_load(struct pool *pool, const char *xml)
{
    struct storagevol *def = vol_parse(xml, 0);

    if (!def)
        return -1;
    if (vol_check(pool, def) < 0) {
        storagevol_free(def);
        return -1;
    }
    vol_add(pool, def, contents_new());
    return 0;
}
