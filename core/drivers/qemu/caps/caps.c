#include "core/drivers/qemu/caps/caps.h"

#include <string.h>

#include "core/base/lock.h"
#include "core/drivers/qemu/caps/facts.h"
#include "core/drivers/qemu/caps/schema.h"

struct type {
    bool device, object;
    unsigned n;
    const char **properties; /* the facts' */
};

struct processors {
    json_t *told;
    struct qemu_cpu_model *models;
    size_t n;
    const char **features; /* ended by NULL; NULL: not known */
};

struct qemu_caps {
    gint refs;
    char *binary;
    json_t *told; /* whose texts the rest points to */
    const char *arch;
    unsigned version;
    struct qemu_machine *machines;
    size_t n_machines;
    GHashTable *types;             /* name → struct type */
    GHashTable *commands, *events; /* sets */
    struct processors tcg;
    bool flags[CAPS_FLAGS];

    lock_t lock;         /* of what comes later */
    json_t *schema_told; /* NULL: it lies in the file */
    char *schema_file;
    struct schema *schema;
    struct processors *kvm;
};

/* ---- out of the facts ---- */

static const char **texts_of(json_t *list)
{
    const char **texts = g_new0(const char *, json_array_size(list) + 1);
    json_t *item;
    size_t i, n = 0;

    json_array_foreach(list, i, item)
    {
        if (json_is_string(item))
            texts[n++] = json_string_value(item);
    }
    return texts;
}

static GHashTable *set_of(json_t *list)
{
    GHashTable *set = g_hash_table_new(g_str_hash, g_str_equal);
    json_t *item;
    size_t i;

    json_array_foreach(list, i, item)
    {
        if (json_is_string(item))
            g_hash_table_add(set, (char *)json_string_value(item));
    }
    return set;
}

static void read_processors(json_t *told, struct processors *ret)
{
    json_t *models = json_object_get(told, "models"), *features = json_object_get(told, "features");
    json_t *model;
    size_t i;

    ret->told = json_incref(told);
    ret->models = g_new0(struct qemu_cpu_model, json_array_size(models) + 1);
    json_array_foreach(models, i, model)
    {
        json_t *blockers = json_object_get(model, "unavailable-features");
        struct qemu_cpu_model *to = &ret->models[ret->n];

        to->name = json_text_of(model, "name");
        to->type = json_text_of(model, "typename");
        to->deprecated = json_truth_of(model, "deprecated", FALSE);
        if (blockers)
            to->blockers = texts_of(blockers);
        to->usable = json_array_size(blockers) == 0;
        ret->n += to->name != NULL;
    }
    if (features)
        ret->features = texts_of(features);
}

static void clear_processors(struct processors *processors)
{
    for (size_t i = 0; i < processors->n; i++)
        g_free((void *)processors->models[i].blockers);
    g_free(processors->models);
    g_free(processors->features);
    json_decref(processors->told);
}

static void read_machines(struct qemu_caps *caps)
{
    json_t *list = json_object_get(caps->told, "machines"), *item;
    size_t i;

    caps->machines = g_new0(struct qemu_machine, json_array_size(list) + 1);
    json_array_foreach(list, i, item)
    {
        struct qemu_machine *to = &caps->machines[caps->n_machines];

        to->name = json_text_of(item, "name");
        to->alias = json_text_of(item, "alias");
        to->default_cpu = json_text_of(item, "default-cpu-type");
        to->default_ram = json_text_of(item, "default-ram-id");
        to->max_cpus = CLAMP(json_number_of(item, "cpu-max", 0), 0, G_MAXINT);
        to->hotplug_cpus = json_truth_of(item, "hotpluggable-cpus", FALSE);
        to->numa_memory = json_truth_of(item, "numa-mem-supported", FALSE);
        to->deprecated = json_truth_of(item, "deprecated", FALSE);
        to->acpi = json_truth_of(item, "acpi", TRUE);
        to->is_default = json_truth_of(item, "is-default", FALSE);
        caps->n_machines += to->name != NULL;
    }
}

static void type_free(void *data)
{
    struct type *type = data;

    g_free(type->properties);
    g_free(type);
}

static struct type *read_type(json_t *places, json_t *names)
{
    struct type *type = g_new0(struct type, 1);
    json_t *place;
    size_t i;

    type->properties = g_new(const char *, json_array_size(places) + 1);
    json_array_foreach(places, i, place)
    {
        const char *name = json_string_value(json_array_get(names, json_integer_value(place)));

        if (name)
            type->properties[type->n++] = name;
    }
    return type;
}

