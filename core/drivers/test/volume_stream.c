/* Uploads and downloads. */
#include "core/drivers/test/stream.h"
#include "core/drivers/test/volume.h"

#include <string.h>

#include "core/object/error.h"
#include "objects.h"

/* What an open stream has to put back. */
struct transfer {
    struct contents *contents;
    unsigned char pool[UUID_BYTES];
    char *name; /* the volume's */
    gboolean write;
};

static void transfer_free(struct transfer *transfer)
{
    contents_unref(transfer->contents);
    g_free(transfer->name);
    g_free(transfer);
}

/* The volume of a transfer, if it is there still; with the lock held. */
static struct vol *find_again(struct world *world, const struct transfer *transfer,
                              struct pool **ret_pool)
{
    struct pool *pool = objlist_by_uuid(&world->pools, transfer->pool);
    struct vol *vol = pool ? objlist_by_name(&pool->volumes, transfer->name) : NULL;

    *ret_pool = pool;
    return vol && vol->contents == transfer->contents ? vol : NULL;
}

/* What was written into a thin volume is taken from its pool. */
static void transfer_ended(virStreamPtr stream, void *opaque)
{
    struct transfer *transfer = opaque;
    struct world *world = world_of(stream->conn);
    unsigned long long stored = transfer->write ? contents_stored(transfer->contents) : 0;
    struct pool *pool;
    struct vol *vol;

    lock_take(&world->lock);
    if (transfer->write)
        transfer->contents->writer = FALSE;
    else
        transfer->contents->readers--;
    vol = find_again(world, transfer, &pool);
    if (vol) {
        stored = MIN(stored, vol->def->capacity);
        if (stored > vol->def->allocation)
            vol_allocate(pool, vol, stored);
    }
    lock_drop(&world->lock);
    transfer_free(transfer);
}

static int check_place(const struct vol *vol, unsigned long long offset, unsigned long long length)
{
    unsigned long long capacity = vol->def->capacity;

    if (offset <= capacity && length <= capacity - offset)
        return 0;
    error_set(VIR_FROM_STORAGE, VIR_ERR_INVALID_ARG,
              "%llu bytes from byte %llu on lie outside of volume '%s', which has %llu", length,
              offset, vol->item.name, capacity);
    return -1;
}

static struct transfer *transfer_new(const struct pool *pool, const struct vol *vol, gboolean write)
{
    struct transfer *transfer = g_new0(struct transfer, 1);

    transfer->contents = contents_ref(vol->contents);
    memcpy(transfer->pool, pool->item.uuid, UUID_BYTES);
    transfer->name = g_strdup(vol->item.name);
    transfer->write = write;
    return transfer;
}

/* With the lock held: attaching a stream reads and writes nothing. */
static int open_locked(struct world *world, virStorageVolPtr handle, virStreamPtr stream,
                       unsigned long long length, struct stream_part *part)
{
    struct transfer *transfer;
    struct pool *pool;
    struct vol *vol = vol_find(world, handle, &pool);

    if (!vol || check_place(vol, part->begin, length) < 0)
        return -1;
    if (part->write ? vol_require_idle(vol) < 0 : vol_require_unwritten(vol) < 0)
        return -1;
    transfer = transfer_new(pool, vol, part->write);
    part->contents = vol->contents;
    part->end = length ? part->begin + length : vol->def->capacity;
    part->room = vol->def->allocation + pool->def->available;
    part->ended = transfer_ended;
    part->opaque = transfer;
    if (stream_open_part(stream, part) < 0) {
        transfer_free(transfer);
        return -1;
    }
    if (part->write)
        vol->contents->writer = TRUE;
    else
        vol->contents->readers++;
    return 0;
}

int test_storageVolUpload(virStorageVolPtr handle, virStreamPtr stream, unsigned long long offset,
                          unsigned long long length, unsigned int flags)
{
    struct world *world = world_of(handle->conn);
    struct stream_part part = {
        .write = TRUE,
        .sparse = (flags & VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM) != 0,
        .begin = offset,
    };

    if (flags_check(flags, VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM, __func__) < 0)
        return -1;
    lock_guard(&world->lock);
    return open_locked(world, handle, stream, length, &part);
}

int test_storageVolDownload(virStorageVolPtr handle, virStreamPtr stream, unsigned long long offset,
                            unsigned long long length, unsigned int flags)
{
    struct world *world = world_of(handle->conn);
    struct stream_part part = {
        .sparse = (flags & VIR_STORAGE_VOL_DOWNLOAD_SPARSE_STREAM) != 0,
        .begin = offset,
    };

    if (flags_check(flags, VIR_STORAGE_VOL_DOWNLOAD_SPARSE_STREAM, __func__) < 0)
        return -1;
    lock_guard(&world->lock);
    return open_locked(world, handle, stream, length, &part);
}
