/* Guests of a node description: a domain document with what the "test" namespace adds to it. */
#include "core/drivers/test/domain.h"

#include <string.h>

#include "core/base/xml.h"
#include "core/drivers/test/snapshot.h"

#define NAMESPACE "http://libvirt.org/schemas/domain/test/1.0"

struct extras {
    int state; /* virDomainState */
    bool transient;
    bool managed_save;
};

static int read_number(xmlNodePtr node, int *value)
{
    g_autofree char *text = xml_text(node);
    gint64 number;

    if (text && g_ascii_string_to_signed(g_strstrip(text), 10, 0, G_MAXINT, &number, NULL)) {
        *value = number;
        return 0;
    }
    test_error(XML_ERROR, "invalid %s '%s' in a domain of the node: a number is wanted",
               (const char *)node->name, text ? text : "");
    return -1;
}

static int read_extra(xmlNodePtr node, struct extras *extras)
{
    int value;

    if (read_number(node, &value) < 0)
        return -1;
    if (!strcmp((const char *)node->name, "transient")) {
        extras->transient = value != 0;
    } else if (!strcmp((const char *)node->name, "hasmanagedsave")) {
        extras->managed_save = value != 0;
    } else if (value < VIR_DOMAIN_LAST) {
        extras->state = value;
    } else {
        test_error(XML_ERROR, "runstate '%d' out of range: 0 to %d", value, VIR_DOMAIN_LAST - 1);
        return -1;
    }
    return 0;
}

static int read_extras(const char *xml, struct extras *extras)
{
    g_autoptr(xmlDoc) doc = xml_parse(xml, "domain_definition");
    static const char *const names[] = {"runstate", "transient", "hasmanagedsave", NULL};

    if (!doc)
        return -1;
    for (xmlNodePtr node = xmlDocGetRootElement(doc)->children; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE && node->ns &&
            !strcmp((const char *)node->ns->href, NAMESPACE) &&
            g_strv_contains(names, (const char *)node->name) && read_extra(node, extras) < 0)
            return -1;
    if (extras->state == VIR_DOMAIN_SHUTOFF && extras->transient) {
        test_error(XML_ERROR, "transient domain cannot have runstate 'shutoff'");
        return -1;
    }
    if (extras->state != VIR_DOMAIN_SHUTOFF && extras->managed_save) {
        test_error(XML_ERROR, "domain with managedsave data can only have runstate 'shutoff'");
        return -1;
    }
    return 0;
}

static bool is_extra(xmlNodePtr node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && node->ns &&
           !strcmp((const char *)node->ns->href, NAMESPACE) &&
           !strcmp((const char *)node->name, name);
}

int guest_check_state(const char *xml)
{
    struct extras extras = {0};
    g_autoptr(xmlDoc) doc = NULL;

    if (!strstr(xml, NAMESPACE))
        return 0;
    doc = xml_parse(xml, "domain_definition");
    for (xmlNodePtr node = doc ? xmlDocGetRootElement(doc)->children : NULL; node;
         node = node->next)
        if (is_extra(node, "runstate") && node->children && read_extra(node, &extras) < 0)
            return -1;
    return doc ? 0 : -1;
}

static int load_snapshot(struct guest *guest, xmlNodePtr node)
{
    g_autoptr(xmlDoc) doc = xmlNewDoc(BAD_CAST "1.0");
    xmlChar *text = NULL;
    int rc;

    xmlDocSetRootElement(doc, xmlDocCopyNode(node, doc, 1));
    xmlReconciliateNs(doc, xmlDocGetRootElement(doc));
    xmlDocDumpMemory(doc, &text, NULL);
    rc = snapshot_load(guest, (const char *)text);
    xmlFree(text);
    return rc;
}

/* In the order in which they stand: a parent comes before its children. */
static int load_snapshots(struct guest *guest, const char *xml)
{
    g_autoptr(xmlDoc) doc = xml_parse(xml, "domain_definition");

    if (!doc)
        return -1;
    for (xmlNodePtr node = xmlDocGetRootElement(doc)->children; node; node = node->next)
        if (is_extra(node, "domainsnapshot") && load_snapshot(guest, node) < 0)
            return -1;
    return 0;
}

int guest_load(struct world *world, const char *xml)
{
    struct extras extras = {.state = VIR_DOMAIN_RUNNING};
    g_autoptr(definition) definition = NULL;
    struct domain *doc;
    struct guest *guest;

    if (read_extras(xml, &extras) < 0)
        return -1;
    doc = guest_parse(xml, 0);
    if (!doc)
        return -1;
    definition = definition_new(doc);
    if (guest_match(world, doc, false, &guest) < 0)
        return -1;
    if (guest) {
        test_error(OPERATION_FAILED, "domain '%s' already exists with uuid %s", doc->name,
                   doc->uuid);
        return -1;
    }
    guest_name_interfaces(doc);
    guest = guest_add_for(world, doc);
    guest->managed_save = extras.managed_save;
    if (!extras.transient)
        guest->config = definition_ref(definition);
    if (extras.state != VIR_DOMAIN_SHUTOFF) {
        guest->live = g_steal_pointer(&definition);
        guest_start(world, guest, VIR_DOMAIN_RUNNING_UNKNOWN);
        guest->state = extras.state;
    }
    return load_snapshots(guest, xml);
}