static void mark_types(struct qemu_caps *caps, const char *list, size_t flag)
{
    json_t *item;
    size_t i;

    json_array_foreach(json_object_get(caps->told, list), i, item)
    {
        const char *name = json_string_value(item);
        struct type *type = name ? g_hash_table_lookup(caps->types, name) : NULL;

        if (type)
            G_STRUCT_MEMBER(bool, type, flag) = true;
    }
}

static void read_types(struct qemu_caps *caps)
{
    json_t *names = json_object_get(caps->told, "names"), *places;
    const char *key;

    caps->types = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, type_free);
    json_object_foreach(json_object_get(caps->told, "types"), key, places)
    {
        g_hash_table_insert(caps->types, (char *)key, read_type(places, names));
    }
    mark_types(caps, "devices", G_STRUCT_OFFSET(struct type, device));
    mark_types(caps, "objects", G_STRUCT_OFFSET(struct type, object));
}

static bool lists(const struct qemu_caps *caps, const char *list, const char *name)
{
    json_t *item;
    size_t i;

    json_array_foreach(json_object_get(caps->told, list), i, item)
    {
        if (g_strcmp0(json_string_value(item), name) == 0)
            return true;
    }
    return false;
}

static void read_flags(struct qemu_caps *caps)
{
    bool *flags = caps->flags;

    flags[CAPS_DEVICE_JSON] = caps_schema_has(caps, "device_add/$json-cli");
    flags[CAPS_NETDEV_JSON] = caps_schema_has(caps, "netdev_add/arg-type/+stream");
    flags[CAPS_MEMFD] = caps_has_object(caps, "memory-backend-memfd");
    flags[CAPS_SPICE] = caps_has_command(caps, "query-spice");
    flags[CAPS_VNC] = caps_has_command(caps, "query-vnc");
    flags[CAPS_SECCOMP] = caps_has_option(caps, "sandbox", "enable");
    flags[CAPS_KVM] =
        lists(caps, "accels", "kvm-accel") || json_is_true(json_path(caps->told, "kvm.present"));
    flags[CAPS_TCG] = lists(caps, "accels", "tcg-accel");
}

static const char *arch_of(const char *target)
{
    if (g_strcmp0(target, "i386") == 0)
        return "i686";
    if (g_strcmp0(target, "arm") == 0)
        return "armv7l";
    return target;
}

static unsigned read_version(json_t *told)
{
    json_t *version = json_path(told, "version.qemu");

    return CLAMP(json_number_of(version, "major", 0), 0, 999) * 1000000 +
           CLAMP(json_number_of(version, "minor", 0), 0, 999) * 1000 +
           CLAMP(json_number_of(version, "micro", 0), 0, 999);
}

struct qemu_caps *caps_new(const char *binary, struct facts *facts)
{
    struct qemu_caps *caps;

    if (!(facts->schema || facts->file) ||
        !json_text_of(json_path(facts->told, "target"), "arch") ||
        json_array_size(json_object_get(facts->told, "machines")) == 0) {
        facts_clear(facts);
        return NULL;
    }
    caps = g_new0(struct qemu_caps, 1);
    caps->refs = 1;
    caps->binary = g_strdup(binary);
    caps->told = g_steal_pointer(&facts->told);
    caps->schema_told = g_steal_pointer(&facts->schema);
    caps->schema_file = g_steal_pointer(&facts->file);
    lock_init(&caps->lock);
    caps->arch = arch_of(json_text_of(json_path(caps->told, "target"), "arch"));
    caps->version = read_version(caps->told);
    caps->commands = set_of(json_object_get(caps->told, "commands"));
    caps->events = set_of(json_object_get(caps->told, "events"));
    read_machines(caps);
    read_types(caps);
    read_processors(json_object_get(caps->told, "tcg"), &caps->tcg);
    read_flags(caps);
    return caps;
}

void caps_set_kvm(struct qemu_caps *caps, json_t *told)
{
    struct processors *kvm = g_new0(struct processors, 1);

    read_processors(told, kvm);
    lock_take(&caps->lock);
    /* the first stays: others may be looking at it */
    if (!caps->kvm)
        caps->kvm = g_steal_pointer(&kvm);
    lock_drop(&caps->lock);
    if (kvm)
        clear_processors(kvm);
    g_free(kvm);
}

struct qemu_caps *caps_ref(struct qemu_caps *caps)
{
    g_atomic_int_inc(&caps->refs);
    return caps;
}

void caps_unref(struct qemu_caps *caps)
{
    if (!caps || !g_atomic_int_dec_and_test(&caps->refs))
        return;
    clear_processors(&caps->tcg);
    if (caps->kvm)
        clear_processors(caps->kvm);
    g_free(caps->kvm);
    g_free(caps->machines);
    g_hash_table_unref(caps->types);
    g_hash_table_unref(caps->commands);
    g_hash_table_unref(caps->events);
    schema_free(caps->schema);
    json_decref(caps->schema_told);
    g_free(caps->schema_file);
    json_decref(caps->told);
    lock_clear(&caps->lock);
    g_free(caps->binary);
    g_free(caps);
}

