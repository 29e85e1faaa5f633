/* Documents along the tables: new ones, and changed ones. */
#include "fuzz.h"

#include <libxml/parser.h>
#include <string.h>

#define MAX_DEPTH 14
#define MAX_NODES 3000

struct growth {
    struct choices *choices;
    xmlNs *space;
    unsigned nodes;
};

unsigned fuzz_choose(struct choices *choices, unsigned n)
{
    unsigned value = 0;

    for (unsigned reach = 1; reach < n && choices->left > 0; reach <<= 8, choices->left--)
        value = value << 8 | *choices->next++;
    return n ? value % n : 0;
}

/* ---- values */

static const char *const hostile[] = {
    "9223372036854775808",
    "18446744073709551615",
    "-9223372036854775809",
    "99999999999999999999999",
    "4294967296",
    "-1",
    "0",
    "",
    " 1 ",
    "0x7fffffff",
    "1e400",
    "\xc3\xa9\xe2\x82\xac",
    "a&b<c>\"'",
    "../../a",
    "\n",
};
static const char *const numbers[] = {"1",  "0",   "2",    "3",     "7",
                                      "16", "255", "1024", "65535", "4096"};
static const char *const texts[] = {"a",   "vda", "default", "net0", "ua-1",
                                    "b c", "hda", "pc",      "sda"};
static const char *const paths[] = {"/a", "/dev/sda", "/var/lib/b.img", "c"};
static const char *const sets[] = {"0-3", "0", "0-7,^2", "1,3"};
static const char *const uuids[] = {"c7a5fdbd-cdaf-9455-926a-d65c16db1809",
                                    "00000000-0000-0000-0000-000000000001"};
static const char *const macs[] = {"52:54:00:00:00:01", "52:54:00:ab:cd:ef"};
static const char *const addresses[] = {"10.0.0.1", "::1", "fe80::1", "192.168.122.1"};
static const char *const truths[] = {"yes", "no", "on", "off"};
static const char *const units[] = {"KiB", "b", "MiB", "G", "EiB", "TB", "bytes"};

#define ONE_OF(choices, list) (list)[fuzz_choose(choices, G_N_ELEMENTS(list))]

static const char *typed_value(const struct doc_field *field, struct choices *choices)
{
    const struct doc_words *words = field->detail;

    switch (field->type) {
    case DOC_WORD:
        return words->n_names > 1 ? words->names[1 + fuzz_choose(choices, words->n_names - 1)] : "";
    case DOC_PATH:
        return ONE_OF(choices, paths);
    case DOC_CPUSET:
        return ONE_OF(choices, sets);
    case DOC_UUID:
        return ONE_OF(choices, uuids);
    case DOC_MAC:
        return ONE_OF(choices, macs);
    case DOC_IP:
        return ONE_OF(choices, addresses);
    case DOC_TRUTH:
        return ONE_OF(choices, truths);
    case DOC_STRING:
    case DOC_XML:
        return ONE_OF(choices, texts);
    default:
        return ONE_OF(choices, numbers);
    }
}

static const char *some_value(const struct doc_field *field, struct choices *choices)
{
    unsigned way = fuzz_choose(choices, 16);
    const struct doc_rule *rule = field->rule;
    const char *value = NULL;

    if (way == 15)
        return ONE_OF(choices, hostile);
    if (way == 14 && rule && rule->names)
        value = rule->names[0].name;
    if (way == 13 && rule)
        value = rule->default_text;
    return value ? value : typed_value(field, choices);
}

/* ---- growing */

static void grow(struct growth *growth, xmlNode *node, const struct doc_field *fields, unsigned n,
                 unsigned depth);

