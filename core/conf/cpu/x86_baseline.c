/* What several x86 hosts have in common. */
#include "core/conf/cpu/x86.h"

#include "core/conf/cpu/family.h"
#include "core/object/error.h"

struct common {
    struct cpu_set features;
    const struct cpu_maker *maker;
    const char *model; /* of all hosts, or NULL */
    const struct cpu_known **liked;
    bool tell_maker; /* every host has said whose it is */
};

static const struct cpu_maker *known_maker(const char *name)
{
    const struct cpu_maker *maker = cpu_table_maker(&cpu_x86_table, name);

    if (!maker)
        cpu_error_unknown_maker(name);
    return maker;
}

static int begin(struct common *common, const struct cpu *host)
{
    if (x86_read(host, &common->liked[0], &common->features) < 0)
        return -1;
    if (host->vendor && !(common->maker = known_maker(host->vendor)))
        return -1;
    common->tell_maker = host->vendor;
    common->model = host->model.text;
    return 0;
}

/* The first maker that anybody names holds for all. */
static int join_maker(struct common *common, const struct cpu_known *model, const char *name)
{
    const char *own = model->maker ? model->maker->name : NULL;

    if (name && own && !g_str_equal(name, own)) {
        error_set(VIR_FROM_CPU, VIR_ERR_OPERATION_FAILED,
                  "CPU vendor %s of model %s differs from vendor %s", own, model->name, name);
        return -1;
    }
    common->tell_maker = common->tell_maker && name;
    if (!name && !own)
        return 0;
    if (!common->maker)
        return (common->maker = known_maker(name ? name : own)) ? 0 : -1;
    if (!g_str_equal(common->maker->name, name ? name : own)) {
        error_set(VIR_FROM_CPU, VIR_ERR_OPERATION_FAILED, "CPU vendors do not match");
        return -1;
    }
    return 0;
}

static int join(struct common *common, const struct cpu *host, size_t i)
{
    struct cpu_set features;

    if (x86_read(host, &common->liked[i], &features) < 0 ||
        join_maker(common, common->liked[i], host->vendor) < 0)
        return -1;
    common->features = cpu_set_and(common->features, features);
    if (common->model && !g_str_equal(common->model, host->model.text))
        common->model = NULL;
    return 0;
}

static struct cpu *finish(struct common *common, size_t n_hosts, bool migratable)
{
    struct x86_wish wish = {.features = common->features,
                            .maker = common->maker,
                            .model = common->model,
                            .liked = common->liked,
                            .n_liked = n_hosts,
                            .migratable = migratable};
    struct cpu *cpu = x86_guest(&wish);

    if (common->model && g_str_equal(cpu->model.text, common->model))
        cpu->model.fallback = CPU_MODEL_FALLBACK_FORBID;
    if (!common->tell_maker)
        g_clear_pointer(&cpu->vendor, g_free);
    return cpu;
}

struct cpu *x86_baseline(struct cpu *const *hosts, size_t n_hosts, bool migratable)
{
    g_autofree const struct cpu_known **liked = g_new(const struct cpu_known *, n_hosts);
    struct common common = {.liked = liked};

    if (begin(&common, hosts[0]) < 0)
        return NULL;
    for (size_t i = 1; i < n_hosts; i++) {
        if (join(&common, hosts[i], i) < 0)
            return NULL;
    }
    if (cpu_set_empty(common.features)) {
        error_set(VIR_FROM_CPU, VIR_ERR_OPERATION_FAILED, "CPUs are incompatible");
        return NULL;
    }
    return finish(&common, n_hosts, migratable);
}
