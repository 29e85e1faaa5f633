/* What pools there are: finding, adding, removing; definitions that wait; the books. */
#include "core/drivers/test/storage.h"

#include <string.h>

#include "core/drivers/test/volume.h"
#include "core/object/error.h"
#include "objects.h"

void pools_free(struct world *world)
{
    for (struct pool *pool; (pool = g_queue_peek_head(&world->pools.order));)
        pool_remove(world, pool);
}

struct pool *pool_find_uuid(struct world *world, const unsigned char *uuid)
{
    struct pool *pool = objlist_by_uuid(&world->pools, uuid);
    char text[UUID_TEXT];

    if (!pool)
        error_set(VIR_FROM_TEST, VIR_ERR_NO_STORAGE_POOL, "no storage pool with matching uuid '%s'",
                  uuid_format(uuid, text));
    return pool;
}

static struct pool *found(struct pool *pool, const char *name)
{
    if (!pool)
        error_set(VIR_FROM_TEST, VIR_ERR_NO_STORAGE_POOL, "no storage pool with matching name '%s'",
                  name);
    return pool;
}

struct pool *pool_find_name(struct world *world, const char *name)
{
    return found(objlist_by_name(&world->pools, name), name);
}

struct pool *pool_find(struct world *world, virStoragePoolPtr handle)
{
    return found(objlist_by_uuid(&world->pools, handle->uuid), handle->name);
}

int pool_require_active(const struct pool *pool)
{
    if (pool->active)
        return 0;
    error_set(VIR_FROM_TEST, VIR_ERR_OPERATION_INVALID, "storage pool '%s' is not active",
              pool->name);
    return -1;
}

struct pool *pool_find_active(struct world *world, virStoragePoolPtr handle)
{
    struct pool *pool = pool_find(world, handle);

    return pool && pool_require_active(pool) == 0 ? pool : NULL;
}

struct pool *pool_find_inactive(struct world *world, virStoragePoolPtr handle)
{
    struct pool *pool = pool_find(world, handle);

    if (!pool || !pool->active)
        return pool;
    error_set(VIR_FROM_TEST, VIR_ERR_OPERATION_INVALID, "storage pool '%s' is active", pool->name);
    return NULL;
}

static const char *host_of(const struct storagepool *def)
{
    return def->source.n_hosts ? def->source.hosts[0].name : NULL;
}

static gboolean share_device(const struct storagepool *a, const struct storagepool *b)
{
    for (size_t i = 0; i < a->source.n_devices; i++) {
        for (size_t j = 0; j < b->source.n_devices; j++) {
            if (g_strcmp0(a->source.devices[i].path, b->source.devices[j].path) == 0)
                return TRUE;
        }
    }
    return FALSE;
}

/* Whether two pools of one type would stand on the same thing. */
static gboolean same_source(const struct storagepool *a, const struct storagepool *b)
{
    if (a->type != b->type || g_strcmp0(host_of(a), host_of(b)) != 0)
        return FALSE;
    switch (a->type) {
    case STORAGEPOOL_TYPE_DIR:
        return g_strcmp0(a->target.path, b->target.path) == 0;
    case STORAGEPOOL_TYPE_NETFS:
        return g_strcmp0(a->source.dir.path, b->source.dir.path) == 0;
    case STORAGEPOOL_TYPE_FS:
    case STORAGEPOOL_TYPE_DISK:
    case STORAGEPOOL_TYPE_ISCSI:
    case STORAGEPOOL_TYPE_ISCSI_DIRECT:
        return share_device(a, b);
    default:
        return a->source.name && g_strcmp0(a->source.name, b->source.name) == 0;
    }
}

static int check_sources(struct world *world, const struct storagepool *def,
                         const struct pool *except)
{
    for (objlist_each(&world->pools, struct pool, pool)) {
        if (pool != except && same_source(pool->def, def)) {
            error_set(VIR_FROM_STORAGE, VIR_ERR_OPERATION_FAILED,
                      "Storage source conflict with pool: '%s'", pool->name);
            return -1;
        }
    }
    return 0;
}

static void def_uuid(const struct storagepool *def, unsigned char *uuid)
{
    /* The document's reader has checked or made it. */
    if (!uuid_parse(def->uuid, uuid))
        memset(uuid, 0, UUID_BYTES);
}

int pool_match(struct world *world, const struct storagepool *def, struct pool **ret_pool)
{
    unsigned char uuid[UUID_BYTES];
    char text[UUID_TEXT];
    struct pool *pool;

    def_uuid(def, uuid);
    pool = objlist_by_uuid(&world->pools, uuid);
    if (pool && strcmp(pool->name, def->name) != 0) {
        error_set(VIR_FROM_STORAGE, VIR_ERR_OPERATION_FAILED,
                  "pool '%s' is already defined with uuid %s", pool->name, uuid_format(uuid, text));
        return -1;
    }
    if (!pool && (pool = objlist_by_name(&world->pools, def->name))) {
        error_set(VIR_FROM_STORAGE, VIR_ERR_OPERATION_FAILED,
                  "pool '%s' already exists with uuid %s", pool->name,
                  uuid_format(pool->item.uuid, text));
        return -1;
    }
    if (check_sources(world, def, pool) < 0)
        return -1;
    *ret_pool = pool;
    return 0;
}

struct pool *pool_add(struct world *world, struct storagepool *def)
{
    struct pool *pool = g_new0(struct pool, 1);

    pool->def = def;
    def->capacity = def->available = POOL_CAPACITY;
    def->allocation = 0;
    pool->name = g_strdup(def->name);
    pool->item.name = pool->name;
    pool->item.id = -1;
    def_uuid(def, pool->item.uuid);
    objlist_init(&pool->volumes, OBJLIST_NAME);
    pool->by_path = g_hash_table_new(g_str_hash, g_str_equal);
    objlist_add(&world->pools, &pool->item);
    return pool;
}

/* The books belong to the pool, whichever document describes it. */
static void keep_books(const struct pool *pool, struct storagepool *def)
{
    def->capacity = pool->def->capacity;
    def->allocation = pool->def->allocation;
    def->available = pool->def->available;
}

void pool_set_stored(struct pool *pool, struct storagepool *def)
{
    struct storagepool **place = pool->active ? &pool->stored : &pool->def;

    keep_books(pool, def);
    storagepool_free(*place);
    *place = def;
}

void pool_set_live(struct pool *pool, struct storagepool *def)
{
    keep_books(pool, def);
    storagepool_free(pool->def);
    pool->def = def;
}

void pool_remove(struct world *world, struct pool *pool)
{
    objlist_remove(&world->pools, &pool->item);
    for (struct vol *vol; (vol = g_queue_peek_head(&pool->volumes.order));)
        vol_remove(pool, vol);
    objlist_clear(&pool->volumes);
    g_hash_table_destroy(pool->by_path);
    storagepool_free(pool->def);
    storagepool_free(pool->stored);
    g_free(pool->name);
    g_free(pool);
}

void pool_book(struct pool *pool, long long bytes)
{
    struct storagepool *def = pool->def;
    long long more = CLAMP(bytes, -(long long)def->allocation, (long long)def->available);

    def->allocation += more;
    def->available = def->capacity > def->allocation ? def->capacity - def->allocation : 0;
    if (pool->stored)
        keep_books(pool, pool->stored);
}
