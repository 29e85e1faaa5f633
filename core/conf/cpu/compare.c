#include "core/conf/cpu/compare.h"

#include "core/conf/cpu/family.h"
#include "core/conf/cpu/host.h"
#include "core/object/error.h"

/* Families without tables of features: a model is itself and nothing else. */
static int compare_names(const struct cpu *host, const struct cpu *cpu, char **ret_why)
{
    if (!cpu->model.text)
        return VIR_CPU_COMPARE_SUPERSET;
    if (g_str_equal(host->model.text, cpu->model.text))
        return VIR_CPU_COMPARE_IDENTICAL;
    *ret_why = g_strdup_printf("host CPU model %s is not %s", host->model.text, cpu->model.text);
    return VIR_CPU_COMPARE_INCOMPATIBLE;
}

static int compare(const struct cpu *host, const struct cpu *cpu, char **ret_why)
{
    const struct cpu_family *family;

    if (!host || !host->model.text) {
        *ret_why = g_strdup("cannot get host CPU capabilities");
        return VIR_CPU_COMPARE_INCOMPATIBLE;
    }
    family = cpu_family_of(host->arch);
    if (!family)
        return VIR_CPU_COMPARE_ERROR;
    if (cpu->arch && !(family->arches >> cpu->arch & 1)) {
        *ret_why = g_strdup_printf("CPU arch %s does not match host arch",
                                   doc_word(&cpu_arch_words, cpu->arch));
        return VIR_CPU_COMPARE_INCOMPATIBLE;
    }
    return family->compare ? family->compare(host, cpu, ret_why)
                           : compare_names(host, cpu, ret_why);
}

int cpu_compare(const struct cpu *host, const char *xml, unsigned flags)
{
    unsigned validate = flags & VIR_CONNECT_COMPARE_CPU_VALIDATE_XML ? DOC_VALIDATE : 0;
    g_autofree char *why = NULL;
    struct cpu *cpu = cpu_parse(xml, NULL, validate);
    int result = VIR_CPU_COMPARE_ERROR;

    if (!cpu)
        return VIR_CPU_COMPARE_ERROR;
    if (!cpu->arch || cpu_require_host(cpu) == 0)
        result = compare(host, cpu, &why);
    cpu_free(cpu);
    if (result == VIR_CPU_COMPARE_INCOMPATIBLE &&
        flags & VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE) {
        error_set(VIR_FROM_CPU, VIR_ERR_CPU_INCOMPATIBLE, "%s", why);
        return VIR_CPU_COMPARE_ERROR;
    }
    return result;
}
