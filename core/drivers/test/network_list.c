#include "core/drivers/test/network.h"

#include "objects.h"

#define LIST_FLAGS                                                                                 \
    (VIR_CONNECT_LIST_NETWORKS_INACTIVE | VIR_CONNECT_LIST_NETWORKS_ACTIVE |                       \
     VIR_CONNECT_LIST_NETWORKS_PERSISTENT | VIR_CONNECT_LIST_NETWORKS_TRANSIENT |                  \
     VIR_CONNECT_LIST_NETWORKS_AUTOSTART | VIR_CONNECT_LIST_NETWORKS_NO_AUTOSTART)

/* A pair of opposite flags: with none or both given, everything passes. */
static gboolean passes(unsigned int flags, unsigned int yes, unsigned int no, gboolean is)
{
    return !(flags & (yes | no)) || (is ? flags & yes : flags & no);
}

static gboolean wanted(const struct net *net, unsigned int flags)
{
    return passes(flags, VIR_CONNECT_LIST_NETWORKS_ACTIVE, VIR_CONNECT_LIST_NETWORKS_INACTIVE,
                  net->active) &&
           passes(flags, VIR_CONNECT_LIST_NETWORKS_PERSISTENT, VIR_CONNECT_LIST_NETWORKS_TRANSIENT,
                  net->persistent) &&
           passes(flags, VIR_CONNECT_LIST_NETWORKS_AUTOSTART,
                  VIR_CONNECT_LIST_NETWORKS_NO_AUTOSTART, net->autostart);
}

int test_connectListAllNetworks(virConnectPtr conn, virNetworkPtr **nets, unsigned int flags)
{
    struct world *world = world_of(conn);
    virNetworkPtr *found = NULL;
    int n = 0;

    if (flags_check(flags, LIST_FLAGS, __func__) < 0)
        return -1;
    lock_guard(&world->lock);
    if (nets)
        found = g_new0(virNetworkPtr, objlist_count(&world->networks) + 1);
    for (objlist_each(&world->networks, struct net, net)) {
        if (!wanted(net, flags))
            continue;
        if (found)
            found[n] = new_network(conn, net->name, net->item.uuid);
        n++;
    }
    if (nets)
        *nets = found;
    return n;
}

static int list_names(virConnectPtr conn, gboolean active, char **names, int max)
{
    struct world *world = world_of(conn);
    int n = 0;

    lock_guard(&world->lock);
    for (objlist_each(&world->networks, struct net, net)) {
        if (n == max)
            break;
        if (net->active == active)
            names[n++] = g_strdup(net->name);
    }
    return n;
}

static int count(virConnectPtr conn, gboolean active)
{
    struct world *world = world_of(conn);
    int n = 0;

    lock_guard(&world->lock);
    for (objlist_each(&world->networks, struct net, net))
        n += net->active == active;
    return n;
}

int test_connectListNetworks(virConnectPtr conn, char **names, int max)
{
    return list_names(conn, TRUE, names, max);
}

int test_connectListDefinedNetworks(virConnectPtr conn, char **names, int max)
{
    return list_names(conn, FALSE, names, max);
}

int test_connectNumOfNetworks(virConnectPtr conn)
{
    return count(conn, TRUE);
}

int test_connectNumOfDefinedNetworks(virConnectPtr conn)
{
    return count(conn, FALSE);
}
