/* Asking a binary. */
#include "core/drivers/qemu/caps/facts.h"

#include <string.h>

#include "core/base/log.h"
#include "core/drivers/qemu/caps/probe.h"
#include "core/drivers/qemu/caps/schema.h"
#include "core/drivers/qemu/error.h"

/* Binaries have died of questions about types whose module is not installed; such types are left
 * out, this many of them. */
#define DEATHS_MAX 16

/* Some are built without software emulation. */
#define ANY_ACCEL "tcg:kvm"

void facts_clear(struct facts *facts)
{
    g_clear_pointer(&facts->told, json_decref);
    g_clear_pointer(&facts->schema, json_decref);
    g_clear_pointer(&facts->file, g_free);
}

/* ---- names and properties of types ---- */

struct census {
    struct probe *probe;
    json_t *names;      /* each property's name once */
    GHashTable *places; /* name → place in `names`, plus one */
    json_t *types;      /* type → places */
    unsigned deaths;
};

static void note_properties(struct census *census, const char *type, json_t *properties)
{
    json_t *places = json_array(), *property;
    size_t i;

    json_array_foreach(properties, i, property)
    {
        const char *name = json_text_of(property, "name");
        size_t place;

        if (!name)
            continue;
        place = GPOINTER_TO_SIZE(g_hash_table_lookup(census->places, name));
        if (!place) {
            json_array_append_new(census->names, json_string(name));
            place = json_array_size(census->names);
            g_hash_table_insert(census->places, g_strdup(name), GSIZE_TO_POINTER(place));
        }
        json_array_append_new(places, json_integer(place - 1));
    }
    json_object_set_new(census->types, type, places);
}

/* Another one in place of one that died. */
static int restart(struct census *census, const char *type)
{
    const char *binary = census->probe->binary;
    gint64 deadline = census->probe->deadline;

    log_warning("'%s' ends when it is asked for the properties of '%s'", binary, type);
    probe_stop(census->probe);
    if (++census->deaths > DEATHS_MAX || g_get_monotonic_time() > deadline) {
        qemu_error(INTERNAL_ERROR, "it ends again and again when it is asked");
        *census->probe = (struct probe){.binary = binary, .process = PROCESS_NONE, .errors = -1};
        return -1;
    }
    if (probe_start(census->probe, binary, ANY_ACCEL) < 0) {
        *census->probe = (struct probe){.binary = binary, .process = PROCESS_NONE, .errors = -1};
        return -1;
    }
    census->probe->deadline = deadline;
    return 0;
}

/* -1 with an error when there is nobody left to ask. */
static int ask_type(struct census *census, const char *command, const char *type)
{
    g_autoptr(json_t) answer = NULL;

    if (json_object_get(census->types, type))
        return 0;
    answer = probe_ask(census->probe, command, json_pack("{s:s}", "typename", type));
    if (answer)
        note_properties(census, type, answer);
    else if (!probe_lives(census->probe))
        return restart(census, type);
    return 0;
}

/* Processors are many, have the same hundreds of properties, and are no devices to be plugged by
 * name. */
static bool is_processor(const char *type)
{
    return g_str_has_suffix(type, "-cpu");
}

static json_t *ask_names(struct probe *probe, const char *implements)
{
    g_autoptr(json_t) list = probe_ask(
        probe, "qom-list-types", json_pack("{s:s, s:b}", "implements", implements, "abstract", 0));
    json_t *result, *item;
    size_t i;

    if (!list)
        return NULL;
    result = json_array();
    json_array_foreach(list, i, item)
    {
        if (json_text_of(item, "name"))
            json_array_append_new(result, json_string(json_text_of(item, "name")));
    }
    return result;
}

