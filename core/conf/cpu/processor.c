#include "core/conf/cpu/hooks.h"
#include "core/conf/cpu/host.h"

#include "core/base/xml.h"

#include <corral/corral.h>

#include <string.h>

/* Whoever reads a host's document overlooks what only guests have; elsewhere a document with an
 * architecture is a host's. */
static bool is_guest(const struct cpu *cpu, const struct doc_call *call)
{
    return call->ctx != &cpu_host_context && !cpu->arch;
}

static int check_side(const struct cpu *cpu, const struct doc_call *call)
{
    bool as_host = call->ctx == &cpu_host_context;

    if (cpu->arch && cpu->match && !as_host) {
        doc_error(call, VIR_ERR_XML_ERROR,
                  "'arch' element cannot be used inside 'cpu' element with 'match' attribute");
        return -1;
    }
    if (cpu->mode && !is_guest(cpu, call)) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "Attribute mode is only allowed for guest CPU, not '%s'",
                  doc_word(&cpu_mode_words, cpu->mode));
        return -1;
    }
    if (cpu->migratable && cpu->mode != CPU_MODE_HOST_PASSTHROUGH &&
        cpu->mode != CPU_MODE_MAXIMUM) {
        doc_error(
            call, VIR_ERR_CONFIG_UNSUPPORTED,
            "Attribute migratable is only allowed for 'host-passthrough' / 'maximum' CPU mode");
        return -1;
    }
    return 0;
}

/* Words that are overlooked for hosts. */
static int check_word(xmlNodePtr node, const char *attribute, unsigned value, int code,
                      const char *accepted, const struct doc_call *call)
{
    g_autofree char *text = value || !node ? NULL : xml_attr(node, attribute);

    if (!text)
        return 0;
    doc_error(call, code, "Invalid value for attribute '%s' in element '%s': '%s'. Expected %s",
              attribute, (const char *)node->name, text, accepted);
    return -1;
}

static int check_policies(struct cpu *cpu, const struct doc_call *call)
{
    xmlNodePtr node = xml_child(call->node, "feature");

    for (size_t i = 0; i < cpu->n_features; i++, node = xml_next(node)) {
        if (check_word(node, "policy", cpu->features[i].policy, VIR_ERR_CONFIG_UNSUPPORTED,
                       "force, require, optional, disable, forbid", call) < 0)
            return -1;
        if (!cpu->features[i].policy)
            cpu->features[i].policy = CPU_FEATURES_POLICY_REQUIRE;
    }
    return 0;
}

static int check_maker(const char *maker, const struct doc_call *call)
{
    if (maker && strlen(maker) != 12) {
        doc_error(call, VIR_ERR_XML_ERROR,
                  "vendor_id must be exactly 12 characters long, '%s' is not", maker);
        return -1;
    }
    if (maker && strchr(maker, ',')) {
        doc_error(call, VIR_ERR_XML_ERROR, "vendor id is invalid: '%s' has a comma", maker);
        return -1;
    }
    return 0;
}

static int check_model(const struct cpu *cpu, const struct doc_call *call)
{
    if (cpu->model.text)
        return 0;
    if (cpu->vendor) {
        doc_error(call, VIR_ERR_XML_ERROR, "CPU vendor specified without CPU model");
        return -1;
    }
    if (cpu->n_features > 0 && (!cpu->mode || cpu->mode == CPU_MODE_CUSTOM)) {
        doc_error(call, VIR_ERR_XML_ERROR, "Non-empty feature list specified without CPU model");
        return -1;
    }
    return 0;
}

/* What stands beside a model's name counts only where a model is to be had. */
static int check_model_words(const struct cpu *cpu, const struct doc_call *call)
{
    if (cpu->mode == CPU_MODE_HOST_PASSTHROUGH || cpu->mode == CPU_MODE_MAXIMUM)
        return 0;
    if (check_word(xml_child(call->node, "model"), "fallback", cpu->model.fallback,
                   VIR_ERR_CONFIG_UNSUPPORTED, "allow, forbid", call) < 0)
        return -1;
    return check_maker(cpu->model.vendor_id, call);
}

/* A feature that is only named is one that a guest needs, and one that a host has. */
static int check_guest(struct cpu *cpu, const struct doc_call *call)
{
    if (check_word(call->node, "match", cpu->match, VIR_ERR_XML_ERROR, "minimum, exact, strict",
                   call) < 0 ||
        check_word(call->node, "check", cpu->check, VIR_ERR_XML_ERROR, "none, partial, full",
                   call) < 0 ||
        check_model_words(cpu, call) < 0 || check_model(cpu, call) < 0)
        return -1;
    return check_policies(cpu, call);
}

static void clear_guest(struct cpu *cpu)
{
    cpu->match = 0;
    cpu->check = 0;
    cpu->model.fallback = 0;
    g_clear_pointer(&cpu->model.vendor_id, g_free);
    for (size_t i = 0; i < cpu->n_features; i++)
        cpu->features[i].policy = 0;
}

static int check_features(const struct cpu *cpu, const struct doc_call *call)
{
    g_autoptr(GHashTable) names = NULL;

    if (cpu->n_features > 1)
        names = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; i < cpu->n_features && names; i++) {
        if (g_hash_table_add(names, cpu->features[i].name))
            continue;
        doc_error(call, VIR_ERR_XML_ERROR, "CPU feature '%s' specified more than once",
                  cpu->features[i].name);
        return -1;
    }
    return 0;
}

static int check_cache(const struct doc_call *call)
{
    xmlNodePtr cache = xml_child(call->node, "cache");

    if (!cache || !xml_next(cache))
        return 0;
    doc_error(call, VIR_ERR_XML_ERROR, "at most one CPU cache element may be specified");
    return -1;
}

int cpu_hook_processor(void *part, const struct doc_call *call)
{
    struct cpu *cpu = part;

    if (check_side(cpu, call) < 0 || check_cache(call) < 0)
        return -1;
    if (is_guest(cpu, call)) {
        if (check_guest(cpu, call) < 0)
            return -1;
    } else {
        clear_guest(cpu);
    }
    return check_features(cpu, call);
}
