#include "core/drivers/test/state.h"

#include <string.h>

#include "core/drivers/test/alarm.h"
#include "core/drivers/test/domain.h"
#include "core/drivers/test/fault.h"
#include "core/drivers/test/hostif.h"
#include "core/drivers/test/login.h"
#include "core/drivers/test/network.h"
#include "core/drivers/test/node.h"
#include "core/drivers/test/nodedev.h"
#include "core/drivers/test/nwfilter.h"
#include "core/drivers/test/secret.h"
#include "core/drivers/test/storage.h"
#include "core/drivers/test/stream.h"
#include "core/object/error.h"

/* The world behind test:///default, as long as somebody is connected to it. */
static struct world *default_world;
static GPtrArray *other_worlds;               /* those from files; NULL: there has been none */
static lock_t worlds_lock = LOCK_INITIALIZER; /* guards these, and the references of all worlds */

static struct world *world_new(void)
{
    static unsigned int serials;
    struct world *world = g_new0(struct world, 1);

    world->refs = 1;
    world->serial = __atomic_add_fetch(&serials, 1, __ATOMIC_RELAXED);
    lock_init(&world->lock);
    cond_init(&world->changed);
    world->connections = g_ptr_array_new();
    world->next_id = 1;
    world->merging.pages_to_scan = 100;
    world->merging.sleep = 20;
    world->merging.across = 1;
    objlist_init(&world->guests, OBJLIST_UUID | OBJLIST_ID);
    objlist_init(&world->networks, OBJLIST_UUID);
    objlist_init(&world->pools, OBJLIST_UUID);
    objlist_init(&world->hostifs, OBJLIST_NAME);
    objlist_init(&world->devices, OBJLIST_NAME);
    objlist_init(&world->secrets, OBJLIST_UUID);
    objlist_init(&world->filters, OBJLIST_UUID);
    objlist_init(&world->bindings, OBJLIST_NAME);
    return world;
}

static void world_free(struct world *world)
{
    alarm_free(world);
    guests_clear(world);
    networks_free(world);
    pools_free(world);
    hostifs_free(world);
    host_devices_free(world);
    secrets_free(world);
    filters_free(world);
    objlist_clear(&world->guests);
    objlist_clear(&world->networks);
    objlist_clear(&world->pools);
    objlist_clear(&world->hostifs);
    objlist_clear(&world->devices);
    objlist_clear(&world->secrets);
    objlist_clear(&world->filters);
    objlist_clear(&world->bindings);
    faults_free(world->faults);
    logins_free(world->logins);
    g_free(world->huge_pages);
    g_ptr_array_free(world->connections, TRUE);
    lock_clear(&world->lock);
    cond_clear(&world->changed);
    g_clear_pointer(&world->arrivals, g_hash_table_destroy);
    g_free(world->path);
    g_free(world);
}

struct world *world_default(void)
{
    lock_guard(&worlds_lock);

    if (default_world) {
        default_world->refs++;
        return default_world;
    }
    default_world = world_new();
    if (node_load_default(default_world) < 0) {
        world_free(default_world);
        default_world = NULL;
    }
    return default_world;
}

struct world *world_from_file(const char *path)
{
    struct world *world = world_new();

    if (node_load_file(world, path) < 0) {
        world_free(world);
        return NULL;
    }
    world->path = g_strdup(path);
    lock_guard(&worlds_lock);
    if (!other_worlds)
        other_worlds = g_ptr_array_new();
    g_ptr_array_add(other_worlds, world);
    return world;
}

/* Those of a description are many, each with its connection: only one can be meant. */
static struct world *find_other(const char *path)
{
    struct world *found = NULL;

    for (guint i = 0; other_worlds && i < other_worlds->len; i++) {
        struct world *world = other_worlds->pdata[i];

        if (strcmp(world->path, path) != 0)
            continue;
        if (found)
            return NULL;
        found = world;
    }
    return found;
}

struct world *world_open_elsewhere(const char *text)
{
    g_autoptr(GUri) uri = g_uri_parse(text, G_URI_FLAGS_NONE, NULL);
    const char *path = uri ? g_uri_get_path(uri) : "";
    struct world *world = NULL;
    lock_guard(&worlds_lock);

    /* who came through a daemon knows a world of this process by the way to it, "test+unix" */
    if (uri && (!strcmp(g_uri_get_scheme(uri), "test") ||
                g_str_has_prefix(g_uri_get_scheme(uri), "test+")))
        world = strcmp(path, "/default") ? find_other(path) : default_world;
    if (world)
        world->refs++;
    else
        error_set(VIR_FROM_TEST, VIR_ERR_OPERATION_FAILED,
                  "failed to connect to destination '%s': this process has to have one connection "
                  "to it open",
                  text);
    return world;
}

void world_unref(struct world *world)
{
    lock_take(&worlds_lock);
    if (--world->refs) {
        lock_drop(&worlds_lock);
        return;
    }
    if (world == default_world)
        default_world = NULL;
    else if (other_worlds)
        g_ptr_array_remove_fast(other_worlds, world);
    lock_drop(&worlds_lock);
    world_free(world);
}

void world_end_pipe(struct world *world, struct pipe *pipe)
{
    if (!world->pipes)
        world->pipes = g_ptr_array_new_with_free_func((GDestroyNotify)pipe_unref);
    g_ptr_array_add(world->pipes, pipe);
}

void world_unlock(struct world *world)
{
    g_autoptr(GPtrArray) pipes = g_steal_pointer(&world->pipes);

    lock_drop(&world->lock);
    for (guint i = 0; pipes && i < pipes->len; i++)
        pipe_finish(pipes->pdata[i]);
}

void world_join(struct world *world, virConnectPtr conn)
{
    lock_guard(&world->lock);

    g_ptr_array_add(world->connections, conn);
}

void world_leave(struct world *world, virConnectPtr conn)
{
    lock_guard(&world->lock);

    g_ptr_array_remove_fast(world->connections, conn);
}

gboolean world_listens(struct world *world)
{
    for (guint i = 0; i < world->connections->len; i++) {
        virConnectPtr conn = world->connections->pdata[i];

        if (event_queue_wanted(conn->events))
            return TRUE;
    }
    return FALSE;
}

void world_push(struct world *world, struct event *event)
{
    for (guint i = 0; i < world->connections->len; i++) {
        virConnectPtr conn = world->connections->pdata[i];

        if (event_queue_wanted(conn->events))
            event_queue_push(conn->events, event_ref(event));
    }
    event_unref(event);
}
