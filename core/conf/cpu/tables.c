#include "core/conf/cpu/tables.h"

/* FNV-1a, as the generator lays the slots out. */
static uint32_t hash_of(const char *name)
{
    uint32_t hash = 0x811c9dc5;

    while (*name)
        hash = (hash ^ (uint8_t)*name++) * 0x01000193;
    return hash;
}

const struct cpu_known *cpu_table_model(const struct cpu_table *table, const char *name)
{
    unsigned slot = hash_of(name) & table->model_mask;

    for (; table->model_slots[slot]; slot = (slot + 1) & table->model_mask) {
        const struct cpu_known *model = &table->models[table->model_slots[slot] - 1];

        if (g_str_equal(model->name, name))
            return model;
    }
    return NULL;
}

int cpu_table_feature(const struct cpu_table *table, const char *name)
{
    unsigned slot = hash_of(name) & table->feature_mask;

    for (; table->feature_slots[slot]; slot = (slot + 1) & table->feature_mask) {
        int feature = table->feature_slots[slot] - 1;

        if (g_str_equal(table->features[feature].name, name))
            return feature;
    }
    return -1;
}

/* A handful. */
const struct cpu_maker *cpu_table_maker(const struct cpu_table *table, const char *name)
{
    for (unsigned i = 0; i < table->n_makers; i++) {
        if (g_str_equal(table->makers[i].name, name))
            return &table->makers[i];
    }
    return NULL;
}
