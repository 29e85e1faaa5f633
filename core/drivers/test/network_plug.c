/* What a port is plugged into, by its network's way of forwarding. */
#include "core/drivers/test/network_port.h"

#include <string.h>

#include "core/object/error.h"

#define FORWARD(name) NETWORK_FORWARD_MODE_##name

static gboolean has_own_bridge(const struct network *def)
{
    return def->forward.mode <= FORWARD(OPEN);
}

static void plug_bridge(const struct network *def, struct networkport_plug *plug)
{
    plug->type = has_own_bridge(def) ? NETWORKPORT_PLUG_TYPE_NETWORK : NETWORKPORT_PLUG_TYPE_BRIDGE;
    plug->bridge = g_strdup(def->bridge.name);
    if (def->bridge.mac_table_manager)
        plug->mac_table_manager = doc_word_value(
            &networkport_plug_mac_table_manager_words,
            doc_word(&network_bridge_mac_table_manager_words, def->bridge.mac_table_manager));
}

static unsigned int users_of(struct net *net, const char *dev)
{
    unsigned int n = 0;

    for (objlist_each(&net->ports, struct port, port))
        n += !g_strcmp0(port->def->plug.dev, dev);
    return n;
}

/* The host's interface that the fewest use; one that is passed through has one user. */
static int plug_direct(struct net *net, struct networkport_plug *plug)
{
    const struct network_forward *forward = &net->def->forward;
    gboolean alone = forward->mode == FORWARD(PASSTHROUGH);
    const char *best = NULL;
    unsigned int least = G_MAXUINT;

    for (size_t i = 0; i < forward->n_interfaces; i++) {
        unsigned int users = users_of(net, forward->interfaces[i].dev);

        if (users < least && !(alone && users)) {
            least = users;
            best = forward->interfaces[i].dev;
        }
    }
    if (!best) {
        error_set(VIR_FROM_NETWORK, VIR_ERR_INTERNAL_ERROR,
                  "network '%s' requires exclusive access to interfaces, but none are available",
                  net->name);
        return -1;
    }
    plug->type = NETWORKPORT_PLUG_TYPE_DIRECT;
    plug->dev = g_strdup(best);
    plug->mode = doc_word_value(&networkport_plug_mode_words,
                                doc_word(&network_forward_mode_words, forward->mode));
    return 0;
}

static gboolean address_taken(struct net *net, const struct common_pci_address *address)
{
    for (objlist_each(&net->ports, struct port, port)) {
        const struct networkport_plug *plug = &port->def->plug;

        if (plug->type == NETWORKPORT_PLUG_TYPE_HOSTDEV_PCI &&
            doc_equal(&common_pci_address_layout, &plug->address, address))
            return TRUE;
    }
    return FALSE;
}

static int plug_device(struct net *net, struct networkport_plug *plug)
{
    const struct network_forward *forward = &net->def->forward;

    for (size_t i = 0; i < forward->n_addresses; i++) {
        const struct common_pci_address *address = &forward->addresses[i].pci_address;

        if (address_taken(net, address))
            continue;
        plug->type = NETWORKPORT_PLUG_TYPE_HOSTDEV_PCI;
        plug->address = *address;
        plug->managed = forward->managed == TRISTATE_YES ? TRISTATE_YES : TRISTATE_NO;
        return 0;
    }
    error_set(VIR_FROM_NETWORK, VIR_ERR_INTERNAL_ERROR,
              "network '%s' requires exclusive access to interfaces, but none are available",
              net->name);
    return -1;
}

static int check_floor(const struct net *net, const struct networkport *def)
{
    if (!def->bandwidth || !def->bandwidth->inbound.floor || has_own_bridge(net->def))
        return 0;
    error_set(VIR_FROM_NETWORK, VIR_ERR_OPERATION_UNSUPPORTED,
              "Invalid use of 'floor' on interface with MAC address %s - 'floor' is only supported "
              "for interface type 'network' with forward type 'nat', 'route', 'open' or none",
              def->mac.address);
    return -1;
}

int port_check_plug(const struct networkport *def, gboolean reclaim)
{
    if (reclaim == (def->plug.type != 0))
        return 0;
    error_set(VIR_FROM_NETWORK, VIR_ERR_INVALID_ARG,
              reclaim ? "Port reclaim requested but plug type is none"
                      : "Port reclaim not requested but plug type is not none");
    return -1;
}

int port_plug(struct net *net, struct networkport *def)
{
    if (check_floor(net, def) < 0)
        return -1;
    if (net->def->forward.mode == FORWARD(HOSTDEV))
        return plug_device(net, &def->plug);
    if (has_own_bridge(net->def) || net->def->bridge.name) {
        plug_bridge(net->def, &def->plug);
        return 0;
    }
    return plug_direct(net, &def->plug);
}
