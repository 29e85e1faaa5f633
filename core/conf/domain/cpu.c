#include "core/conf/domain/devices.h"
#include "core/conf/domain/machine.h"

#include <string.h>

#define VENDOR_ID_LENGTH 12

static int refuse(const struct doc_call *call, int code, const char *text)
{
    doc_error(call, code, "%s", text);
    return -1;
}

static bool whole_host(const struct domain_cpu *cpu)
{
    return cpu->mode == DOMAIN_CPU_MODE_HOST_PASSTHROUGH || cpu->mode == DOMAIN_CPU_MODE_MAXIMUM;
}

static int check_features(const struct domain_cpu *cpu, const struct doc_call *call)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (size_t i = 0; i < cpu->n_features; i++) {
        char *name = cpu->features[i].name;

        if (!*name)
            return refuse(call, VIR_ERR_XML_ERROR, "Invalid CPU feature name");
        if (!g_hash_table_add(seen, name)) {
            doc_error(call, VIR_ERR_XML_ERROR, "CPU feature '%s' specified more than once", name);
            return -1;
        }
    }
    return 0;
}

static int check_vendor_id(const char *id, const struct doc_call *call)
{
    if (!id)
        return 0;
    if (strlen(id) != VENDOR_ID_LENGTH)
        return refuse(call, VIR_ERR_XML_ERROR, "vendor_id must be exactly 12 characters long");
    /* A comma would end the value on an emulator's command line. */
    if (strchr(id, ','))
        return refuse(call, VIR_ERR_XML_ERROR, "vendor id is invalid");
    return 0;
}

static int check_vendor(const struct domain_cpu *cpu, const struct doc_call *call)
{
    if (cpu->vendor && !domain_has_child(call, "model"))
        return refuse(call, VIR_ERR_XML_ERROR, "CPU vendor specified without CPU model");
    return 0;
}

/* Without a model there is nothing to compare with, and nothing to change. */
static int without_model(struct domain_cpu *cpu, const struct doc_call *call)
{
    if (cpu->n_features)
        return refuse(call, VIR_ERR_XML_ERROR,
                      "Non-empty feature list specified without CPU model");
    if (cpu->check)
        return refuse(call, VIR_ERR_CONFIG_UNSUPPORTED,
                      "check attribute specified for CPU with no model");
    cpu->mode = 0;
    cpu->match = 0;
    cpu->model.fallback = 0;
    return 0;
}

static void complete_model(struct domain_cpu *cpu)
{
    if (!cpu->model.text)
        cpu->model.fallback = 0;
    else if (!cpu->model.fallback)
        cpu->model.fallback = DOMAIN_CPU_MODEL_FALLBACK_ALLOW;
}

static void drop_model(struct domain_cpu *cpu)
{
    g_clear_pointer(&cpu->model.text, g_free);
    g_clear_pointer(&cpu->model.vendor_id, g_free);
    g_clear_pointer(&cpu->vendor, g_free);
    cpu->model.fallback = 0;
}

static int check_topology(const struct domain_cpu_topology *topology, const struct doc_call *call)
{
    const unsigned parts[] = {topology->sockets, topology->dies, topology->cores,
                              topology->threads};
    guint64 n = 1;

    for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++) {
        n *= MAX(parts[i], 1);
        if (n > UINT_MAX) {
            doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "cpu topology results in more than %u cpus",
                      UINT_MAX);
            return -1;
        }
    }
    return 0;
}

int domain_hook_cpu(void *part, const struct doc_call *call)
{
    struct domain_cpu *cpu = part;

    if (domain_has_attribute(call, "migratable") && !whole_host(cpu))
        return refuse(call, VIR_ERR_CONFIG_UNSUPPORTED,
                      "Attribute migratable is only allowed for 'host-passthrough' / 'maximum' "
                      "CPU mode");
    if (check_topology(&cpu->topology, call) < 0 ||
        check_vendor_id(cpu->model.vendor_id, call) < 0 || check_features(cpu, call) < 0)
        return -1;
    if (check_vendor(cpu, call) < 0)
        return -1;
    if (!cpu->mode)
        cpu->mode = DOMAIN_CPU_MODE_CUSTOM;
    if (cpu->mode == DOMAIN_CPU_MODE_CUSTOM && !cpu->model.text)
        return without_model(cpu, call);
    if (cpu->mode != DOMAIN_CPU_MODE_CUSTOM)
        cpu->match = 0;
    else if (!cpu->match)
        cpu->match = DOMAIN_CPU_MATCH_EXACT;
    if (whole_host(cpu))
        drop_model(cpu);
    complete_model(cpu);
    return 0;
}
