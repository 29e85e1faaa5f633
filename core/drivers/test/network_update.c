/* Changing a part of a network. The parts are rows of a table: elements of a list in the document,
 * which the document's own description reads, prints and copies. */
#include "core/drivers/test/network.h"

#include <string.h>

#include "core/base/xml.h"
#include "core/object/error.h"
#include "objects.h"

static int G_GNUC_PRINTF(2, 3) fail(int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    error_set_valist(VIR_FROM_NETWORK, code, format, args);
    va_end(args);
    return -1;
}

#define FAIL(...) fail(VIR_ERR_OPERATION_INVALID, __VA_ARGS__)
#define FAIL_UNSUPPORTED(...) fail(VIR_ERR_OPERATION_UNSUPPORTED, __VA_ARGS__)

static void *root_of(struct network *def)
{
    return def;
}
static void *dns_of(struct network *def)
{
    return &def->dns;
}
static void *forward_of(struct network *def)
{
    return &def->forward;
}

static const struct section {
    const char *label;
    const char *element; /* NULL: known, but it cannot be changed by itself */
    const struct doc_struct *parent;
    void *(*parent_of)(struct network *def); /* NULL: <dhcp> of an <ip> */
    const char *keys[4]; /* one of them alike is enough to be the same; none: all of them */
    gboolean modify;
} sections[VIR_NETWORK_SECTION_LAST] = {
    [VIR_NETWORK_SECTION_BRIDGE] = {.label = "bridge"},
    [VIR_NETWORK_SECTION_DOMAIN] = {.label = "domain"},
    [VIR_NETWORK_SECTION_IP] = {.label = "ip"},
    [VIR_NETWORK_SECTION_FORWARD] = {.label = "forward"},
    [VIR_NETWORK_SECTION_FORWARD_PF] = {.label = "forward pf"},
    [VIR_NETWORK_SECTION_IP_DHCP_HOST] =
        {"dhcp host", "host", NULL, NULL, {"mac", "name", "ip"}, TRUE},
    [VIR_NETWORK_SECTION_IP_DHCP_RANGE] = {"dhcp range", "range", NULL, NULL, {NULL}, FALSE},
    [VIR_NETWORK_SECTION_FORWARD_INTERFACE] =
        {"forward interface", "interface", &network_forward_doc, forward_of, {"dev"}, FALSE},
    [VIR_NETWORK_SECTION_PORTGROUP] =
        {"portgroup", "portgroup", &network_doc, root_of, {"name"}, TRUE},
    [VIR_NETWORK_SECTION_DNS_HOST] = {"DNS HOST", "host", &network_dns_doc, dns_of, {"ip"}, FALSE},
    [VIR_NETWORK_SECTION_DNS_TXT] = {"DNS TXT", "txt", &network_dns_doc, dns_of, {"name"}, FALSE},
    [VIR_NETWORK_SECTION_DNS_SRV] = {"DNS SRV", "srv", &network_dns_doc, dns_of, {NULL}, FALSE},
};

/* The list within one copy of the definition. */
struct list {
    const struct doc_field *field;
    size_t size;
    char **items;
    size_t *n;
};

static char *item_at(const struct list *list, size_t i)
{
    return *list->items + i * list->size;
}

static const struct doc_field *find_field(const struct doc_struct *parent, const char *name)
{
    for (unsigned i = 0; i < parent->n_fields; i++) {
        if (g_strcmp0(parent->fields[i].name, name) == 0)
            return &parent->fields[i];
    }
    return NULL;
}

static const struct doc_struct *parent_doc(const struct section *section)
{
    return section->parent ? section->parent : find_field(&network_ips_doc, "dhcp")->detail;
}

static int find_list(const struct section *section, struct network *def, int index,
                     struct list *list)
{
    char *parent;

    if (section->parent_of) {
        parent = section->parent_of(def);
    } else {
        struct network_ips *ip = net_dhcp_ip(def, index, section->label);

        if (!ip)
            return -1;
        parent = (char *)&ip->dhcp;
    }
    list->field = find_field(parent_doc(section), section->element);
    list->size = doc_part_layout(list->field)->size;
    list->items = (char **)(parent + list->field->offset);
    list->n = (size_t *)(parent + list->field->other);
    return 0;
}

static gboolean attribute_equal(xmlNodePtr a, xmlNodePtr b, const char *name)
{
    g_autofree char *one = xml_attr(a, name);
    g_autofree char *other = xml_attr(b, name);

    /* Hardware addresses may come in either case. */
    return one && other && g_ascii_strcasecmp(one, other) == 0;
}

/* Whether all that the request says is true of the item. */
static gboolean says_the_same(xmlNodePtr request, xmlNodePtr item)
{
    for (xmlAttr *attr = request->properties; attr; attr = attr->next) {
        if (!attribute_equal(request, item, (const char *)attr->name))
            return FALSE;
    }
    return TRUE;
}