/* ---- questions ---- */

const char *caps_binary(const struct qemu_caps *caps)
{
    return caps->binary;
}

const char *caps_arch(const struct qemu_caps *caps)
{
    return caps->arch;
}

unsigned caps_version(const struct qemu_caps *caps)
{
    return caps->version;
}

const char *caps_package(const struct qemu_caps *caps)
{
    const char *package = json_text_of(json_object_get(caps->told, "version"), "package");

    return package ? package : "";
}

bool caps_has_device(const struct qemu_caps *caps, const char *device)
{
    const struct type *type = g_hash_table_lookup(caps->types, device);

    return type && type->device;
}

bool caps_has_object(const struct qemu_caps *caps, const char *name)
{
    const struct type *type = g_hash_table_lookup(caps->types, name);

    return type && type->object;
}

bool caps_device_has_property(const struct qemu_caps *caps, const char *name, const char *property)
{
    const struct type *type = g_hash_table_lookup(caps->types, name);

    for (unsigned i = 0; type && i < type->n; i++)
        if (strcmp(type->properties[i], property) == 0)
            return true;
    return false;
}

bool caps_has_command(const struct qemu_caps *caps, const char *command)
{
    return g_hash_table_contains(caps->commands, command);
}

bool caps_has_event(const struct qemu_caps *caps, const char *event)
{
    return g_hash_table_contains(caps->events, event);
}

bool caps_has_option(const struct qemu_caps *caps, const char *option, const char *parameter)
{
    json_t *names = json_object_get(json_object_get(caps->told, "options"), option), *name;
    size_t i;

    if (!names || !parameter)
        return names != NULL;
    json_array_foreach(names, i, name)
    {
        if (strcmp(json_string_value(name) ?: "", parameter) == 0)
            return true;
    }
    return false;
}

static const struct schema *schema_of(struct qemu_caps *caps)
{
    lock_guard(&caps->lock);

    if (!caps->schema && !caps->schema_told)
        caps->schema_told = facts_load_schema(caps->schema_file);
    if (!caps->schema)
        caps->schema = schema_new(g_steal_pointer(&caps->schema_told));
    return caps->schema;
}

bool caps_schema_has(const struct qemu_caps *caps, const char *path)
{
    json_t *known = json_object_get(json_object_get(caps->told, "schema"), path);

    return known ? json_is_true(known) : schema_has(schema_of((struct qemu_caps *)caps), path);
}

bool caps_has(const struct qemu_caps *caps, enum caps_flag flag)
{
    return caps->flags[flag];
}

const struct qemu_machine *caps_machines(const struct qemu_caps *caps, size_t *ret_n)
{
    *ret_n = caps->n_machines;
    return caps->machines;
}

const struct qemu_machine *caps_machine(const struct qemu_caps *caps, const char *name)
{
    const struct qemu_machine *by_alias = NULL;

    for (size_t i = 0; i < caps->n_machines; i++) {
        const struct qemu_machine *machine = &caps->machines[i];

        if (name ? strcmp(machine->name, name) == 0 : machine->is_default)
            return machine;
        if (name && g_strcmp0(machine->alias, name) == 0)
            by_alias = machine;
    }
    return by_alias;
}

static const struct processors *processors_of(const struct qemu_caps *const_caps, const char *accel)
{
    struct qemu_caps *caps = (struct qemu_caps *)const_caps;
    lock_guard(&caps->lock);

    return strcmp(accel, "kvm") == 0 ? caps->kvm : &caps->tcg;
}

const struct qemu_cpu_model *caps_cpu_models(const struct qemu_caps *caps, const char *accel,
                                             size_t *ret_n)
{
    const struct processors *processors = processors_of(caps, accel);

    *ret_n = processors ? processors->n : 0;
    return processors ? processors->models : NULL;
}

const struct qemu_cpu_model *caps_cpu_model(const struct qemu_caps *caps, const char *accel,
                                            const char *name)
{
    size_t n;
    const struct qemu_cpu_model *models = caps_cpu_models(caps, accel, &n);

    for (size_t i = 0; i < n; i++)
        if (strcmp(models[i].name, name) == 0)
            return &models[i];
    return NULL;
}

const char *const *caps_cpu_features(const struct qemu_caps *caps, const char *accel)
{
    const struct processors *processors = processors_of(caps, accel);

    return processors ? (const char *const *)processors->features : NULL;
}
