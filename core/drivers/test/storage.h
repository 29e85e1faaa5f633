/* Storage pools of the test driver's world. */
#pragma once

#include "conf/storagepool_doc.h"
#include "core/drivers/test/state.h"

#define POOL_CAPACITY (100ULL << 30) /* of every pool: it stands on no medium */

struct pool {
    struct objlist_item item;
    char *name;
    struct storagepool *def; /* with its capacity, allocation and available */
    struct storagepool
        *stored; /* the definition, while it differs from what is active; else NULL */
    gboolean active;
    gboolean persistent;
    gboolean autostart;
    struct objlist volumes; /* struct vol, volume.h */
    GHashTable *by_path;    /* the same; the paths are the volumes' */
};

extern const struct storage_driver test_storage_driver;

/* For the world that is made or freed: nobody else sees it. */
void pools_free(struct world *world);
/* An active, persistent pool with the <volume>s that its document has inside; `what` names the
 * document in errors ("<pool> in node.xml"). */
int pool_load(struct world *world, const char *xml, const char *what);

/* The rest is shared by the storage files; with the world's lock held. The errors name what a
 * handle stands for. */
struct pool *pool_find(struct world *world, virStoragePoolPtr handle);
struct pool *pool_find_uuid(struct world *world, const unsigned char *uuid);
struct pool *pool_find_name(struct world *world, const char *name);
struct pool *pool_find_active(struct world *world, virStoragePoolPtr handle);
struct pool *pool_find_inactive(struct world *world, virStoragePoolPtr handle);
int pool_require_active(const struct pool *pool);

/* The pool that a document means: NULL in `ret_pool` for a new one, -1 with an error when its name,
 * UUID or source is another's. */
int pool_match(struct world *world, const struct storagepool *def, struct pool **ret_pool);
/* These take `def` over. */
struct pool *pool_add(struct world *world, struct storagepool *def);
void pool_set_stored(struct pool *pool, struct storagepool *def);
void pool_set_live(struct pool *pool, struct storagepool *def);
void pool_remove(struct world *world, struct pool *pool);
static inline struct storagepool *pool_stored(struct pool *pool)
{
    return pool->stored ? pool->stored : pool->def;
}
/* Books `bytes` more, or less, as taken; no more than there are. */
void pool_book(struct pool *pool, long long bytes);

void pool_event(struct world *world, struct pool *pool, int id, int lifecycle);

/* Slots that live in files of their own. */
int test_connectStoragePoolEventRegisterAny(virConnectPtr conn, virStoragePoolPtr pool,
                                            int event_id,
                                            virConnectStoragePoolEventGenericCallback cb,
                                            void *opaque, virFreeCallback freecb);
int test_connectStoragePoolEventDeregisterAny(virConnectPtr conn, int callback_id);
int test_connectListAllStoragePools(virConnectPtr conn, virStoragePoolPtr **pools,
                                    unsigned int flags);
int test_connectListStoragePools(virConnectPtr conn, char **names, int max);
int test_connectListDefinedStoragePools(virConnectPtr conn, char **names, int max);
int test_connectNumOfStoragePools(virConnectPtr conn);
int test_connectNumOfDefinedStoragePools(virConnectPtr conn);
char *test_connectGetStoragePoolCapabilities(virConnectPtr conn, unsigned int flags);
char *test_connectFindStoragePoolSources(virConnectPtr conn, const char *type, const char *spec,
                                         unsigned int flags);
