/* Network interfaces of the test driver's host. */
#pragma once

#include "conf/interface_doc.h"
#include "core/drivers/test/state.h"

struct hostif {
    struct objlist_item item;
    struct interface *def;
    gboolean active;
};

extern const struct interface_driver test_interface_driver;

/* For the world that is made or freed: nobody else sees it. */
void hostifs_free(struct world *world);
/* An interface that is up; `what` names the document in errors ("<interface> in node.xml"). */
int hostif_load(struct world *world, const char *xml, const char *what);

/* The rest is shared by the files of interfaces; with the world's lock held. */
struct hostif *hostif_find(struct world *world, const char *name);
/* A new interface, or a new definition of the one with that name; takes `def` over. */
struct hostif *hostif_set(struct world *world, struct interface *def);
void hostif_remove(struct world *world, struct hostif *hostif);
virInterfacePtr hostif_handle(virConnectPtr conn, const struct hostif *hostif);

/* Slots that live in files of their own. */
int test_connectListAllInterfaces(virConnectPtr conn, virInterfacePtr **ifaces, unsigned int flags);
int test_connectListInterfaces(virConnectPtr conn, char **names, int max);
int test_connectListDefinedInterfaces(virConnectPtr conn, char **names, int max);
int test_connectNumOfInterfaces(virConnectPtr conn);
int test_connectNumOfDefinedInterfaces(virConnectPtr conn);
int test_interfaceChangeBegin(virConnectPtr conn, unsigned int flags);
int test_interfaceChangeCommit(virConnectPtr conn, unsigned int flags);
int test_interfaceChangeRollback(virConnectPtr conn, unsigned int flags);