/* The names in `ret`, of which those remain that can be asked for their properties. */
static int ask_types(struct census *census, const char *implements, const char *command,
                     json_t *ret_names)
{
    g_autoptr(json_t) list = ask_names(census->probe, implements);
    json_t *item;
    size_t i;

    if (!list)
        return -1;
    json_array_foreach(list, i, item)
    {
        const char *name = json_string_value(item);

        if (is_processor(name))
            continue;
        if (ask_type(census, command, name) < 0)
            return -1;
        if (json_object_get(census->types, name))
            json_array_append_new(ret_names, json_string(name));
    }
    return 0;
}

static int ask_all_types(struct probe *probe, json_t *told)
{
    struct census census = {.probe = probe, .names = json_array(), .types = json_object()};
    json_t *devices = json_array(), *objects = json_array(), *machines = json_array();
    int result = -1;

    json_object_set_new(told, "names", census.names);
    json_object_set_new(told, "types", census.types);
    json_object_set_new(told, "devices", devices);
    json_object_set_new(told, "objects", objects);
    json_object_set_new(told, "machine-types", machines);
    census.places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (ask_types(&census, "device", "device-list-properties", devices) == 0 &&
        ask_types(&census, "user-creatable", "qom-list-properties", objects) == 0 &&
        ask_types(&census, "machine", "qom-list-properties", machines) == 0)
        result = 0;
    g_hash_table_unref(census.places);
    return result;
}

/* ---- processors ---- */

/* What is on in the richest one. */
static json_t *features_on(struct probe *probe)
{
    g_autoptr(json_t) answer =
        probe_ask(probe, "query-cpu-model-expansion",
                  json_pack("{s:s, s:{s:s}}", "type", "static", "model", "name", "max"));
    json_t *result, *value, *props = json_path(answer, "model.props");
    const char *key;

    if (!props)
        return NULL;
    result = json_array();
    json_object_foreach(props, key, value)
    {
        if (json_is_true(value))
            json_array_append_new(result, json_string(key));
    }
    return result;
}

static json_t *ask_processors(struct probe *probe)
{
    json_t *models = probe_ask(probe, "query-cpu-definitions", NULL);

    return json_pack("{s:o*, s:o*}", "models", models, "features", features_on(probe));
}

json_t *facts_probe_accelerator(const char *binary, const char *accel)
{
    struct probe probe;
    json_t *result;

    if (probe_start(&probe, binary, accel) < 0)
        return NULL;
    result = ask_processors(&probe);
    probe_stop(&probe);
    return result;
}

/* ---- the rest ---- */

/* NAME: [parameter…] of each option. */
static json_t *option_names(json_t *options)
{
    json_t *result = json_object(), *option, *parameter;
    size_t i, k;

    json_array_foreach(options, i, option)
    {
        json_t *names = json_array();

        json_array_foreach(json_object_get(option, "parameters"), k, parameter)
        {
            const char *name = json_text_of(parameter, "name");

            if (name)
                json_array_append_new(names, json_string(name));
        }
        json_object_set_new(result, json_text_of(option, "option") ?: "", names);
    }
    return result;
}

static json_t *schema_names(json_t *schema, const char *kind)
{
    json_t *result = json_array(), *entity;
    size_t i;

    json_array_foreach(schema, i, entity)
    {
        const char *name = json_text_of(entity, "name");

        if (name && g_strcmp0(json_text_of(entity, "meta-type"), kind) == 0)
            json_array_append_new(result, json_string(name));
    }
    return result;
}

