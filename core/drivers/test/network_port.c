#include "core/drivers/test/network_port.h"

#include <string.h>

#include "core/object/error.h"
#include "core/object/params.h"
#include "objects.h"
#include "params_tables.h"

static const struct doc_context context = {.driver = "test"};

static void port_remove(struct net *net, struct port *port)
{
    objlist_remove(&net->ports, &port->item);
    networkport_free(port->def);
    g_free(port->name);
    g_free(port);
}

void net_ports_free(struct net *net)
{
    for (struct port *port; (port = g_queue_peek_head(&net->ports.order));)
        port_remove(net, port);
}

/* A network that runs: only such have ports. */
static struct net *find_active(struct world *world, virNetworkPtr network)
{
    struct net *net = net_find(world, network);

    if (!net || net->active)
        return net;
    error_set(VIR_FROM_NETWORK, VIR_ERR_OPERATION_INVALID, "network '%s' is not active", net->name);
    return NULL;
}

static struct port *find_uuid(struct net *net, const unsigned char *uuid)
{
    struct port *port = net ? objlist_by_uuid(&net->ports, uuid) : NULL;
    char text[UUID_TEXT];

    if (net && !port)
        error_set(VIR_FROM_NETWORK, VIR_ERR_NO_NETWORK_PORT,
                  "Network port with UUID %s does not exist", uuid_format(uuid, text));
    return port;
}

/* NULL with an error; `ret_net` may be NULL. */
static struct port *find(virNetworkPortPtr handle, struct net **ret_net)
{
    struct net *net = net_find(world_of(handle->conn), handle->parent);

    if (ret_net)
        *ret_net = net;
    return find_uuid(net, handle->uuid);
}

virNetworkPortPtr test_networkPortLookupByUUID(virNetworkPtr network, const unsigned char *uuid)
{
    struct world *world = world_of(network->conn);

    lock_guard(&world->lock);
    return find_uuid(net_find(world, network), uuid) ? new_network_port(network, uuid) : NULL;
}

/* With the lock held; takes `def` over when it succeeds. */
static struct port *create_locked(struct net *net, struct networkport *def, gboolean reclaim)
{
    unsigned char uuid[UUID_BYTES];
    struct port *port;

    /* The document's reader has checked or made it. */
    if (!uuid_parse(def->uuid, uuid))
        memset(uuid, 0, UUID_BYTES);
    if (port_check_plug(def, reclaim) < 0)
        return NULL;
    if (objlist_by_uuid(&net->ports, uuid)) {
        error_set(VIR_FROM_NETWORK, VIR_ERR_NETWORK_PORT_EXIST,
                  "Network port with UUID %s already exists", def->uuid);
        return NULL;
    }
    if (!reclaim && port_plug(net, def) < 0)
        return NULL;
    port = g_new0(struct port, 1);
    port->def = def;
    port->name = g_strdup(def->uuid);
    port->item.name = port->name;
    port->item.id = -1;
    memcpy(port->item.uuid, uuid, UUID_BYTES);
    objlist_add(&net->ports, &port->item);
    return port;
}

virNetworkPortPtr test_networkPortCreateXML(virNetworkPtr network, const char *xml,
                                            unsigned int flags)
{
    struct world *world = world_of(network->conn);
    gboolean reclaim = (flags & VIR_NETWORK_PORT_CREATE_RECLAIM) != 0;
    gboolean validate = (flags & VIR_NETWORK_PORT_CREATE_VALIDATE) != 0;
    struct networkport *def;
    struct port *port;
    struct net *net;

    if (flags_check(flags, VIR_NETWORK_PORT_CREATE_RECLAIM | VIR_NETWORK_PORT_CREATE_VALIDATE,
                    __func__) < 0)
        return NULL;
    def = networkport_parse(xml, &context, validate ? DOC_VALIDATE : 0);
    if (!def)
        return NULL;
    lock_guard(&world->lock);
    net = find_active(world, network);
    port = net ? create_locked(net, def, reclaim) : NULL;
    if (port)
        return new_network_port(network, port->item.uuid);
    networkport_free(def);
    return NULL;
}

int test_networkPortDelete(virNetworkPortPtr handle, unsigned int flags)
{
    struct world *world = world_of(handle->conn);
    struct port *port;
    struct net *net;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    lock_guard(&world->lock);
    port = find(handle, &net);
    if (!port)
        return -1;
    port_remove(net, port);
    return 0;
}

char *test_networkPortGetXMLDesc(virNetworkPortPtr handle, unsigned int flags)
{
    struct world *world = world_of(handle->conn);
    struct port *port;

    if (flags_check(flags, 0, __func__) < 0)
        return NULL;
    lock_guard(&world->lock);
    port = find(handle, NULL);
    return port ? networkport_format(port->def, 0) : NULL;
}

