#include "core/drivers/test/hostif.h"

#define LIST_FLAGS (VIR_CONNECT_LIST_INTERFACES_INACTIVE | VIR_CONNECT_LIST_INTERFACES_ACTIVE)

static gboolean wanted(const struct hostif *hostif, unsigned int flags)
{
    unsigned int own =
        hostif->active ? VIR_CONNECT_LIST_INTERFACES_ACTIVE : VIR_CONNECT_LIST_INTERFACES_INACTIVE;

    return !flags || flags & own;
}

int test_connectListAllInterfaces(virConnectPtr conn, virInterfacePtr **ifaces, unsigned int flags)
{
    struct world *world = world_of(conn);
    virInterfacePtr *found = NULL;
    int n = 0;

    if (flags_check(flags, LIST_FLAGS, __func__) < 0)
        return -1;
    lock_guard(&world->lock);
    if (ifaces)
        found = g_new0(virInterfacePtr, objlist_count(&world->hostifs) + 1);
    for (objlist_each(&world->hostifs, struct hostif, hostif)) {
        if (!wanted(hostif, flags))
            continue;
        if (found)
            found[n] = hostif_handle(conn, hostif);
        n++;
    }
    if (ifaces)
        *ifaces = found;
    return n;
}

/* With NULL for `names` as many as there are. */
static int list_names(virConnectPtr conn, gboolean active, char **names, int max)
{
    struct world *world = world_of(conn);
    int n = 0;

    lock_guard(&world->lock);
    for (objlist_each(&world->hostifs, struct hostif, hostif)) {
        if (n == max)
            break;
        if (hostif->active != active)
            continue;
        if (names)
            names[n] = g_strdup(hostif->item.name);
        n++;
    }
    return n;
}

int test_connectListInterfaces(virConnectPtr conn, char **names, int max)
{
    return list_names(conn, TRUE, names, max);
}

int test_connectListDefinedInterfaces(virConnectPtr conn, char **names, int max)
{
    return list_names(conn, FALSE, names, max);
}

int test_connectNumOfInterfaces(virConnectPtr conn)
{
    return list_names(conn, TRUE, NULL, G_MAXINT);
}

int test_connectNumOfDefinedInterfaces(virConnectPtr conn)
{
    return list_names(conn, FALSE, NULL, G_MAXINT);
}