static gboolean matches(const struct section *section, const struct list *list, size_t i,
                        xmlNodePtr request, gboolean exactly)
{
    GString *text = g_string_new(NULL);
    gboolean found = FALSE;
    xmlDocPtr doc;
    xmlNodePtr item;

    doc_format_part(text, list->field, item_at(list, i), 0);
    doc = xml_parse(text->str, "network_update_xml");
    g_string_free(text, TRUE);
    if (!doc)
        return FALSE;
    item = xmlDocGetRootElement(doc);
    if (exactly || !section->keys[0])
        found = says_the_same(request, item);
    for (int k = 0; !exactly && section->keys[k] && !found; k++)
        found = attribute_equal(request, item, section->keys[k]);
    xmlFreeDoc(doc);
    return found;
}

/* How many items the request may mean, and the first of them. */
static size_t find_items(const struct section *section, const struct list *list, xmlNodePtr request,
                         gboolean exactly, size_t *ret_first)
{
    size_t found = 0;

    for (size_t i = 0; i < *list->n; i++) {
        if (matches(section, list, i, request, exactly) && found++ == 0)
            *ret_first = i;
    }
    return found;
}

struct request {
    const struct section *section;
    unsigned int command;
    int index;
    const char *xml;
    xmlNodePtr node; /* its root element */
    void *part;      /* as read; NULL for a deletion */
};

/* The place is free: nothing in it is worth freeing. */
static void put_copy(const struct list *list, size_t at, const void *part)
{
    g_autofree void *copy = doc_copy(doc_part_layout(list->field), part);

    memcpy(item_at(list, at), copy, list->size);
}

static int add_item(const struct request *request, struct network *def, struct list *list)
{
    gboolean first = request->command == VIR_NETWORK_UPDATE_COMMAND_ADD_FIRST;
    size_t ignored, at = first ? 0 : *list->n;

    if (find_items(request->section, list, request->node, FALSE, &ignored) > 0)
        return FAIL("there is an existing %s entry in network '%s' that matches \"%s\"",
                    request->section->label, def->name, request->xml);
    *list->items = g_realloc_n(*list->items, *list->n + 1, list->size);
    memmove(item_at(list, at) + list->size, item_at(list, at), (*list->n - at) * list->size);
    ++*list->n;
    put_copy(list, at, request->part);
    return 0;
}

static int modify_item(const struct request *request, struct network *def, struct list *list)
{
    size_t at = 0;

    if (find_items(request->section, list, request->node, FALSE, &at) == 0)
        return FAIL("couldn't find a %s entry in network '%s' matching %s", request->section->label,
                    def->name, request->xml);
    doc_clear(doc_part_layout(list->field), item_at(list, at));
    put_copy(list, at, request->part);
    return 0;
}

static int delete_item(const struct request *request, struct network *def, struct list *list)
{
    size_t at = 0, found = find_items(request->section, list, request->node, TRUE, &at);

    if (found == 0)
        return FAIL("couldn't locate a matching %s entry in network '%s'", request->section->label,
                    def->name);
    if (found > 1)
        return FAIL("multiple %s records matching all specified fields were found in network '%s'",
                    request->section->label, def->name);
    doc_clear(doc_part_layout(list->field), item_at(list, at));
    memmove(item_at(list, at), item_at(list, at + 1), (*list->n - at - 1) * list->size);
    --*list->n;
    return 0;
}

/* dev= is the older spelling of the first interface; and one portgroup at most is the default. */
static int settle(struct network *def)
{
    int defaults = 0;

    g_free(def->forward.dev);
    def->forward.dev = def->forward.n_interfaces ? g_strdup(def->forward.interfaces[0].dev) : NULL;
    for (size_t i = 0; i < def->n_portgroups; i++)
        defaults += def->portgroups[i].is_default == TRISTATE_YES;
    if (defaults > 1)
        return FAIL(
            "a different portgroup entry in network '%s' is already set as the default. Only one "
            "default is allowed.",
            def->name);
    return 0;
}

/* The document as a whole has to be one that could have been defined. */
static int check_whole(const struct request *request, struct network *def)
{
    static const struct doc_context context = {.driver = "test"};
    const struct doc_call call = {&context, DOC_INACTIVE, request->node};

    return network_hooks.validate(def, &call);
}

static int change(const struct request *request, struct network *def)
{
    struct list list;
    int rc;

    if (request->section->parent_of == forward_of && !def->forward.mode)
        return FAIL("network '%s' is isolated: it has no <forward> to change", def->name);
    if (find_list(request->section, def, request->index, &list) < 0)
        return -1;
    if (request->command == VIR_NETWORK_UPDATE_COMMAND_DELETE)
        rc = delete_item(request, def, &list);
    else if (request->command == VIR_NETWORK_UPDATE_COMMAND_MODIFY)
        rc = modify_item(request, def, &list);
    else
        rc = add_item(request, def, &list);
    return rc < 0 || settle(def) < 0 ? -1 : check_whole(request, def);
}

