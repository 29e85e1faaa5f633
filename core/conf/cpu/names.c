#include "core/conf/cpu/names.h"

#include "core/conf/cpu/family.h"
#include "core/object/error.h"

int cpu_model_names(const char *arch, char ***ret_names)
{
    unsigned value = doc_word_value(&cpu_arch_words, arch);
    const struct cpu_family *family;
    unsigned n;

    if (!value) {
        error_set(VIR_FROM_TEST, VIR_ERR_INVALID_ARG, "cannot find architecture %s", arch);
        return -1;
    }
    family = cpu_family_of(value);
    if (!family)
        return -1;
    n = family->lists ? family->table->n_models : 0;
    if (!ret_names)
        return (int)n;
    *ret_names = g_new0(char *, n + 1);
    for (unsigned i = 0; i < n; i++)
        (*ret_names)[i] = g_strdup(family->table->models[i].name);
    return (int)n;
}
