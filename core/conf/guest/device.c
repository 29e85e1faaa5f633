#include "core/conf/guest/device.h"

#include <string.h>

#include "core/object/error.h"

int device_read(const char *xml, const struct doc_context *ctx, struct device *device)
{
    if (doc_parse_part(&domain_devices_doc, xml, ctx, DOC_INACTIVE, &device->field, &device->part) <
        0)
        return -1;
    device->given = xml_parse(xml, "device_definition");
    return device->given ? 0 : -1;
}

void device_clear(struct device *device)
{
    if (device->part)
        doc_free(doc_part_layout(device->field), device->part);
    if (device->given)
        xmlFreeDoc(device->given);
}

/* ---- where the tables keep them */

static char *member(const struct domain *doc, size_t offset)
{
    return (char *)&doc->devices + offset;
}

/* One by pointer, or one that is there when anything of it is. */
static void *single(const struct domain *doc, const struct doc_field *field)
{
    const struct doc_layout *layout = doc_part_layout(field);
    void *place = member(doc, field->offset);
    g_autofree void *none = NULL;

    if (field->flags & DOC_BY_POINTER)
        return *(void **)place;
    none = g_malloc0(layout->size);
    return doc_equal(layout, place, none) ? NULL : place;
}

size_t device_count(const struct domain *doc, const struct doc_field *field)
{
    if (field->place == DOC_LIST)
        return *(size_t *)member(doc, field->other);
    return single(doc, field) != NULL;
}

static void *device_at(const struct domain *doc, const struct doc_field *field, size_t place)
{
    if (field->place != DOC_LIST)
        return single(doc, field);
    return *(char **)member(doc, field->offset) + place * doc_part_layout(field)->size;
}

static void copy_to(void *place, const struct device *device)
{
    const struct doc_layout *layout = doc_part_layout(device->field);
    void *copy = doc_copy(layout, device->part);

    memcpy(place, copy, layout->size);
    g_free(copy);
}

static void append(struct domain *doc, const struct device *device)
{
    size_t size = doc_part_layout(device->field)->size;
    char **items = (char **)member(doc, device->field->offset);
    size_t *n = (size_t *)member(doc, device->field->other);

    *items = g_realloc_n(*items, *n + 1, size);
    copy_to(*items + *n * size, device);
    (*n)++;
}

int device_insert(struct domain *doc, const struct device *device)
{
    const struct doc_field *field = device->field;

    if (field->place == DOC_LIST) {
        append(doc, device);
        return 0;
    }
    if (single(doc, field)) {
        error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, "domain already has a %s",
                  field->name);
        return -1;
    }
    if (field->flags & DOC_BY_POINTER)
        *(void **)member(doc, field->offset) = doc_copy(doc_part_layout(field), device->part);
    else
        copy_to(member(doc, field->offset), device);
    return 0;
}

void device_remove(struct domain *doc, const struct doc_field *field, size_t place)
{
    const struct doc_layout *layout = doc_part_layout(field);
    char *item = device_at(doc, field, place);
    size_t *n;

    if (field->place != DOC_LIST && field->flags & DOC_BY_POINTER) {
        doc_free(layout, g_steal_pointer((void **)member(doc, field->offset)));
        return;
    }
    doc_clear(layout, item);
    if (field->place != DOC_LIST)
        return;
    n = (size_t *)member(doc, field->other);
    (*n)--;
    memmove(item, item + layout->size, (*n - place) * layout->size);
}

/* The member called so, its own or an included struct's; NULL if there is none. */
static const struct doc_member *find_member(const struct doc_layout *layout, const char *label,
                                            size_t *offset)
{
    const struct doc_member *found = NULL;

    for (unsigned i = 0; i < layout->n_members && !found; i++) {
        const struct doc_member *member = &layout->members[i];
        size_t inner = 0;

        if (!strcmp(member->label, label))
            found = member;
        else if (!*member->label && member->shape == DOC_INNER)
            found = find_member(member->layout, label, &inner);
        if (found)
            *offset = member->offset + inner;
    }
    return found;
}

/* What the new document does not say of the device's place stays as it was. */
static void keep_address(const struct doc_layout *layout, char *item, const char *old)
{
    size_t offset = 0;
    const struct doc_member *address = find_member(layout, "address", &offset);
    g_autofree char *none = address ? g_malloc0(address->layout->size) : NULL;
    g_autofree char *copy = NULL;

    if (!address || !doc_equal(address->layout, item + offset, none))
        return;
    copy = doc_copy(address->layout, old + offset);
    memcpy(item + offset, copy, address->layout->size);
}

void device_replace(struct domain *doc, const struct device *device, size_t place)
{
    const struct doc_layout *layout = doc_part_layout(device->field);
    void *item = device_at(doc, device->field, place);
    void *old = doc_copy(layout, item);

    doc_clear(layout, item);
    copy_to(item, device);
    keep_address(layout, item, old);
    doc_free(layout, old);
}

/* ---- which one is meant */

static xmlDocPtr device_xml(const struct domain *doc, const struct doc_field *field, size_t place)
{
    GString *text = g_string_new(NULL);
    xmlDocPtr xml = NULL;

    if (doc_format_part(text, field, device_at(doc, field, place), DOC_SECURE | DOC_INACTIVE) == 0)
        xml = xml_parse(text->str, "device_definition");
    g_string_free(text, TRUE);
    return xml;
}

