/* A change of the host's network that can be taken back: the interfaces as they were are kept
 * beside those that are worked on. One at a time for all connections. */
#include "core/drivers/test/hostif.h"

#include "core/object/error.h"

static void free_kept(void *data)
{
    interface_free(data);
}

static GPtrArray *keep(struct world *world)
{
    GPtrArray *kept = g_ptr_array_new_with_free_func(free_kept);

    for (objlist_each(&world->hostifs, struct hostif, hostif))
        g_ptr_array_add(kept, interface_copy(hostif->def));
    return kept;
}

static void remove_all(struct world *world)
{
    for (struct hostif *hostif; (hostif = g_queue_peek_head(&world->hostifs.order));)
        hostif_remove(world, hostif);
}

/* They come back, but not up: scripts for this driver know it so. */
static void restore(struct world *world)
{
    remove_all(world);
    for (guint i = 0; i < world->hostifs_before->len; i++)
        hostif_set(world, g_steal_pointer(&world->hostifs_before->pdata[i]));
}

void hostifs_free(struct world *world)
{
    remove_all(world);
    g_clear_pointer(&world->hostifs_before, g_ptr_array_unref);
}

int test_interfaceChangeBegin(virConnectPtr conn, unsigned int flags)
{
    struct world *world = world_of(conn);

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    lock_guard(&world->lock);
    if (world->hostifs_before) {
        error_set(VIR_FROM_TEST, VIR_ERR_OPERATION_INVALID,
                  "there is another transaction running.");
        return -1;
    }
    world->hostifs_before = keep(world);
    return 0;
}

int test_interfaceChangeCommit(virConnectPtr conn, unsigned int flags)
{
    struct world *world = world_of(conn);

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    lock_guard(&world->lock);
    if (!world->hostifs_before) {
        error_set(VIR_FROM_TEST, VIR_ERR_OPERATION_INVALID,
                  "no transaction running, nothing to be committed.");
        return -1;
    }
    g_clear_pointer(&world->hostifs_before, g_ptr_array_unref);
    return 0;
}

int test_interfaceChangeRollback(virConnectPtr conn, unsigned int flags)
{
    struct world *world = world_of(conn);

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    lock_guard(&world->lock);
    if (!world->hostifs_before) {
        error_set(VIR_FROM_TEST, VIR_ERR_OPERATION_INVALID,
                  "no transaction running, nothing to rollback.");
        return -1;
    }
    restore(world);
    g_clear_pointer(&world->hostifs_before, g_ptr_array_unref);
    return 0;
}
