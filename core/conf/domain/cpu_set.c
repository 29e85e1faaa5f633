#include "core/conf/domain/machine.h"

#include <string.h>

int cpu_set_parse(struct cpu_set *set, const char *text)
{
    return doc_cpuset_parse(text, set->map, sizeof(set->map));
}

char *cpu_set_format(const struct cpu_set *set)
{
    return doc_cpuset_format(set->map, sizeof(set->map));
}

bool cpu_set_has(const struct cpu_set *set, unsigned cpu)
{
    return cpu < CPU_SET_SIZE && set->map[cpu / 8] >> cpu % 8 & 1;
}

bool cpu_set_empty(const struct cpu_set *set)
{
    static const struct cpu_set none;

    return cpu_set_equal(set, &none);
}

bool cpu_set_equal(const struct cpu_set *a, const struct cpu_set *b)
{
    return !memcmp(a, b, sizeof(*a));
}

bool cpu_set_overlap(const struct cpu_set *a, const struct cpu_set *b)
{
    for (size_t i = 0; i < sizeof(a->map); i++) {
        if (a->map[i] & b->map[i])
            return true;
    }
    return false;
}

bool cpu_set_within(const struct cpu_set *inner, const struct cpu_set *outer)
{
    for (size_t i = 0; i < sizeof(inner->map); i++) {
        if (inner->map[i] & ~outer->map[i])
            return false;
    }
    return true;
}

void cpu_set_add(struct cpu_set *set, const struct cpu_set *other)
{
    for (size_t i = 0; i < sizeof(set->map); i++)
        set->map[i] |= other->map[i];
}

void cpu_set_cut(struct cpu_set *set, unsigned end)
{
    for (unsigned cpu = end; cpu < CPU_SET_SIZE; cpu++)
        set->map[cpu / 8] &= ~(1u << cpu % 8);
}
