/* The test driver: hosts that exist in memory only. */
#include "core/driver/registry.h"
#include "core/drivers/test/fault.h"
#include "core/drivers/test/hostif.h"
#include "core/drivers/test/login.h"
#include "core/drivers/test/migrate.h"
#include "core/drivers/test/network.h"
#include "core/drivers/test/nodedev.h"
#include "core/drivers/test/nwfilter.h"
#include "core/drivers/test/secret.h"
#include "core/drivers/test/slots.h"
#include "core/drivers/test/state.h"
#include "core/drivers/test/storage.h"
#include "core/object/error.h"

#define TEST_SLOT_ENTRY(slot) .slot = test_##slot,
static const struct hypervisor_driver test_hypervisor_driver = {.name = "Test",
                                                                TEST_SLOTS(TEST_SLOT_ENTRY)};

static struct world *find_world(GUri *uri)
{
    const char *path = g_uri_get_path(uri);

    if (!path || !*path || !strcmp(path, "/")) {
        error_set(VIR_FROM_TEST, VIR_ERR_INVALID_ARG,
                  "testOpen: supply a path or use test:///default");
        return NULL;
    }
    return strcmp(path, "/default") ? world_from_file(path) : world_default();
}

static enum open_result test_open(virConnectPtr conn, GUri *uri, virConnectAuthPtr auth,
                                  unsigned int flags)
{
    const char *host = g_uri_get_host(uri);
    struct world *world;

    if (strcmp(g_uri_get_scheme(uri), "test") != 0 || (host && *host))
        return OPEN_DECLINED;
    world = find_world(uri);
    if (!world)
        return OPEN_FAILED;
    if (logins_ask(world->logins, auth) < 0) {
        world_unref(world);
        return OPEN_FAILED;
    }
    conn->tables = (struct driver_tables){
        .hypervisor = &test_hypervisor_driver,
        .interface = &test_interface_driver,
        .network = &test_network_driver,
        .nodedev = &test_nodedev_driver,
        .nwfilter = &test_nwfilter_driver,
        .secret = &test_secret_driver,
        .storage = &test_storage_driver,
    };
    conn->data = (struct driver_data){
        .hypervisor = world,
        .interface = world,
        .network = world,
        .nodedev = world,
        .nwfilter = world,
        .secret = world,
        .storage = world,
    };
    faults_attach(world->faults, conn);
    world_join(world, conn);
    return OPEN_OK;
}

static void test_close(virConnectPtr conn)
{
    struct world *world = world_of(conn);

    if (!world)
        return;
    migrations_abandon(world, conn);
    world_leave(world, conn);
    world_unref(world);
}

const struct connect_driver test_connect_driver = {
    .name = "TEST",
    .quick_reads = TRUE,
    .open = test_open,
    .close = test_close,
};
