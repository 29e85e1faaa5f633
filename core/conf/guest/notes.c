/* Titles, descriptions, and elements that belong to applications: what guests and networks share.
 */
#include "core/conf/guest/notes.h"

#include <string.h>

#include "core/base/xml.h"
#include "core/object/error.h"

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

/* A document's <metadata>, an empty one without it. */
static xmlDocPtr open_metadata(const char *text)
{
    return xml_parse(text ? text : "<metadata/>", "metadata");
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
static void close_metadata(char **place, xmlDocPtr metadata)
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
    g_free(*place);
    *place =
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

xmlDocPtr note_read(const struct note *note, const char *text)
{
    g_autoptr(xmlDoc) doc = xml_parse(text, "metadata_xml");
    xmlNodePtr root = doc ? xmlDocGetRootElement(doc) : NULL;
    xmlNsPtr ns;

    if (!root)
        return NULL;
    ns = xmlNewNs(root, BAD_CAST note->uri, BAD_CAST note->key);
    if (!ns) {
        error_set(note->origin, VIR_ERR_INVALID_ARG,
                  "key '%s' in %s stands for another namespace in the metadata", note->key,
                  note->function);
        return NULL;
    }
    set_namespace(root, ns);
    return g_steal_pointer(&doc);
}

int note_put(char **metadata, xmlDocPtr element, const char *uri)
{
    g_autoptr(xmlDoc) doc = open_metadata(*metadata);
    xmlNodePtr root = doc ? xmlDocGetRootElement(doc) : NULL;
    xmlNodePtr old = root ? find_element(root, uri) : NULL;

    if (!root)
        return -1;
    if (old)
        remove_node(old);
    if (element)
        xmlAddChild(root, xmlDocCopyNode(xmlDocGetRootElement(element), doc, 1));
    close_metadata(metadata, doc);
    return 0;
}

void note_set_text(char **text, const char *value)
{
    g_free(*text);
    *text = value && *value ? g_strdup(value) : NULL;
}

int note_check_type(const struct note *note)
{
    if (note->type >= NOTE_DESCRIPTION && note->type <= NOTE_ELEMENT)
        return 0;
    error_set(note->origin, VIR_ERR_INVALID_ARG, "unknown metadata type '%d': it is 0 to %d",
              note->type, NOTE_ELEMENT);
    return -1;
}

/* Some types go with an argument, the others without. */
static int check_presence(const struct note *note, const char *argument, const char *name)
{
    bool wanted = note->type == NOTE_ELEMENT;

    if ((argument != NULL) == wanted)
        return 0;
    error_set_argument(note->origin_of_arguments, name, note->function, "%s in %s must %sbe NULL",
                       name, note->function, wanted ? "not " : "");
    return -1;
}

int note_check_get(const struct note *note)
{
    return note_check_type(note) < 0 ? -1 : check_presence(note, note->uri, "uri");
}

int note_check_set(const struct note *note, const char *metadata)
{
    if (note_check_get(note) < 0 ||
        ((note->type != NOTE_ELEMENT || metadata) && check_presence(note, note->key, "key") < 0))
        return -1;
    if (note->type == NOTE_TITLE && metadata && strchr(metadata, '\n')) {
        error_set_argument(note->origin_of_arguments, "metadata", note->function,
                           "metadata title can't contain newlines");
        return -1;
    }
    return 0;
}

char *note_get(const char *text, const char *uri)
{
    g_autoptr(xmlDoc) metadata = open_metadata(text);
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
