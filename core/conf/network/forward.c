/* How a network reaches others: the devices it may use, and what NAT makes of its addresses. */
#include "core/conf/network/hooks.h"
#include "conf/network_doc.h"

#include <corral/corral.h>
#include <libxml/tree.h>
#include <string.h>

static int refuse(const struct doc_call *call, const char *text)
{
    doc_error(call, VIR_ERR_XML_ERROR, "%s", text);
    return -1;
}

static int check_interfaces(const struct network_forward *forward, const struct doc_call *call)
{
    for (size_t i = 1; i < forward->n_interfaces; i++) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(forward->interfaces[i].dev, forward->interfaces[j].dev) != 0)
                continue;
            doc_error(call, VIR_ERR_XML_ERROR, "interface '%s' can only be listed once",
                      forward->interfaces[i].dev);
            return -1;
        }
    }
    return 0;
}

static bool same_device(const struct common_pci_address *a, const struct common_pci_address *b)
{
    return a->domain == b->domain && a->bus == b->bus && a->slot == b->slot &&
           a->function == b->function;
}

static int check_addresses(const struct network_forward *forward, const struct doc_call *call)
{
    for (size_t i = 1; i < forward->n_addresses; i++) {
        const struct common_pci_address *address = &forward->addresses[i].pci_address;

        for (size_t j = 0; j < i; j++) {
            if (!same_device(address, &forward->addresses[j].pci_address))
                continue;
            doc_error(call, VIR_ERR_XML_ERROR,
                      "PCI device '%04llx:%02llx:%02llx.%llx' can only be listed once",
                      (unsigned long long)address->domain, (unsigned long long)address->bus,
                      (unsigned long long)address->slot, (unsigned long long)address->function);
            return -1;
        }
    }
    return 0;
}

/* dev= is the older spelling of the first interface; both are kept and agree. */
static int agree_on_device(struct network_forward *forward, const struct doc_call *call)
{
    if (forward->dev && forward->n_interfaces > 0 &&
        strcmp(forward->dev, forward->interfaces[0].dev) != 0) {
        doc_error(call, VIR_ERR_XML_ERROR,
                  "<forward dev='%s'> must match first <interface dev='%s'/>", forward->dev,
                  forward->interfaces[0].dev);
        return -1;
    }
    if (forward->dev && (forward->n_addresses > 0 || forward->n_pfs > 0))
        return refuse(call, "the <forward> 'dev' attribute cannot be used when <address> or <pf> "
                            "sub-elements are present");
    if (forward->dev && forward->n_interfaces == 0) {
        forward->interfaces = g_new0(struct network_forward_interfaces, 1);
        forward->interfaces[0].dev = g_strdup(forward->dev);
        forward->n_interfaces = 1;
    } else if (forward->n_interfaces > 0 && !forward->dev) {
        forward->dev = g_strdup(forward->interfaces[0].dev);
    }
    return 0;
}

static void drop_pfs(struct network_forward *forward)
{
    for (size_t i = 0; i < forward->n_pfs; i++)
        doc_clear(&network_forward_pfs_layout, &forward->pfs[i]);
    g_clear_pointer(&forward->pfs, g_free);
    forward->n_pfs = 0;
}

static void drop_addresses(struct network_forward *forward)
{
    g_clear_pointer(&forward->addresses, g_free);
    forward->n_addresses = 0;
}

/* Interfaces, functions on a bus, or one device that has them: the first kind found counts. */
static void keep_one_kind(struct network_forward *forward)
{
    if (forward->n_interfaces > 0)
        drop_addresses(forward);
    if (forward->n_interfaces > 0 || forward->n_addresses > 0)
        drop_pfs(forward);
}

static bool has_element(const xmlNode *node, const char *name)
{
    for (const xmlNode *child = node->children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE && strcmp((const char *)child->name, name) == 0)
            return true;
    }
    return false;
}

int network_hook_forward(void *part, const struct doc_call *call)
{
    struct network_forward *forward = part;

    if (agree_on_device(forward, call) < 0 || check_interfaces(forward, call) < 0)
        return -1;
    keep_one_kind(forward);
    if (check_addresses(forward, call) < 0)
        return -1;
    if (forward->n_pfs > 0 && !forward->pfs[0].dev)
        return refuse(call, "Missing required dev attribute in <pf> element");
    if (forward->mode != NETWORK_FORWARD_MODE_NAT && has_element(call->node, "nat"))
        return refuse(call, "The <nat> element can only be used when <forward> 'mode' is 'nat'");
    if (forward->mode == NETWORK_FORWARD_MODE_NONE)
        doc_clear(&network_forward_layout, forward);
    return 0;
}

int network_hook_forward_address(void *part, const struct doc_call *call)
{
    struct network_forward_addresses *address = part;

    if (!address->type)
        return refuse(call, "missing address type");
    address->has_domain = address->has_bus = address->has_slot = address->has_function = true;
    return 0;
}

int network_hook_nat_address(void *part, const struct doc_call *call)
{
    const struct network_forward_nat_address *address = part;

    if (strchr(address->start, ':') || strchr(address->end, ':'))
        return refuse(call, "Bad ipv4 address in <nat> in <forward>");
    return network_check_range(address->start, address->end, NULL, 0, call);
}

int network_hook_nat_port(void *part, const struct doc_call *call)
{
    const struct network_forward_nat_port *port = part;

    if (port->start <= port->end)
        return 0;
    doc_error(call, VIR_ERR_XML_DETAIL,
              "Missing or invalid 'end' attribute in <port> in <nat> in <forward>: %u is below %u",
              port->end, port->start);
    return -1;
}