/* Answers that every binary has to give. */
static int ask_basics(struct probe *probe, json_t *told)
{
    static const struct {
        const char *command, *key;
    } questions[] = {
        {"query-version", "version"},
        {"query-target", "target"},
        {"query-machines", "machines"},
        {"query-kvm", "kvm"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(questions); i++) {
        json_t *answer = probe_ask(probe, questions[i].command, NULL);

        /* binaries without KVM do not know the question */
        if (!answer && strcmp(questions[i].key, "kvm") == 0)
            continue;
        if (!answer)
            return -1;
        json_object_set_new(told, questions[i].key, answer);
    }
    return 0;
}

/* Ways through the schema that every start of a guest goes: walked once, when the binary is asked.
 * Others work too, and cost some milliseconds in each process. */
static const char *const well_trodden[] = {
    "device_add/$json-cli",
    "device_add/$json-cli-hotplug",
    "netdev_add/arg-type/+stream",
    "netdev_add/arg-type/+dgram",
    "blockdev-add/arg-type/discard",
    "blockdev-add/arg-type/detect-zeroes",
    "blockdev-add/arg-type/+file/aio/^io_uring",
    "blockdev-add/arg-type/+file/locking",
    "blockdev-add/arg-type/+file/drop-cache",
    "blockdev-add/arg-type/+file/dynamic-auto-read-only",
    "blockdev-add/arg-type/+qcow2/discard-no-unref",
    "blockdev-add/arg-type/+throttle",
    "blockdev-add/arg-type/+nvme",
    "blockdev-add/arg-type/+rbd",
    "blockdev-add/arg-type/+ssh",
    "blockdev-add/arg-type/+nfs",
    "blockdev-add/arg-type/+iscsi",
    "blockdev-add/arg-type/+nbd/tls-hostname",
    "chardev-add/arg-type/backend/+socket/data/reconnect-ms",
    "chardev-add/arg-type/backend/+qemu-vdagent",
    "object-add/arg-type/+memory-backend-memfd",
    "object-add/arg-type/+sev-guest/kernel-hashes",
    "query-display-options/ret-type/+dbus",
    "query-display-options/ret-type/+egl-headless/rendernode",
    "query-display-options/ret-type/+sdl",
    "query-display-options/ret-type/+gtk",
    "set-numa-node/arg-type/+hmat-lb",
};

static json_t *walk(json_t *entities)
{
    struct schema *schema = schema_new(json_incref(entities));
    json_t *result = json_object();

    for (size_t i = 0; i < G_N_ELEMENTS(well_trodden); i++)
        json_object_set_new(result, well_trodden[i],
                            json_boolean(schema_has(schema, well_trodden[i])));
    schema_free(schema);
    return result;
}

static int ask(struct probe *probe, const char *binary, struct facts *facts)
{
    g_autoptr(json_t) options = NULL;

    if (ask_basics(probe, facts->told) < 0)
        return -1;
    facts->schema = probe_ask(probe, "query-qmp-schema", NULL);
    options = probe_ask(probe, "query-command-line-options", NULL);
    if (!facts->schema || !options)
        return -1;
    json_object_set_new(facts->told, "commands", schema_names(facts->schema, "command"));
    json_object_set_new(facts->told, "events", schema_names(facts->schema, "event"));
    json_object_set_new(facts->told, "schema", walk(facts->schema));
    json_object_set_new(facts->told, "options", option_names(options));
    json_object_set_new(facts->told, "accels", ask_names(probe, "accel"));
    json_object_set_new(facts->told, "tcg", ask_processors(probe));
    return ask_all_types(probe, facts->told);
}

int facts_probe(const char *binary, struct facts *ret)
{
    g_autofree char *identity = facts_identity(binary);
    struct facts facts = {.told = json_object()};
    struct probe probe;

    json_object_set_new(facts.told, "format", json_integer(FACTS_FORMAT));
    json_object_set_new(facts.told, "binary", json_string(binary));
    json_object_set_new(facts.told, "identity", json_string(identity ? identity : ""));
    if (probe_start(&probe, binary, ANY_ACCEL) < 0) {
        facts_clear(&facts);
        return -1;
    }
    if (ask(&probe, binary, &facts) < 0)
        facts_clear(&facts);
    probe_stop(&probe);
    if (!facts.told) {
        error_prefix("Failed to probe QEMU binary '%s'", binary);
        return -1;
    }
    *ret = facts;
    return 0;
}
