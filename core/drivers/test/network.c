#include "core/drivers/test/network.h"
#include "core/drivers/test/network_port.h"

#include <stdlib.h>
#include <string.h>

#include "core/object/error.h"
#include "objects.h"

static const struct doc_context context = {.driver = "test"};

static virNetworkPtr handle(virConnectPtr conn, const struct net *net)
{
    return new_network(conn, net->name, net->item.uuid);
}

static virNetworkPtr test_networkLookupByName(virConnectPtr conn, const char *name)
{
    struct world *world = world_of(conn);
    struct net *net;

    lock_guard(&world->lock);
    net = objlist_by_name(&world->networks, name);
    if (net)
        return handle(conn, net);
    error_set(VIR_FROM_TEST, VIR_ERR_NO_NETWORK, "no network with matching name '%s'", name);
    return NULL;
}

static virNetworkPtr test_networkLookupByUUID(virConnectPtr conn, const unsigned char *uuid)
{
    struct world *world = world_of(conn);
    struct net *net;

    lock_guard(&world->lock);
    net = net_find_uuid(world, uuid);
    return net ? handle(conn, net) : NULL;
}

/* With the lock held; takes `def` over. */
static struct net *define_locked(struct world *world, struct network *def)
{
    struct net *net;

    if (net_match(world, def, &net) < 0) {
        network_free(def);
        return NULL;
    }
    if (net)
        net_set_stored(net, def);
    else
        net = net_add(world, def);
    net->persistent = TRUE;
    net_event(world, net, VIR_NETWORK_EVENT_DEFINED);
    return net;
}

static virNetworkPtr test_networkDefineXMLFlags(virConnectPtr conn, const char *xml,
                                                unsigned int flags)
{
    struct world *world = world_of(conn);
    struct network *def;
    struct net *net;

    if (flags_check(flags, VIR_NETWORK_DEFINE_VALIDATE, __func__) < 0)
        return NULL;
    def = network_parse(xml, &context, DOC_INACTIVE | (flags ? DOC_VALIDATE : 0));
    if (!def)
        return NULL;
    lock_guard(&world->lock);
    net = define_locked(world, def);
    return net ? handle(conn, net) : NULL;
}

static virNetworkPtr test_networkDefineXML(virConnectPtr conn, const char *xml)
{
    return test_networkDefineXMLFlags(conn, xml, 0);
}

/* With the lock held; takes `def` over. */
static struct net *create_locked(struct world *world, struct network *def)
{
    struct net *net;

    if (net_match(world, def, &net) < 0) {
        network_free(def);
        return NULL;
    }
    if (net && net->active) {
        error_set(VIR_FROM_NETWORK, VIR_ERR_OPERATION_INVALID, "network is already active as '%s'",
                  net->name);
        network_free(def);
        return NULL;
    }
    if (net)
        net_set_live(net, def);
    else
        net = net_add(world, def);
    net->active = TRUE;
    net_event(world, net, VIR_NETWORK_EVENT_STARTED);
    return net;
}

static virNetworkPtr test_networkCreateXMLFlags(virConnectPtr conn, const char *xml,
                                                unsigned int flags)
{
    struct world *world = world_of(conn);
    struct network *def;
    struct net *net;

    if (flags_check(flags, VIR_NETWORK_CREATE_VALIDATE, __func__) < 0)
        return NULL;
    def = network_parse(xml, &context, DOC_INACTIVE | (flags ? DOC_VALIDATE : 0));
    if (!def)
        return NULL;
    lock_guard(&world->lock);
    net = create_locked(world, def);
    return net ? handle(conn, net) : NULL;
}

static virNetworkPtr test_networkCreateXML(virConnectPtr conn, const char *xml)
{
    return test_networkCreateXMLFlags(conn, xml, 0);
}

static int test_networkCreate(virNetworkPtr network)
{
    struct world *world = world_of(network->conn);
    struct net *net;

    lock_guard(&world->lock);
    net = net_find(world, network);
    if (!net)
        return -1;
    if (net->active) {
        error_set(VIR_FROM_TEST, VIR_ERR_OPERATION_INVALID, "Network '%s' is already running",
                  net->name);
        return -1;
    }
    net->active = TRUE;
    net_event(world, net, VIR_NETWORK_EVENT_STARTED);
    return 0;
}

/* Stopping what does not run is no mistake here: scripts for this driver rely on it. */
static int test_networkDestroy(virNetworkPtr network)
{
    struct world *world = world_of(network->conn);
    struct net *net;

    lock_guard(&world->lock);
    net = net_find(world, network);
    if (!net)
        return -1;
    net->active = FALSE;
    net_ports_free(net);
    if (net->stored)
        net_set_stored(net, g_steal_pointer(&net->stored));
    net_event(world, net, VIR_NETWORK_EVENT_STOPPED);
    if (!net->persistent)
        net_remove(world, net);
    return 0;
}