static bool same_attributes(xmlNodePtr given, xmlNodePtr whole)
{
    for (xmlAttrPtr attr = given->properties; attr; attr = attr->next) {
        g_autofree char *wanted = xml_attr(given, (const char *)attr->name);
        g_autofree char *value = xml_attr(whole, (const char *)attr->name);

        if (!value || g_ascii_strcasecmp(wanted, value) != 0)
            return false;
    }
    return true;
}

static bool same_text(xmlNodePtr given, xmlNodePtr whole)
{
    g_autofree char *wanted = xml_text(given);
    g_autofree char *value = xml_text(whole);

    return !g_strcmp0(wanted ? g_strstrip(wanted) : NULL, value ? g_strstrip(value) : NULL);
}

/* All that is given is there, too. */
static bool is_part_of(xmlNodePtr given, xmlNodePtr whole)
{
    if (!same_attributes(given, whole))
        return false;
    if (!xmlFirstElementChild(given))
        return xmlFirstElementChild(whole) != NULL || same_text(given, whole);
    for (xmlNodePtr child = xmlFirstElementChild(given); child;
         child = xmlNextElementSibling(child)) {
        xmlNodePtr other = xml_child(whole, (const char *)child->name);

        while (other && !is_part_of(child, other))
            other = xml_next(other);
        if (!other)
            return false;
    }
    return true;
}

/* What says which device of its kind one is. */
static const struct key {
    const char *name, *child, *attribute, *second;
} keys[] = {
    {"disk", "target", "dev", NULL},       {"interface", "mac", "address", NULL},
    {"filesystem", "target", "dir", NULL}, {"graphics", NULL, "type", NULL},
    {"controller", NULL, "type", "index"},
};

static const struct key *key_of(const struct doc_field *field)
{
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        if (!strcmp(keys[i].name, field->name))
            return &keys[i];
    return NULL;
}

static char *key_value(const struct key *key, xmlDocPtr xml)
{
    xmlNodePtr root = xmlDocGetRootElement(xml);
    xmlNodePtr node = key->child ? xml_child(root, key->child) : root;
    g_autofree char *value = node ? xml_attr(node, key->attribute) : NULL;
    g_autofree char *second = node && key->second ? xml_attr(node, key->second) : NULL;

    if (!value || (key->second && !second))
        return NULL;
    return g_strdup_printf("%s%s%s", value, second ? " " : "", second ? second : "");
}

char *device_key(const struct device *device)
{
    const struct key *key = key_of(device->field);

    return key ? key_value(key, device->given) : NULL;
}

ssize_t device_find_key(const struct domain *doc, const struct device *device)
{
    const struct key *key = key_of(device->field);
    g_autofree char *wanted = device_key(device);

    if (device->field->place != DOC_LIST)
        return device_count(doc, device->field) ? 0 : -1;
    if (!wanted)
        return -2;
    for (size_t i = 0; i < device_count(doc, device->field); i++) {
        g_autoptr(xmlDoc) xml = device_xml(doc, device->field, i);
        g_autofree char *value = xml ? key_value(key, xml) : NULL;

        if (value && !g_ascii_strcasecmp(wanted, value))
            return (ssize_t)i;
    }
    return -1;
}

static int missing(const struct doc_field *field, const char *more)
{
    error_set(VIR_FROM_DOMAIN, VIR_ERR_DEVICE_MISSING, "no matching %s device was found%s",
              field->name, more);
    return -1;
}

ssize_t device_find(const struct domain *doc, const struct device *device)
{
    ssize_t found = device_find_key(doc, device);

    if (found >= -1)
        return found >= 0 ? found : missing(device->field, "");
    found = -1;
    for (size_t i = 0; i < device_count(doc, device->field); i++) {
        g_autoptr(xmlDoc) xml = device_xml(doc, device->field, i);

        if (!xml || !is_part_of(xmlDocGetRootElement(device->given), xmlDocGetRootElement(xml)))
            continue;
        if (found >= 0)
            return missing(device->field, ": several fit");
        found = (ssize_t)i;
    }
    return found >= 0 ? found : missing(device->field, "");
}

char *device_alias(const struct domain *doc, const struct doc_field *field, size_t place)
{
    g_autoptr(xmlDoc) xml = device_xml(doc, field, place);
    xmlNodePtr node = xml ? xml_child(xmlDocGetRootElement(xml), "alias") : NULL;

    return node ? xml_attr(node, "name") : g_strdup_printf("%s%zu", field->name, place);
}

int device_find_alias(const struct domain *doc, const char *alias,
                      const struct doc_field **ret_field, size_t *ret_place)
{
    for (unsigned f = 0; f < domain_devices_doc.n_fields; f++) {
        const struct doc_field *field = &domain_devices_doc.fields[f];

        if (!field->name || field->type != DOC_STRUCT)
            continue;
        for (size_t i = 0; i < device_count(doc, field); i++) {
            g_autofree char *name = device_alias(doc, field, i);

            if (strcmp(name, alias) != 0)
                continue;
            *ret_field = field;
            *ret_place = i;
            return 0;
        }
    }
    error_set(VIR_FROM_DOMAIN, VIR_ERR_DEVICE_MISSING, "no device found with alias %s", alias);
    return -1;
}
