#include "core/conf/cpu/told.h"

#include <string.h>

#include "core/conf/cpu/family.h"
#include "core/conf/cpu/x86.h"

/* Whether the list, separated by blanks, has the name. */
static bool lists(const char *list, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = list; at && (at = strstr(at, name)); at += length)
        if ((at == list || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
            return true;
    return false;
}

/* -1, without an error, for an unknown one. */
static int find_feature(const char *name)
{
    int feature = cpu_table_feature(&cpu_x86_table, name);

    for (unsigned i = 0; feature < 0 && i < cpu_x86_table.n_features; i++)
        if (lists(cpu_x86_table.features[i].qemu, name))
            feature = i;
    return feature;
}

struct cpu *cpu_of_features(enum cpu_arch arch, const char *const *features, const char *maker)
{
    struct x86_wish wish = {.migratable = false};
    struct cpu *cpu;

    if (!(cpu_x86_family.arches >> arch & 1))
        return NULL;
    for (size_t i = 0; features[i]; i++) {
        int feature = find_feature(features[i]);

        if (feature >= 0)
            cpu_set_add(&wish.features, feature);
    }
    wish.maker = maker ? cpu_table_maker(&cpu_x86_table, maker) : NULL;
    cpu = x86_guest(&wish);
    cpu->arch = arch;
    return cpu;
}

static const struct cpu_family *const families[] = {&cpu_x86_family, &cpu_ppc64_family,
                                                    &cpu_arm_family, &cpu_s390_family};

bool cpu_knows_model(enum cpu_arch arch, const char *name, const char **ret_maker)
{
    for (size_t i = 0; i < G_N_ELEMENTS(families); i++) {
        const struct cpu_family *family = families[i];
        const struct cpu_known *model;

        if (!(family->arches >> arch & 1))
            continue;
        /* where nothing is listed any name will do */
        if (!family->table || !family->lists)
            return true;
        model = cpu_table_model(family->table, name);
        if (model && model->maker)
            *ret_maker = model->maker->name;
        return model != NULL;
    }
    return false;
}
