/* Resizing and wiping: the volume is marked as written while the world's lock is dropped. */
#include "core/drivers/test/volume.h"

#include "core/object/error.h"
#include "objects.h"

/* Marks an idle volume; NULL with an error. */
static struct vol *begin_change(struct world *world, virStorageVolPtr handle,
                                struct pool **ret_pool)
{
    struct vol *vol = vol_find(world, handle, ret_pool);

    if (!vol || vol_require_idle(vol) < 0)
        return NULL;
    vol->contents->writer = TRUE;
    contents_ref(vol->contents);
    return vol;
}

static void end_change(struct contents *contents)
{
    contents->writer = FALSE;
    contents_unref(contents);
}

static int fail_capacity(const struct vol *vol, const char *why)
{
    error_set(VIR_FROM_STORAGE, VIR_ERR_INVALID_ARG, "capacity of volume '%s': %s", vol->item.name,
              why);
    return -1;
}

static int new_capacity(const struct vol *vol, unsigned long long capacity, unsigned int flags,
                        unsigned long long *ret_capacity)
{
    unsigned long long now = vol->def->capacity, then = capacity;
    gboolean shrink = flags & VIR_STORAGE_VOL_RESIZE_SHRINK;

    if (flags & VIR_STORAGE_VOL_RESIZE_DELTA) {
        if (!shrink && capacity > G_MAXUINT64 - now)
            return fail_capacity(vol, "the sum is more than 64 bits hold");
        then = shrink ? now - MIN(now, capacity) : now + capacity;
    }
    if (!shrink && then < vol->def->allocation && then < now)
        return fail_capacity(vol, "can't shrink capacity below existing allocation");
    if (!shrink && then < now)
        return fail_capacity(vol, "Can't shrink capacity below current capacity unless shrink flag "
                                  "explicitly specified");
    *ret_capacity = then;
    return 0;
}

static int check_room(const struct pool *pool, const struct vol *vol, unsigned long long capacity,
                      unsigned int flags)
{
    unsigned long long have = vol->def->allocation + pool->def->available;

    if (!(flags & VIR_STORAGE_VOL_RESIZE_ALLOCATE) || capacity <= have)
        return 0;
    error_set(VIR_FROM_STORAGE, VIR_ERR_OPERATION_FAILED,
              "Not enough space left in storage pool '%s' for %llu bytes", pool->name, capacity);
    return -1;
}

static void set_capacity(struct pool *pool, struct vol *vol, unsigned long long capacity,
                         unsigned int flags)
{
    vol->def->capacity = capacity;
    if (flags & VIR_STORAGE_VOL_RESIZE_ALLOCATE || vol->def->allocation > capacity)
        vol_allocate(pool, vol, capacity);
}

/* Cuts off what is beyond the new end, without the world's lock, which is held before and after. */
static int cut(struct world *world, struct contents *contents, unsigned long long capacity)
{
    int rc;

    lock_drop(&world->lock);
    rc = contents_truncate(contents, capacity);
    lock_take(&world->lock);
    return rc;
}

static int resize_locked(struct world *world, virStorageVolPtr handle, unsigned long long capacity,
                         unsigned int flags)
{
    struct contents *contents;
    struct pool *pool;
    struct vol *vol = begin_change(world, handle, &pool);
    int rc = -1;

    if (!vol)
        return -1;
    contents = vol->contents;
    if (new_capacity(vol, capacity, flags, &capacity) == 0 &&
        check_room(pool, vol, capacity, flags) == 0)
        rc = cut(world, contents, capacity);
    /* The pool may have gone meanwhile, and the volume with it. */
    vol = rc == 0 ? vol_find(world, handle, &pool) : NULL;
    if (vol)
        set_capacity(pool, vol, capacity, flags);
    end_change(contents);
    return vol ? 0 : -1;
}

int test_storageVolResize(virStorageVolPtr handle, unsigned long long capacity, unsigned int flags)
{
    struct world *world = world_of(handle->conn);

    if (flags_check(flags,
                    VIR_STORAGE_VOL_RESIZE_ALLOCATE | VIR_STORAGE_VOL_RESIZE_DELTA |
                        VIR_STORAGE_VOL_RESIZE_SHRINK,
                    __func__) < 0)
        return -1;
    if (!capacity && !(flags & (VIR_STORAGE_VOL_RESIZE_DELTA | VIR_STORAGE_VOL_RESIZE_SHRINK))) {
        error_set(VIR_FROM_STORAGE, VIR_ERR_INVALID_ARG,
                  "capacity in virStorageVolResize must be greater than zero, or be given with a "
                  "flag that "
                  "says what 0 means");
        return -1;
    }
    lock_guard(&world->lock);
    return resize_locked(world, handle, capacity, flags);
}

/* The methods that end with zeros need no passes before: nothing is left of a page that is given
 * back. */
static gboolean ends_with_zeros(unsigned int algorithm)
{
    return algorithm == VIR_STORAGE_VOL_WIPE_ALG_ZERO || algorithm == VIR_STORAGE_VOL_WIPE_ALG_TRIM;
}

static int wipe_contents(virConnectPtr conn, struct contents *contents, unsigned int algorithm,
                         unsigned long long end)
{
    struct call call;
    int rc;

    if (ends_with_zeros(algorithm))
        return contents_truncate(contents, 0);
    call_begin_as(&call, &conn->calls, "virStorageVolWipePattern");
    rc = contents_scramble(&call, contents, end);
    call_end(&call);
    return rc;
}

int test_storageVolWipePattern(virStorageVolPtr handle, unsigned int algorithm, unsigned int flags)
{
    struct world *world = world_of(handle->conn);
    unsigned long long end;
    struct contents *contents;
    struct pool *pool;
    struct vol *vol;
    int rc;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    if (algorithm >= VIR_STORAGE_VOL_WIPE_ALG_LAST) {
        error_set(VIR_FROM_STORAGE, VIR_ERR_INVALID_ARG,
                  "wiping algorithm %u not supported: 0 to %d are", algorithm,
                  VIR_STORAGE_VOL_WIPE_ALG_LAST - 1);
        return -1;
    }
    lock_guard(&world->lock);
    vol = begin_change(world, handle, &pool);
    if (!vol)
        return -1;
    contents = vol->contents;
    end = vol->def->capacity;
    lock_drop(&world->lock);
    rc = wipe_contents(handle->conn, contents, algorithm, end);
    lock_take(&world->lock);
    end_change(contents);
    return rc;
}

int test_storageVolWipe(virStorageVolPtr handle, unsigned int flags)
{
    return test_storageVolWipePattern(handle, VIR_STORAGE_VOL_WIPE_ALG_ZERO, flags);
}
