/* Whether an x86 host has what a guest, or another host, wants. */
#include "core/conf/cpu/x86.h"

#include "core/conf/cpu/family.h"

#include <corral/corral.h>

struct want {
    struct cpu_set model;                                /* of the model itself */
    struct cpu_set said[CPU_FEATURES_POLICY_FORBID + 1]; /* by policy */
};

static int read_want(const struct cpu *cpu, struct want *want)
{
    const struct cpu_known *model = NULL;

    if (cpu->model.text) {
        model = cpu_table_model(&cpu_x86_table, cpu->model.text);
        if (!model) {
            cpu_error_unknown_model(cpu->model.text);
            return -1;
        }
        want->model = model->features;
    }
    for (size_t i = 0; i < cpu->n_features; i++) {
        int feature = x86_feature(cpu->features[i].name);
        enum cpu_features_policy policy = cpu->features[i].policy;

        if (feature < 0)
            return -1;
        cpu_set_add(&want->said[policy ? policy : CPU_FEATURES_POLICY_REQUIRE], feature);
    }
    return 0;
}

/* What the host has to have. */
static struct cpu_set required(const struct want *want)
{
    struct cpu_set set = cpu_set_or(want->model, want->said[CPU_FEATURES_POLICY_REQUIRE]);

    set = cpu_set_less(set, want->said[CPU_FEATURES_POLICY_OPTIONAL]);
    set = cpu_set_less(set, want->said[CPU_FEATURES_POLICY_DISABLE]);
    return cpu_set_less(set, want->said[CPU_FEATURES_POLICY_FORCE]);
}

/* What is not so much as mentioned. */
static struct cpu_set unmentioned(struct cpu_set host, const struct want *want)
{
    host = cpu_set_less(host, want->model);
    for (size_t i = 0; i < G_N_ELEMENTS(want->said); i++)
        host = cpu_set_less(host, want->said[i]);
    return host;
}

static int incompatible(const char *why, struct cpu_set features, char **ret_why)
{
    GString *text = g_string_new(why);
    const char *before = ": ";

    for (unsigned i = 0; i < cpu_x86_table.n_features; i++) {
        if (!cpu_set_has(&features, i))
            continue;
        g_string_append_printf(text, "%s%s", before, cpu_x86_table.features[i].name);
        before = ", ";
    }
    *ret_why = g_string_free(text, FALSE);
    return VIR_CPU_COMPARE_INCOMPATIBLE;
}

int x86_compare(const struct cpu *host, const struct cpu *cpu, char **ret_why)
{
    struct want want = {.model = {{0}}};
    const struct cpu_known *model;
    struct cpu_set has, set;

    if (cpu->vendor && g_strcmp0(cpu->vendor, host->vendor) != 0) {
        *ret_why =
            g_strdup_printf("host CPU vendor does not match required CPU vendor %s", cpu->vendor);
        return VIR_CPU_COMPARE_INCOMPATIBLE;
    }
    if (x86_read(host, &model, &has) < 0 || read_want(cpu, &want) < 0)
        return VIR_CPU_COMPARE_ERROR;
    set = cpu_set_and(has, want.said[CPU_FEATURES_POLICY_FORBID]);
    if (!cpu_set_empty(set))
        return incompatible("Host CPU provides forbidden features", set, ret_why);
    set = cpu_set_less(required(&want), has);
    if (!cpu_set_empty(set))
        return incompatible("Host CPU does not provide required features", set, ret_why);
    set = unmentioned(has, &want);
    if (cpu_set_empty(set))
        return VIR_CPU_COMPARE_IDENTICAL;
    if (cpu->match == CPU_MATCH_STRICT)
        return incompatible("Host CPU does not strictly match guest CPU: Extra features", set,
                            ret_why);
    return VIR_CPU_COMPARE_SUPERSET;
}
