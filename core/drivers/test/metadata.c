/* Titles, descriptions, and elements that belong to applications. */
#include "core/drivers/test/domain.h"

#include <string.h>

#include "core/base/xml.h"
#include "core/drivers/test/events.h"

static xmlNodePtr find_element(xmlNodePtr metadata, const char *uri)
{
    for (xmlNodePtr node = metadata->children; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE && node->ns &&
            !strcmp((const char *)node->ns->href, uri))
            return node;
    return NULL;
}

static void remove_node(xmlNodePtr node)
{
    xmlUnlinkNode(node);
    xmlFreeNode(node);
}

/* The document's <metadata>, an empty one without it. */
static xmlDocPtr open_metadata(const struct domain *doc)
{
    return xml_parse(doc->metadata ? doc->metadata : "<metadata/>", "metadata");
}

static char *element_text(xmlDocPtr doc, xmlNodePtr node)
{
    xmlBufferPtr buffer = xmlBufferCreate();
    char *text;

    xmlNodeDump(buffer, doc, node, 2, 1);
    text = g_strdup((const char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
    return text;
}

/* Writes back what open_metadata() gave: an element a line, as documents are printed. */
static void close_metadata(struct domain *doc, xmlDocPtr metadata)
{
    xmlNodePtr root = xmlDocGetRootElement(metadata);
    GString *text = g_string_new("<metadata");

    for (xmlNsPtr ns = root->nsDef; ns; ns = ns->next)
        g_string_append_printf(text, " xmlns%s%s=\"%s\"", ns->prefix ? ":" : "",
                               ns->prefix ? (const char *)ns->prefix : "", (const char *)ns->href);
    g_string_append(text, ">\n");
    for (xmlNodePtr node = root->children; node; node = node->next) {
        g_autofree char *element = NULL;

        if (node->type != XML_ELEMENT_NODE)
            continue;
        element = element_text(metadata, node);
        g_string_append_printf(text, "    %s\n", element);
    }
    g_string_append(text, "  </metadata>");
    g_free(doc->metadata);
    doc->metadata =
        xmlFirstElementChild(root) ? g_string_free(text, FALSE) : (g_string_free(text, TRUE), NULL);
}

/* Elements without a namespace get this one. */
static void set_namespace(xmlNodePtr node, xmlNsPtr ns)
{
    if (node->type != XML_ELEMENT_NODE)
        return;
    if (!node->ns)
        xmlSetNs(node, ns);
    for (xmlNodePtr child = node->children; child; child = child->next)
        set_namespace(child, ns);
}

static void drop_namespace(xmlNodePtr node, const char *uri)
{
    if (node->type != XML_ELEMENT_NODE)
        return;
    if (node->ns && !strcmp((const char *)node->ns->href, uri))
        node->ns = NULL;
    for (xmlNodePtr child = node->children; child; child = child->next)
        drop_namespace(child, uri);
}

/* An application's element as a document, in its namespace; NULL with an error. */
static xmlDocPtr read_element(const char *text, const char *key, const char *uri)
{
    g_autoptr(xmlDoc) doc = xml_parse(text, "metadata_xml");
    xmlNodePtr root = doc ? xmlDocGetRootElement(doc) : NULL;
    xmlNsPtr ns;

    if (!root)
        return NULL;
    ns = xmlNewNs(root, BAD_CAST uri, BAD_CAST key);
    if (!ns) {
        error_set(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG,
                  "key '%s' in virDomainSetMetadata stands for another namespace in the metadata",
                  key);
        return NULL;
    }
    set_namespace(root, ns);
    return g_steal_pointer(&doc);
}

static int set_element(struct domain *doc, xmlDocPtr element, const char *uri)
{
    g_autoptr(xmlDoc) metadata = open_metadata(doc);
    xmlNodePtr root = metadata ? xmlDocGetRootElement(metadata) : NULL;
    xmlNodePtr old = root ? find_element(root, uri) : NULL;

    if (!root)
        return -1;
    if (old)
        remove_node(old);
    if (element)
        xmlAddChild(root, xmlDocCopyNode(xmlDocGetRootElement(element), metadata, 1));
    close_metadata(doc, metadata);
    return 0;
}

static void set_text(char **text, const char *value)
{
    g_free(*text);
    *text = value && *value ? g_strdup(value) : NULL;
}

static int check_type(int type)
{
    if (type >= VIR_DOMAIN_METADATA_DESCRIPTION && type < VIR_DOMAIN_METADATA_LAST)
        return 0;
    error_set(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG, "unknown metadata type '%d': it is 0 to %d",
              type, VIR_DOMAIN_METADATA_LAST - 1);
    return -1;
}

/* Some types go with an argument, the others without. */
static int check_presence(const char *argument, bool wanted, const char *name, const char *function)
{
    if ((argument != NULL) == wanted)
        return 0;
    error_set_argument(VIR_FROM_DOM, name, function, "%s in %s must %sbe NULL", name, function,
                       wanted ? "not " : "");
    return -1;
}

static int check_set(int type, const char *metadata, const char *key, const char *uri)
{
    bool element = type == VIR_DOMAIN_METADATA_ELEMENT;

    if (check_type(type) < 0 || check_presence(uri, element, "uri", "virDomainSetMetadata") < 0 ||
        ((!element || metadata) && check_presence(key, element, "key", "virDomainSetMetadata") < 0))
        return -1;
    if (type == VIR_DOMAIN_METADATA_TITLE && metadata && strchr(metadata, '\n')) {
        error_set_argument(VIR_FROM_DOM, "metadata", "virDomainSetMetadata",
                           "metadata title can't contain newlines");
        return -1;
    }
    return 0;
}

int test_domainSetMetadata(virDomainPtr domain, int type, const char *metadata, const char *key,
                           const char *uri, unsigned int flags)
{
    g_autoptr(xmlDoc) element = NULL;
    struct domain *docs[2];
    int n;

    if (flags_check(flags, AFFECT_FLAGS, __func__) < 0 || check_set(type, metadata, key, uri) < 0)
        return -1;
    if (type == VIR_DOMAIN_METADATA_ELEMENT && metadata &&
        !(element = read_element(metadata, key, uri)))
        return -1;
    WITH_GUEST(domain, -1);
    n = guest_edit(guest, flags, docs);
    if (n < 0)
        return -1;
    for (int i = 0; i < n; i++) {
        if (type == VIR_DOMAIN_METADATA_TITLE)
            set_text(&docs[i]->title, metadata);
        else if (type == VIR_DOMAIN_METADATA_DESCRIPTION)
            set_text(&docs[i]->description, metadata);
        else if (set_element(docs[i], element, uri) < 0)
            return -1;
    }
    guest_event_metadata(world, guest, type, uri);
    return 0;
}

static char *get_element(const struct domain *doc, const char *uri)
{
    g_autoptr(xmlDoc) metadata = open_metadata(doc);
    g_autoptr(xmlDoc) copy = NULL;
    xmlNodePtr root = metadata ? xmlDocGetRootElement(metadata) : NULL;
    xmlNodePtr node = root ? find_element(root, uri) : NULL;

    if (!node)
        return NULL;
    copy = xmlNewDoc(BAD_CAST "1.0");
    node = xmlDocCopyNode(node, copy, 1);
    xmlDocSetRootElement(copy, node);
    drop_namespace(node, uri);
    for (xmlNsPtr *ns = &node->nsDef; *ns;) {
        xmlNsPtr dropped = *ns;

        if (strcmp((const char *)dropped->href, uri) != 0) {
            ns = &dropped->next;
            continue;
        }
        *ns = dropped->next;
        dropped->next = NULL;
        xmlFreeNs(dropped);
    }
    return element_text(copy, node);
}

char *test_domainGetMetadata(virDomainPtr domain, int type, const char *uri, unsigned int flags)
{
    g_autoptr(definition) definition = NULL;
    char *text;

    if (flags_check(flags, AFFECT_FLAGS, __func__) < 0 || check_type(type) < 0 ||
        check_presence(uri, type == VIR_DOMAIN_METADATA_ELEMENT, "uri", "virDomainGetMetadata") < 0)
        return NULL;
    {
        WITH_GUEST(domain, NULL);
        if (guest_check_affected(guest, flags) < 0)
            return NULL;
        definition = definition_ref(flags & VIR_DOMAIN_AFFECT_CONFIG || !guest->live ? guest->config
                                                                                     : guest->live);
    }
    if (type == VIR_DOMAIN_METADATA_ELEMENT)
        text = get_element(definition->doc, uri);
    else
        text = g_strdup(type == VIR_DOMAIN_METADATA_TITLE ? definition->doc->title
                                                          : definition->doc->description);
    if (!text && !error_code())
        error_set(VIR_FROM_DOMAIN, VIR_ERR_NO_DOMAIN_METADATA,
                  "Requested metadata element is not present");
    return text;
}
