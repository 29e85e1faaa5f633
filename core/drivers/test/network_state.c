/* What networks there are: finding, adding, removing; definitions that wait. */
#include "core/drivers/test/network.h"
#include "core/drivers/test/network_port.h"

#include <string.h>

#include "core/object/error.h"
#include "objects.h"

static void net_free(struct net *net)
{
    net_ports_free(net);
    objlist_clear(&net->ports);
    network_free(net->def);
    network_free(net->stored);
    g_free(net->name);
    g_free(net);
}

void networks_free(struct world *world)
{
    for (struct net *net; (net = g_queue_peek_head(&world->networks.order));)
        net_remove(world, net);
}

struct net *net_find_uuid(struct world *world, const unsigned char *uuid)
{
    struct net *net = objlist_by_uuid(&world->networks, uuid);
    char text[UUID_TEXT];

    if (!net)
        error_set(VIR_FROM_TEST, VIR_ERR_NO_NETWORK, "no network with matching uuid '%s'",
                  uuid_format(uuid, text));
    return net;
}

struct net *net_find(struct world *world, virNetworkPtr network)
{
    struct net *net = objlist_by_uuid(&world->networks, network->uuid);

    if (!net)
        error_set(VIR_FROM_TEST, VIR_ERR_NO_NETWORK, "no network with matching name '%s'",
                  network->name);
    return net;
}

static void def_uuid(const struct network *def, unsigned char *uuid)
{
    /* The document's reader has checked or made it. */
    if (!uuid_parse(def->uuid, uuid))
        memset(uuid, 0, UUID_BYTES);
}

int net_match(struct world *world, const struct network *def, struct net **ret_net)
{
    unsigned char uuid[UUID_BYTES];
    char text[UUID_TEXT];
    struct net *net;

    def_uuid(def, uuid);
    net = objlist_by_uuid(&world->networks, uuid);
    if (net && strcmp(net->name, def->name) != 0) {
        error_set(VIR_FROM_NETWORK, VIR_ERR_OPERATION_FAILED,
                  "network '%s' is already defined with uuid %s", net->name,
                  uuid_format(uuid, text));
        return -1;
    }
    if (!net && (net = objlist_by_name(&world->networks, def->name))) {
        error_set(VIR_FROM_NETWORK, VIR_ERR_OPERATION_FAILED,
                  "network '%s' already exists with uuid %s", net->name,
                  uuid_format(net->item.uuid, text));
        return -1;
    }
    *ret_net = net;
    return 0;
}

struct net *net_add(struct world *world, struct network *def)
{
    struct net *net = g_new0(struct net, 1);

    net->def = def;
    net->name = g_strdup(def->name);
    net->item.name = net->name;
    net->item.id = -1;
    objlist_init(&net->ports, OBJLIST_UUID);
    def_uuid(def, net->item.uuid);
    objlist_add(&world->networks, &net->item);
    return net;
}

void net_remove(struct world *world, struct net *net)
{
    objlist_remove(&world->networks, &net->item);
    net_free(net);
}

void net_set_stored(struct net *net, struct network *def)
{
    struct network **place = net->active ? &net->stored : &net->def;

    network_free(*place);
    *place = def;
}

void net_set_live(struct net *net, struct network *def)
{
    if (net->persistent && !net->stored)
        net->stored = net->def;
    else
        network_free(net->def);
    net->def = def;
}
