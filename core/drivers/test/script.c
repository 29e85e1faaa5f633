#include "core/drivers/test/script.h"

#include <string.h>

#include "core/object/error.h"

/* What may stand where. Attributes: "name!" has to be there, "name#" is a number of 0 or more,
 * "name%" one that may be negative, "name=a|b" one of these words. */
static const struct rule {
    const char *parent, *name;
    const char *attributes[11];
} rules[] = {
    {NULL, "guest", {0}},
    {"guest", "agent", {"state=connected|disconnected|silent|none", "delay#"}},
    {"agent", "answer", {"command!", "delay#", "error", "missing=yes|no"}},
    {"agent", "hostname", {0}},
    {"agent", "timezone", {"name!", "offset%"}},
    {"agent",
     "os",
     {"id", "name", "pretty-name", "version", "version-id", "machine", "variant", "variant-id",
      "kernel-release", "kernel-version"}},
    {"agent", "user", {"name!", "domain", "login#"}},
    {"agent", "key", {"user!"}},
    {"guest", "port", {"name!", "greeting"}},
    {"guest", "device", {"alias!", "removal=granted|refused"}},
    {"guest", "monitor", {0}},
    {"monitor", "answer", {"command!"}},
};

#define FAIL(...) (error_set(VIR_FROM_TEST, VIR_ERR_XML_ERROR, __VA_ARGS__), -1)

static const struct rule *find_rule(const char *parent, const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++)
        if (!g_strcmp0(rules[i].parent, parent) && !strcmp(rules[i].name, name))
            return &rules[i];
    return NULL;
}

/* The end of the attribute's name in a rule. */
static size_t name_length(const char *attribute)
{
    return strcspn(attribute, "!#%=");
}

static int check_word(const char *words, const struct rule *rule, const char *name,
                      const char *value)
{
    g_auto(GStrv) list = g_strsplit(words, "|", 0);

    if (g_strv_contains((const char *const *)list, value))
        return 0;
    return FAIL("invalid %s '%s' of corral:%s: one of %s is wanted", name, value, rule->name,
                words);
}

static int check_attribute(xmlNodePtr node, const struct rule *rule, const char *attribute)
{
    g_autofree char *name = g_strndup(attribute, name_length(attribute));
    g_autofree char *value = xml_attr(node, name);
    gboolean negative = attribute[strlen(name)] == '%';

    switch (attribute[strlen(name)]) {
    case '!':
        return value && *value ? 0 : FAIL("a corral:%s needs the attribute '%s'", rule->name, name);
    case '#':
    case '%':
        if (!value ||
            g_ascii_string_to_signed(value, 10, negative ? G_MININT : 0, G_MAXINT64, NULL, NULL))
            return 0;
        return FAIL("invalid %s '%s' of corral:%s: a whole number%s is wanted", name, value,
                    rule->name, negative ? "" : " of 0 or more");
    case '=':
        return value ? check_word(attribute + strlen(name) + 1, rule, name, value) : 0;
    default:
        return 0;
    }
}

static int check_attributes(xmlNodePtr node, const struct rule *rule)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rule->attributes) && rule->attributes[i]; i++)
        if (check_attribute(node, rule, rule->attributes[i]) < 0)
            return -1;
    for (xmlAttrPtr it = node->properties; it; it = it->next) {
        const char *name = (const char *)it->name;
        gboolean known = FALSE;

        for (size_t i = 0; i < G_N_ELEMENTS(rule->attributes) && rule->attributes[i]; i++)
            known = known || (strlen(name) == name_length(rule->attributes[i]) &&
                              g_str_has_prefix(rule->attributes[i], name));
        if (!known)
            return FAIL("a corral:%s has no attribute '%s'", rule->name, name);
    }
    return 0;
}

static int check_node(xmlNodePtr node, const char *parent)
{
    const char *name = (const char *)node->name;
    const struct rule *rule = find_rule(parent, name);

    if (!rule)
        return parent ? FAIL("a corral:%s has no element '%s'", parent, name)
                      : FAIL("unknown element '%s' of %s in a guest's metadata: 'guest' is wanted",
                             name, FAULT_NAMESPACE);
    if (check_attributes(node, rule) < 0)
        return -1;
    for (xmlNodePtr child = node->children; child; child = child->next)
        if (child->type == XML_ELEMENT_NODE && check_node(child, name) < 0)
            return -1;
    return 0;
}

int script_check(xmlNodePtr element)
{
    return check_node(element, NULL);
}

static xmlNodePtr find_guest(xmlDocPtr metadata)
{
    for (xmlNodePtr node = xmlDocGetRootElement(metadata)->children; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE && node->ns &&
            !strcmp((const char *)node->ns->href, FAULT_NAMESPACE))
            return node;
    return NULL;
}

void script_open(const struct domain *doc, struct script *script)
{
    script->metadata = NULL;
    script->guest = NULL;
    if (!doc->metadata || !strstr(doc->metadata, FAULT_NAMESPACE))
        return;
    script->metadata = xml_parse(doc->metadata, "metadata");
    if (script->metadata)
        script->guest = find_guest(script->metadata);
}

void script_close(struct script *script)
{
    g_clear_pointer(&script->metadata, xmlFreeDoc);
}

int script_check_document(const struct domain *doc)
{
    g_auto(script_t) script = {0};

    script_open(doc, &script);
    return script.guest ? script_check(script.guest) : 0;
}

xmlNodePtr script_part(const struct script *script, const char *name)
{
    return script->guest ? xml_child(script->guest, name) : NULL;
}

xmlNodePtr script_find(xmlNodePtr parent, const char *name, const char *attribute,
                       const char *value)
{
    for (script_each(node, parent, name)) {
        g_autofree char *found = xml_attr(node, attribute);

        if (!g_strcmp0(found, value))
            return node;
    }
    return NULL;
}

long long script_number(xmlNodePtr node, const char *attribute, long long otherwise)
{
    g_autofree char *text = node ? xml_attr(node, attribute) : NULL;

    return text ? g_ascii_strtoll(text, NULL, 10) : otherwise;
}