static void add_element(struct growth *growth, xmlNode *node, const struct doc_field *field,
                        unsigned depth)
{
    const struct doc_struct *type = field->detail;
    const struct doc_rule *rule = field->rule;
    xmlNode *child;

    if (depth > MAX_DEPTH || growth->nodes++ > MAX_NODES)
        return;
    child = xmlNewChild(node, growth->space, BAD_CAST field->name, NULL);
    if (!growth->space)
        xmlSetNs(child, NULL);
    if (rule && rule->where_value)
        xmlSetProp(child, BAD_CAST rule->where, BAD_CAST rule->where_value);
    if (field->type == DOC_STRUCT) {
        grow(growth, child, type->fields, type->n_fields, depth + 1);
        return;
    }
    if (field->type == DOC_FLAG)
        return;
    xmlNodeAddContent(child, BAD_CAST some_value(field, growth->choices));
    if (field->type == DOC_SIZE && fuzz_choose(growth->choices, 2))
        xmlSetProp(child, BAD_CAST rule->unit_attribute, BAD_CAST ONE_OF(growth->choices, units));
}

static void grow_namespace(struct growth *growth, xmlNode *node, const struct doc_namespace *space,
                           unsigned depth)
{
    growth->space = xmlSearchNsByHref(node->doc, node, BAD_CAST space->uri);
    if (!growth->space)
        growth->space = xmlNewNs(node, BAD_CAST space->uri, BAD_CAST space->prefix);
    grow(growth, node, space->fields, space->n_fields, depth);
    growth->space = NULL;
}

static void grow_one(struct growth *growth, xmlNode *node, const struct doc_field *field,
                     unsigned depth)
{
    const struct doc_when *when = field->detail;
    const struct doc_any *any = field->detail;

    switch (field->place) {
    case DOC_ATTRIBUTE:
        xmlSetProp(node, BAD_CAST field->name, BAD_CAST some_value(field, growth->choices));
        break;
    case DOC_TEXT:
        xmlNodeAddContent(node, BAD_CAST some_value(field, growth->choices));
        break;
    case DOC_LIST:
        for (unsigned i = 1 + fuzz_choose(growth->choices, 3); i > 0; i--)
            add_element(growth, node, field, depth);
        break;
    case DOC_ELEMENT:
        add_element(growth, node, field, depth);
        break;
    case DOC_ANY:
        add_element(growth, node, &any->fields[fuzz_choose(growth->choices, any->n_fields)], depth);
        break;
    case DOC_WHEN:
        grow(growth, node, when->fields, when->n_fields, depth);
        break;
    case DOC_NAMESPACE:
        grow_namespace(growth, node, field->detail, depth);
        break;
    }
}

static void grow(struct growth *growth, xmlNode *node, const struct doc_field *fields, unsigned n,
                 unsigned depth)
{
    for (unsigned i = 0; i < n; i++) {
        if (fields[i].flags & DOC_REQUIRED || fuzz_choose(growth->choices, 8) > 4)
            grow_one(growth, node, &fields[i], depth);
    }
}

static char *print(xmlDoc *doc)
{
    xmlChar *text = NULL;
    char *copy;
    int length;

    xmlDocDumpMemory(doc, &text, &length);
    copy = g_strdup((const char *)text);
    xmlFree(text);
    return copy;
}

char *fuzz_generate(const struct doc_kind *kind, struct choices *choices)
{
    struct growth growth = {.choices = choices};
    xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
    xmlNode *root = xmlNewNode(NULL, BAD_CAST kind->element);
    char *text;

    xmlDocSetRootElement(doc, root);
    grow(&growth, root, kind->root->fields, kind->root->n_fields, 1);
    text = print(doc);
    xmlFreeDoc(doc);
    return text;
}

/* ---- changing */

static const struct doc_struct *struct_in(const struct doc_field *fields, unsigned n,
                                          const char *name)
{
    const struct doc_struct *found = NULL;

    for (unsigned i = 0; i < n && !found; i++) {
        const struct doc_when *when = fields[i].detail;
        const struct doc_any *any = fields[i].detail;
        const struct doc_namespace *space = fields[i].detail;

        if (fields[i].place == DOC_WHEN)
            found = struct_in(when->fields, when->n_fields, name);
        else if (fields[i].place == DOC_ANY)
            found = struct_in(any->fields, any->n_fields, name);
        else if (fields[i].place == DOC_NAMESPACE)
            found = struct_in(space->fields, space->n_fields, name);
        else if (fields[i].place != DOC_HOOK && fields[i].type == DOC_STRUCT && fields[i].name &&
                 strcmp(fields[i].name, name) == 0)
            found = fields[i].detail;
    }
    return found;
}