int test_networkListAllPorts(virNetworkPtr network, virNetworkPortPtr **ports, unsigned int flags)
{
    struct world *world = world_of(network->conn);
    virNetworkPortPtr *found;
    struct net *net;
    int n = 0;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    lock_guard(&world->lock);
    net = find_active(world, network);
    if (!net)
        return -1;
    if (ports) {
        found = g_new0(virNetworkPortPtr, objlist_count(&net->ports) + 1);
        for (objlist_each(&net->ports, struct port, port))
            found[n++] = new_network_port(network, port->item.uuid);
        *ports = found;
    }
    return objlist_count(&net->ports);
}

static void add_inbound(struct params *list, const struct common_rate *rate)
{
    params_add_uint(list, rate->average, VIR_NETWORK_PORT_BANDWIDTH_IN_AVERAGE);
    params_add_uint(list, rate->peak, VIR_NETWORK_PORT_BANDWIDTH_IN_PEAK);
    params_add_uint(list, rate->floor, VIR_NETWORK_PORT_BANDWIDTH_IN_FLOOR);
    params_add_uint(list, rate->burst, VIR_NETWORK_PORT_BANDWIDTH_IN_BURST);
}

static void add_outbound(struct params *list, const struct common_rate *rate)
{
    params_add_uint(list, rate->average, VIR_NETWORK_PORT_BANDWIDTH_OUT_AVERAGE);
    params_add_uint(list, rate->peak, VIR_NETWORK_PORT_BANDWIDTH_OUT_PEAK);
    params_add_uint(list, rate->burst, VIR_NETWORK_PORT_BANDWIDTH_OUT_BURST);
}

int test_networkPortGetParameters(virNetworkPortPtr handle, virTypedParameterPtr *params,
                                  int *nparams, unsigned int flags)
{
    struct world *world = world_of(handle->conn);
    const struct networkport_bandwidth *limits;
    params_auto_t list = {0};
    struct port *port;

    if (flags_check(flags, VIR_TYPED_PARAM_STRING_OKAY, __func__) < 0)
        return -1;
    lock_guard(&world->lock);
    port = find(handle, NULL);
    if (!port)
        return -1;
    limits = port->def->bandwidth;
    if (limits && (limits->inbound.average || limits->inbound.floor))
        add_inbound(&list, &limits->inbound);
    if (limits && limits->outbound.average)
        add_outbound(&list, &limits->outbound);
    return params_steal(&list, params, nparams);
}

static unsigned int value_of(virTypedParameterPtr params, int n, const char *name)
{
    virTypedParameterPtr it = params_find(params, n, name);

    return it ? it->value.ui : 0;
}

static void read_limits(virTypedParameterPtr params, int n, struct networkport_bandwidth *limits)
{
    struct common_rate in = {
        .average = value_of(params, n, VIR_NETWORK_PORT_BANDWIDTH_IN_AVERAGE),
        .peak = value_of(params, n, VIR_NETWORK_PORT_BANDWIDTH_IN_PEAK),
        .floor = value_of(params, n, VIR_NETWORK_PORT_BANDWIDTH_IN_FLOOR),
        .burst = value_of(params, n, VIR_NETWORK_PORT_BANDWIDTH_IN_BURST),
    };
    struct common_rate out = {
        .average = value_of(params, n, VIR_NETWORK_PORT_BANDWIDTH_OUT_AVERAGE),
        .peak = value_of(params, n, VIR_NETWORK_PORT_BANDWIDTH_OUT_PEAK),
        .burst = value_of(params, n, VIR_NETWORK_PORT_BANDWIDTH_OUT_BURST),
    };

    /* Without an average the direction has no limit, whatever else is said of it. */
    limits->inbound = in.average || in.floor ? in : (struct common_rate){0};
    limits->outbound = out.average ? out : (struct common_rate){0};
}

int test_networkPortSetParameters(virNetworkPortPtr handle, virTypedParameterPtr params,
                                  int nparams, unsigned int flags)
{
    struct world *world = world_of(handle->conn);
    struct port *port;

    if (flags_check(flags, VIR_TYPED_PARAM_STRING_OKAY, __func__) < 0 ||
        params_validate(params, nparams, virNetworkPortBandwidth_rules,
                        G_N_ELEMENTS(virNetworkPortBandwidth_rules), 0) < 0)
        return -1;
    lock_guard(&world->lock);
    port = find(handle, NULL);
    if (!port)
        return -1;
    if (!port->def->bandwidth)
        port->def->bandwidth = g_new0(struct networkport_bandwidth, 1);
    read_limits(params, nparams, port->def->bandwidth);
    return 0;
}