static int test_networkUndefine(virNetworkPtr network)
{
    struct world *world = world_of(network->conn);
    struct net *net;

    lock_guard(&world->lock);
    net = net_find(world, network);
    if (!net)
        return -1;
    if (net->active) {
        error_set(VIR_FROM_TEST, VIR_ERR_OPERATION_INVALID, "Network '%s' is still running",
                  net->name);
        return -1;
    }
    net_event(world, net, VIR_NETWORK_EVENT_UNDEFINED);
    net_remove(world, net);
    return 0;
}

static char *test_networkGetXMLDesc(virNetworkPtr network, unsigned int flags)
{
    struct world *world = world_of(network->conn);
    gboolean inactive = flags & VIR_NETWORK_XML_INACTIVE;
    struct net *net;

    if (flags_check(flags, VIR_NETWORK_XML_INACTIVE, __func__) < 0)
        return NULL;
    lock_guard(&world->lock);
    net = net_find(world, network);
    if (!net)
        return NULL;
    return network_format(inactive ? net_stored(net) : net->def, inactive ? DOC_INACTIVE : 0);
}

static char *test_networkGetBridgeName(virNetworkPtr network)
{
    struct world *world = world_of(network->conn);
    struct net *net;

    lock_guard(&world->lock);
    net = net_find(world, network);
    if (net && !net->def->bridge.name)
        error_set(VIR_FROM_TEST, VIR_ERR_INTERNAL_ERROR,
                  "network '%s' does not have a bridge name.", net->name);
    return net ? g_strdup(net->def->bridge.name) : NULL;
}

static int test_networkGetAutostart(virNetworkPtr network, int *autostart)
{
    struct world *world = world_of(network->conn);
    struct net *net;

    lock_guard(&world->lock);
    net = net_find(world, network);
    if (!net)
        return -1;
    *autostart = net->autostart;
    return 0;
}

static int test_networkSetAutostart(virNetworkPtr network, int autostart)
{
    struct world *world = world_of(network->conn);
    struct net *net;

    lock_guard(&world->lock);
    net = net_find(world, network);
    if (!net)
        return -1;
    net->autostart = autostart != 0;
    return 0;
}

static int test_networkIsActive(virNetworkPtr network)
{
    struct world *world = world_of(network->conn);
    struct net *net;

    lock_guard(&world->lock);
    net = net_find_uuid(world, network->uuid);
    return net ? net->active : -1;
}

static int test_networkIsPersistent(virNetworkPtr network)
{
    struct world *world = world_of(network->conn);
    struct net *net;

    lock_guard(&world->lock);
    net = net_find_uuid(world, network->uuid);
    return net ? net->persistent : -1;
}

int network_load(struct world *world, const char *xml, const char *what)
{
    struct network *def = network_parse(xml, &context, DOC_INACTIVE);
    struct net *net = def ? create_locked(world, def) : NULL;

    if (!net) {
        error_prefix("%s", what);
        return -1;
    }
    net->persistent = TRUE;
    return 0;
}

const struct network_driver test_network_driver = {
    .name = "Test",
    .connectListAllNetworks = test_connectListAllNetworks,
    .connectListDefinedNetworks = test_connectListDefinedNetworks,
    .connectListNetworks = test_connectListNetworks,
    .connectNetworkEventDeregisterAny = test_connectNetworkEventDeregisterAny,
    .connectNetworkEventRegisterAny = test_connectNetworkEventRegisterAny,
    .connectNumOfDefinedNetworks = test_connectNumOfDefinedNetworks,
    .connectNumOfNetworks = test_connectNumOfNetworks,
    .networkCreate = test_networkCreate,
    .networkCreateXML = test_networkCreateXML,
    .networkCreateXMLFlags = test_networkCreateXMLFlags,
    .networkDefineXML = test_networkDefineXML,
    .networkDefineXMLFlags = test_networkDefineXMLFlags,
    .networkDestroy = test_networkDestroy,
    .networkGetAutostart = test_networkGetAutostart,
    .networkGetBridgeName = test_networkGetBridgeName,
    .networkGetDHCPLeases = test_networkGetDHCPLeases,
    .networkGetXMLDesc = test_networkGetXMLDesc,
    .networkGetMetadata = test_networkGetMetadata,
    .networkIsActive = test_networkIsActive,
    .networkIsPersistent = test_networkIsPersistent,
    .networkListAllPorts = test_networkListAllPorts,
    .networkLookupByName = test_networkLookupByName,
    .networkLookupByUUID = test_networkLookupByUUID,
    .networkPortCreateXML = test_networkPortCreateXML,
    .networkPortDelete = test_networkPortDelete,
    .networkPortGetParameters = test_networkPortGetParameters,
    .networkPortGetXMLDesc = test_networkPortGetXMLDesc,
    .networkPortLookupByUUID = test_networkPortLookupByUUID,
    .networkPortSetParameters = test_networkPortSetParameters,
    .networkSetAutostart = test_networkSetAutostart,
    .networkSetMetadata = test_networkSetMetadata,
    .networkUndefine = test_networkUndefine,
    .networkUpdate = test_networkUpdate,
};