static const struct doc_struct *struct_of(const struct doc_kind *kind, const xmlNode *node)
{
    const struct doc_struct *outer;

    if (node->parent->type != XML_ELEMENT_NODE)
        return kind->root;
    outer = struct_of(kind, node->parent);
    return outer ? struct_in(outer->fields, outer->n_fields, (const char *)node->name) : NULL;
}

static void collect(xmlNode *node, GPtrArray *nodes, unsigned depth)
{
    for (; node && depth < 100; node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        g_ptr_array_add(nodes, node);
        collect(node->children, nodes, depth + 1);
    }
}

static void drop(xmlNode *node)
{
    if (node->parent->type != XML_ELEMENT_NODE)
        return;
    xmlUnlinkNode(node);
    xmlFreeNode(node);
}

static void change_attribute(xmlNode *node, struct choices *choices)
{
    unsigned n = 0, at;
    xmlAttr *attr;

    for (attr = node->properties; attr; attr = attr->next)
        n++;
    at = fuzz_choose(choices, n);
    for (attr = node->properties; attr && at > 0; attr = attr->next)
        at--;
    if (!attr)
        xmlNodeAddContent(node, BAD_CAST ONE_OF(choices, hostile));
    else if (fuzz_choose(choices, 2))
        xmlRemoveProp(attr);
    else
        xmlSetProp(node, attr->name, BAD_CAST ONE_OF(choices, hostile));
}

static void grow_at(const struct doc_kind *kind, xmlNode *node, struct choices *choices)
{
    struct growth growth = {.choices = choices};
    const struct doc_struct *type = struct_of(kind, node);

    if (type && type->n_fields > 0)
        grow_one(&growth, node, &type->fields[fuzz_choose(choices, type->n_fields)], 1);
}

void fuzz_mutate(const struct doc_kind *kind, xmlDoc *doc, struct choices *choices)
{
    g_autoptr(GPtrArray) nodes = g_ptr_array_new();
    xmlNode *node, *other;

    collect(xmlDocGetRootElement(doc), nodes, 0);
    node = nodes->pdata[fuzz_choose(choices, nodes->len)];
    other = nodes->pdata[fuzz_choose(choices, nodes->len)];
    switch (fuzz_choose(choices, 8)) {
    case 0:
        drop(node);
        break;
    case 1:
        change_attribute(node, choices);
        break;
    case 2:
        if (node->parent->type == XML_ELEMENT_NODE)
            xmlAddNextSibling(node, xmlCopyNode(node, 1));
        break;
    case 3:
        xmlAddChild(node, xmlCopyNode(other, 1));
        break;
    default:
        grow_at(kind, node, choices);
        break;
    }
}

char *fuzz_grow(const struct doc_kind *kind, const char *text, struct choices *choices)
{
    g_autoptr(GPtrArray) nodes = g_ptr_array_new();
    xmlDoc *doc = xmlReadDoc(BAD_CAST text, NULL, NULL, XML_PARSE_NONET);
    char *grown;

    collect(xmlDocGetRootElement(doc), nodes, 0);
    grow_at(kind, nodes->pdata[fuzz_choose(choices, nodes->len)], choices);
    grown = print(doc);
    xmlFreeDoc(doc);
    return grown;
}

size_t fuzz_mutate_text(const struct doc_kind *kind, uint8_t *data, size_t size, size_t max,
                        unsigned seed)
{
    uint8_t bytes[512];
    struct choices choices = {bytes, sizeof(bytes)};
    GRand *random = g_rand_new_with_seed(seed);
    xmlDoc *doc = xmlReadMemory((const char *)data, (int)size, NULL, NULL,
                                XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    g_autofree char *text = NULL;
    size_t length;

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)g_rand_int_range(random, 0, 256);
    g_rand_free(random);
    if (!doc)
        return 0;
    if (xmlDocGetRootElement(doc)) {
        for (unsigned n = 1 + fuzz_choose(&choices, 4); n > 0; n--)
            fuzz_mutate(kind, doc, &choices);
        text = print(doc);
    }
    xmlFreeDoc(doc);
    length = text ? strlen(text) : 0;
    if (length == 0 || length > max)
        return 0;
    memcpy(data, text, length);
    return length;
}