/* A changed copy of a definition, NULL with an error. */
static struct network *changed(const struct request *request, const struct network *def)
{
    struct network *copy = network_copy(def);

    if (change(request, copy) == 0)
        return copy;
    network_free(copy);
    return NULL;
}

/* Both copies succeed, or nothing is changed. */
static int apply(struct net *net, const struct request *request, unsigned int flags)
{
    struct network *live = NULL, *config = NULL;

    if (flags & VIR_NETWORK_UPDATE_AFFECT_LIVE && !(live = changed(request, net->def)))
        return -1;
    if (flags & VIR_NETWORK_UPDATE_AFFECT_CONFIG && !(config = changed(request, net_stored(net)))) {
        network_free(live);
        return -1;
    }
    if (live)
        net_set_live(net, live);
    if (config)
        net_set_stored(net, config);
    return 0;
}

static int read_part(const struct request *request, const char *network, void **ret_part)
{
    const struct section *section = request->section;
    const struct doc_field *field;

    if (strcmp((const char *)request->node->name, section->element) != 0) {
        error_set(VIR_FROM_NETWORK, VIR_ERR_XML_ERROR,
                  "unexpected element <%s>, expecting <%s>, while updating network '%s'",
                  (const char *)request->node->name, section->element, network);
        return -1;
    }
    /* What is to go need not be described in full. */
    if (request->command == VIR_NETWORK_UPDATE_COMMAND_DELETE)
        return 0;
    return doc_parse_part(parent_doc(section), request->xml, NULL, DOC_INACTIVE, &field, ret_part);
}

static int check_request(const struct request *request, const char *network)
{
    const struct section *section = request->section;
    unsigned int command = request->command;

    if (!section)
        return FAIL_UNSUPPORTED("can't update unrecognized section of network");
    if (!section->element)
        return FAIL_UNSUPPORTED("can't update '%s' section of network '%s'", section->label,
                                network);
    if (command == VIR_NETWORK_UPDATE_COMMAND_NONE || command >= VIR_NETWORK_UPDATE_COMMAND_LAST)
        return FAIL_UNSUPPORTED("unrecognized network update command code %u", command);
    if (command == VIR_NETWORK_UPDATE_COMMAND_MODIFY && !section->modify)
        return FAIL_UNSUPPORTED("%s entries cannot be modified, only added or deleted",
                                section->label);
    return 0;
}

unsigned int net_effective(const struct net *net, unsigned int flags)
{
    if (!flags)
        return net->active ? VIR_NETWORK_UPDATE_AFFECT_LIVE : VIR_NETWORK_UPDATE_AFFECT_CONFIG;
    if (flags & VIR_NETWORK_UPDATE_AFFECT_LIVE && !net->active) {
        FAIL("network is not running");
        return 0;
    }
    if (flags & VIR_NETWORK_UPDATE_AFFECT_CONFIG && !net->persistent) {
        FAIL("cannot change persistent config of a transient network");
        return 0;
    }
    return flags;
}

static int update_locked(struct world *world, virNetworkPtr network, const struct request *request,
                         unsigned int flags)
{
    struct net *net;

    lock_guard(&world->lock);
    net = net_find_uuid(world, network->uuid);
    flags = net ? net_effective(net, flags) : 0;
    return flags ? apply(net, request, flags) : -1;
}

static const struct section *find_section(unsigned int number)
{
    return number < G_N_ELEMENTS(sections) && sections[number].label ? &sections[number] : NULL;
}

int test_networkUpdate(virNetworkPtr network, unsigned int command, unsigned int section,
                       int parent_index, const char *xml, unsigned int flags)
{
    struct request request = {find_section(section), command, parent_index, xml, NULL, NULL};
    g_autoptr(xmlDoc) doc = NULL;
    int rc;

    if (flags_check(flags, VIR_NETWORK_UPDATE_AFFECT_LIVE | VIR_NETWORK_UPDATE_AFFECT_CONFIG,
                    __func__) < 0 ||
        check_request(&request, network->name) < 0)
        return -1;
    doc = xml_parse(xml, "network_update_xml");
    if (!doc)
        return -1;
    request.node = xmlDocGetRootElement(doc);
    if (read_part(&request, network->name, &request.part) < 0)
        return -1;
    rc = update_locked(world_of(network->conn), network, &request, flags);
    if (request.part)
        doc_free(doc_part_layout(find_field(parent_doc(request.section), request.section->element)),
                 request.part);
    return rc;
}
