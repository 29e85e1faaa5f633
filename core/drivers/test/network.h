/* Networks of the test driver's world. */
#pragma once

#include "conf/network_doc.h"
#include "core/drivers/test/state.h"

struct net {
    struct objlist_item item;
    char *name;
    struct network *def;    /* what runs, or the definition when nothing does */
    struct network *stored; /* the definition, while it differs from what runs; else NULL */
    struct objlist ports;   /* struct port, network_port.h; empty while nothing runs */
    gboolean active;
    gboolean persistent;
    gboolean autostart;
};

extern const struct network_driver test_network_driver;

/* For the world that is made or freed: nobody else sees it. */
void networks_free(struct world *world);
/* A running, persistent network; `what` names the document in errors ("<network> in node.xml"). */
int network_load(struct world *world, const char *xml, const char *what);

/* The rest is shared by the network files; with the world's lock held. */
struct net *net_find(struct world *world, virNetworkPtr network);
struct net *net_find_uuid(struct world *world, const unsigned char *uuid);
/* The network that a document means: NULL in `ret_net` for a new one, -1 with an error when its
 * name or UUID is another's. */
int net_match(struct world *world, const struct network *def, struct net **ret_net);
/* Takes `def` over. */
struct net *net_add(struct world *world, struct network *def);
void net_remove(struct world *world, struct net *net);
/* The definition as it is stored. */
static inline struct network *net_stored(struct net *net)
{
    return net->stored ? net->stored : net->def;
}
/* Replaces what is stored, or what runs, and takes `def` over. */
void net_set_stored(struct net *net, struct network *def);
void net_set_live(struct net *net, struct network *def);

/* The <ip> with the DHCP service that an update means: of that number, or for -1 the one that has
 * it already, else the first with an IPv4 address. NULL with an error; `label` says what was to
 * change. */
struct network_ips *net_dhcp_ip(struct network *def, int index, const char *label);

void net_event(struct world *world, struct net *net, int event);
void net_event_metadata(struct world *world, struct net *net, int type, const char *uri);
/* What VIR_NETWORK_UPDATE_AFFECT_* mean for this network; 0 with an error. */
unsigned int net_effective(const struct net *net, unsigned int flags);

/* Slots that live in files of their own. */
int test_networkGetDHCPLeases(virNetworkPtr network, const char *mac,
                              virNetworkDHCPLeasePtr **leases, unsigned int flags);
int test_networkUpdate(virNetworkPtr network, unsigned int command, unsigned int section,
                       int parent_index, const char *xml, unsigned int flags);
int test_connectNetworkEventRegisterAny(virConnectPtr conn, virNetworkPtr network, int event_id,
                                        virConnectNetworkEventGenericCallback cb, void *opaque,
                                        virFreeCallback freecb);
int test_connectNetworkEventDeregisterAny(virConnectPtr conn, int callback_id);
int test_networkSetMetadata(virNetworkPtr network, int type, const char *metadata, const char *key,
                            const char *uri, unsigned int flags);
char *test_networkGetMetadata(virNetworkPtr network, int type, const char *uri, unsigned int flags);
int test_connectListAllNetworks(virConnectPtr conn, virNetworkPtr **nets, unsigned int flags);
int test_connectListNetworks(virConnectPtr conn, char **names, int max);
int test_connectListDefinedNetworks(virConnectPtr conn, char **names, int max);
int test_connectNumOfNetworks(virConnectPtr conn);
int test_connectNumOfDefinedNetworks(virConnectPtr conn);
