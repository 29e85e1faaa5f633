#include "core/drivers/qemu/caps/schema.h"

#include <string.h>

struct schema {
    json_t *entities;
    GHashTable *by_name; /* → entity */
};

struct schema *schema_new(json_t *entities)
{
    struct schema *schema = g_new0(struct schema, 1);
    json_t *entity;
    size_t i;

    schema->entities = entities;
    schema->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    json_array_foreach(entities, i, entity)
    {
        const char *name = json_text_of(entity, "name");

        if (name)
            g_hash_table_insert(schema->by_name, (char *)name, entity);
    }
    return schema;
}

void schema_free(struct schema *schema)
{
    if (!schema)
        return;
    g_hash_table_unref(schema->by_name);
    json_decref(schema->entities);
    g_free(schema);
}

static json_t *entity_of(const struct schema *schema, const json_t *object, const char *key)
{
    const char *name = json_text_of(object, key);

    return name ? g_hash_table_lookup(schema->by_name, name) : NULL;
}

/* Lists of lists end somewhere in honest schemas. */
#define DEPTH_MAX 8

/* What a list is made of. */
static json_t *inside(const struct schema *schema, json_t *entity)
{
    for (unsigned i = 0; i < DEPTH_MAX; i++) {
        if (!entity || g_strcmp0(json_text_of(entity, "meta-type"), "array") != 0)
            break;
        entity = entity_of(schema, entity, "element-type");
    }
    return entity;
}

/* The item of a list that has this name under the key. */
static json_t *find(const json_t *list, const char *key, const char *name)
{
    json_t *item;
    size_t i;

    json_array_foreach(list, i, item)
    {
        const char *text = json_is_string(item) ? json_string_value(item) : json_text_of(item, key);

        if (text && strcmp(text, name) == 0)
            return item;
    }
    return NULL;
}

/* Where the walk is: a member tells more than its type. */
struct place {
    json_t *member; /* NULL for an entity that no member led to */
    json_t *entity; /* NULL where there is no way on */
};

static bool step_to_member(const struct schema *schema, struct place *place, const char *name,
                           bool optional, unsigned depth)
{
    json_t *entity = inside(schema, place->entity);
    json_t *member = find(json_object_get(entity, "members"), "name", name), *way;
    size_t i;

    if (member) {
        *place = (struct place){member, entity_of(schema, member, "type")};
        return !optional || json_object_get(member, "default");
    }
    if (g_strcmp0(json_text_of(entity, "meta-type"), "alternate") != 0 || depth == 0)
        return false;
    json_array_foreach(json_object_get(entity, "members"), i, way)
    {
        struct place other = {NULL, entity_of(schema, way, "type")};

        if (step_to_member(schema, &other, name, optional, depth - 1)) {
            *place = other;
            return true;
        }
    }
    return false;
}

static bool step_to_variant(const struct schema *schema, struct place *place, const char *name,
                            unsigned depth)
{
    json_t *entity = inside(schema, place->entity), *way;
    json_t *variant = find(json_object_get(entity, "variants"), "case", name);
    size_t i;

    if (variant) {
        *place = (struct place){NULL, entity_of(schema, variant, "type")};
        return true;
    }
    if (g_strcmp0(json_text_of(entity, "meta-type"), "alternate") != 0 || depth == 0)
        return false;
    json_array_foreach(json_object_get(entity, "members"), i, way)
    {
        struct place other = {NULL, entity_of(schema, way, "type")};

        if (step_to_variant(schema, &other, name, depth - 1)) {
            *place = other;
            return true;
        }
    }
    return false;
}

/* What enumerations hold is told in two ways. */
static bool step_to_value(const struct schema *schema, struct place *place, const char *name)
{
    json_t *entity = inside(schema, place->entity);
    json_t *value = find(json_object_get(entity, "members"), "name", name);

    if (g_strcmp0(json_text_of(entity, "meta-type"), "enum") != 0)
        return false;
    if (!value)
        value = find(json_object_get(entity, "values"), "name", name);
    *place = (struct place){value, NULL};
    return value;
}

static bool has_feature(const struct place *place, const char *name)
{
    return find(json_object_get(place->member, "features"), "", name) ||
           (!place->member && find(json_object_get(place->entity, "features"), "", name));
}

static bool step(const struct schema *schema, struct place *place, const char *name)
{
    switch (name[0]) {
    case '$':
        return has_feature(place, name + 1);
    case '^':
        return step_to_value(schema, place, name + 1);
    case '+':
        return step_to_variant(schema, place, name + 1, DEPTH_MAX);
    case '*':
        return step_to_member(schema, place, name + 1, true, DEPTH_MAX);
    default:
        return step_to_member(schema, place, name, false, DEPTH_MAX);
    }
}

bool schema_has(const struct schema *schema, const char *path)
{
    g_auto(GStrv) steps = g_strsplit(path, "/", -1);
    struct place place = {NULL, g_hash_table_lookup(schema->by_name, steps[0] ?: "")};
    unsigned i = 1;

    if (!place.entity)
        return false;
    if (steps[1] && (strcmp(steps[1], "arg-type") == 0 || strcmp(steps[1], "ret-type") == 0)) {
        place.entity = entity_of(schema, place.entity, steps[1]);
        i = 2;
        if (!place.entity)
            return false;
    }
    for (; steps[i]; i++)
        if (!step(schema, &place, steps[i]))
            return false;
    return true;
}
