#include "core/drivers/test/hostif.h"

#include <string.h>

#include "core/object/error.h"
#include "objects.h"

static const struct doc_context context = {.driver = "test"};

virInterfacePtr hostif_handle(virConnectPtr conn, const struct hostif *hostif)
{
    const char *mac = hostif->def->mac.address;

    return new_interface(conn, hostif->item.name, mac ? mac : "");
}

struct hostif *hostif_find(struct world *world, const char *name)
{
    struct hostif *hostif = objlist_by_name(&world->hostifs, name);

    if (!hostif)
        error_set(VIR_FROM_TEST, VIR_ERR_NO_INTERFACE, "no interface with matching name '%s'",
                  name);
    return hostif;
}

struct hostif *hostif_set(struct world *world, struct interface *def)
{
    struct hostif *hostif = objlist_by_name(&world->hostifs, def->name);

    if (hostif) {
        objlist_rename(&world->hostifs, &hostif->item, def->name);
        interface_free(hostif->def);
        hostif->def = def;
        return hostif;
    }
    hostif = g_new0(struct hostif, 1);
    hostif->def = def;
    hostif->item.name = def->name;
    hostif->item.id = -1;
    objlist_add(&world->hostifs, &hostif->item);
    return hostif;
}

void hostif_remove(struct world *world, struct hostif *hostif)
{
    objlist_remove(&world->hostifs, &hostif->item);
    interface_free(hostif->def);
    g_free(hostif);
}

static virInterfacePtr test_interfaceLookupByName(virConnectPtr conn, const char *name)
{
    struct world *world = world_of(conn);
    struct hostif *hostif;

    lock_guard(&world->lock);
    hostif = hostif_find(world, name);
    return hostif ? hostif_handle(conn, hostif) : NULL;
}

/* The text stands for itself, so that one which is no address matches nothing. */
static virInterfacePtr test_interfaceLookupByMACString(virConnectPtr conn, const char *mac)
{
    struct world *world = world_of(conn);
    struct hostif *found = NULL;

    lock_guard(&world->lock);
    for (objlist_each(&world->hostifs, struct hostif, hostif)) {
        const char *own = hostif->def->mac.address;

        if (!own || g_ascii_strcasecmp(own, mac) != 0)
            continue;
        if (found) {
            error_set(VIR_FROM_TEST, VIR_ERR_MULTIPLE_INTERFACES, "mac '%s'", mac);
            return NULL;
        }
        found = hostif;
    }
    if (found)
        return hostif_handle(conn, found);
    error_set(VIR_FROM_TEST, VIR_ERR_NO_INTERFACE, "no interface with matching mac '%s'", mac);
    return NULL;
}

static virInterfacePtr test_interfaceDefineXML(virConnectPtr conn, const char *xml,
                                               unsigned int flags)
{
    struct world *world = world_of(conn);
    struct interface *def;

    if (flags_check(flags, VIR_INTERFACE_DEFINE_VALIDATE, __func__) < 0)
        return NULL;
    def = interface_parse(xml, &context, DOC_INACTIVE | (flags ? DOC_VALIDATE : 0));
    if (!def)
        return NULL;
    lock_guard(&world->lock);
    return hostif_handle(conn, hostif_set(world, def));
}

static int test_interfaceUndefine(virInterfacePtr iface)
{
    struct world *world = world_of(iface->conn);
    struct hostif *hostif;

    lock_guard(&world->lock);
    hostif = hostif_find(world, iface->name);
    if (!hostif)
        return -1;
    hostif_remove(world, hostif);
    return 0;
}

static int set_active(virInterfacePtr iface, gboolean active)
{
    struct world *world = world_of(iface->conn);
    struct hostif *hostif;

    lock_guard(&world->lock);
    hostif = hostif_find(world, iface->name);
    if (!hostif)
        return -1;
    if (hostif->active == active) {
        error_set(VIR_FROM_TEST, VIR_ERR_OPERATION_INVALID, "interface '%s' is already %s",
                  iface->name, active ? "up" : "down");
        return -1;
    }
    hostif->active = active;
    return 0;
}

static int test_interfaceCreate(virInterfacePtr iface, unsigned int flags)
{
    return flags_check(flags, 0, __func__) < 0 ? -1 : set_active(iface, TRUE);
}

static int test_interfaceDestroy(virInterfacePtr iface, unsigned int flags)
{
    return flags_check(flags, 0, __func__) < 0 ? -1 : set_active(iface, FALSE);
}

static int test_interfaceIsActive(virInterfacePtr iface)
{
    struct world *world = world_of(iface->conn);
    struct hostif *hostif;

    lock_guard(&world->lock);
    hostif = hostif_find(world, iface->name);
    return hostif ? hostif->active : -1;
}

static char *test_interfaceGetXMLDesc(virInterfacePtr iface, unsigned int flags)
{
    struct world *world = world_of(iface->conn);
    struct hostif *hostif;

    if (flags_check(flags, 0, __func__) < 0)
        return NULL;
    lock_guard(&world->lock);
    hostif = hostif_find(world, iface->name);
    return hostif ? interface_format(hostif->def, 0) : NULL;
}

int hostif_load(struct world *world, const char *xml, const char *what)
{
    struct interface *def = interface_parse(xml, &context, DOC_INACTIVE);

    if (!def) {
        error_prefix("%s", what);
        return -1;
    }
    hostif_set(world, def)->active = TRUE;
    return 0;
}

const struct interface_driver test_interface_driver = {
    .name = "Test",
    .connectListAllInterfaces = test_connectListAllInterfaces,
    .connectListDefinedInterfaces = test_connectListDefinedInterfaces,
    .connectListInterfaces = test_connectListInterfaces,
    .connectNumOfDefinedInterfaces = test_connectNumOfDefinedInterfaces,
    .connectNumOfInterfaces = test_connectNumOfInterfaces,
    .interfaceChangeBegin = test_interfaceChangeBegin,
    .interfaceChangeCommit = test_interfaceChangeCommit,
    .interfaceChangeRollback = test_interfaceChangeRollback,
    .interfaceCreate = test_interfaceCreate,
    .interfaceDefineXML = test_interfaceDefineXML,
    .interfaceDestroy = test_interfaceDestroy,
    .interfaceGetXMLDesc = test_interfaceGetXMLDesc,
    .interfaceIsActive = test_interfaceIsActive,
    .interfaceLookupByMACString = test_interfaceLookupByMACString,
    .interfaceLookupByName = test_interfaceLookupByName,
    .interfaceUndefine = test_interfaceUndefine,
};
