/* Ports: what guests' interfaces are plugged into. Nobody but their callers makes them here. */
#pragma once

#include "conf/networkport_doc.h"
#include "core/drivers/test/network.h"

struct port {
    struct objlist_item item; /* named by the UUID as text */
    char *name;
    struct networkport *def;
};

/* With the world's lock held: all ports of a network that stops or goes. */
void net_ports_free(struct net *net);

/* Whoever reclaims a port says what it is plugged into, nobody else does; -1 with an error. */
int port_check_plug(const struct networkport *def, gboolean reclaim);
/* Fills in what the port is plugged into, and checks what it asks for; -1 with an error. */
int port_plug(struct net *net, struct networkport *def);

int test_networkListAllPorts(virNetworkPtr network, virNetworkPortPtr **ports, unsigned int flags);
virNetworkPortPtr test_networkPortCreateXML(virNetworkPtr network, const char *xml,
                                            unsigned int flags);
int test_networkPortDelete(virNetworkPortPtr handle, unsigned int flags);
int test_networkPortGetParameters(virNetworkPortPtr handle, virTypedParameterPtr *params,
                                  int *nparams, unsigned int flags);
char *test_networkPortGetXMLDesc(virNetworkPortPtr handle, unsigned int flags);
virNetworkPortPtr test_networkPortLookupByUUID(virNetworkPtr network, const unsigned char *uuid);
int test_networkPortSetParameters(virNetworkPortPtr handle, virTypedParameterPtr params,
                                  int nparams, unsigned int flags);
