/* Sets of features: a bit for each row of a table. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "conf/cpu_tables.h"

struct cpu_set {
    uint64_t words[CPU_FEATURE_WORDS];
};

static inline void cpu_set_add(struct cpu_set *set, unsigned feature)
{
    set->words[feature / 64] |= 1ULL << feature % 64;
}

static inline void cpu_set_remove(struct cpu_set *set, unsigned feature)
{
    set->words[feature / 64] &= ~(1ULL << feature % 64);
}

static inline bool cpu_set_has(const struct cpu_set *set, unsigned feature)
{
    return set->words[feature / 64] >> feature % 64 & 1;
}

static inline struct cpu_set cpu_set_and(struct cpu_set a, struct cpu_set b)
{
    for (unsigned i = 0; i < CPU_FEATURE_WORDS; i++)
        a.words[i] &= b.words[i];
    return a;
}

static inline struct cpu_set cpu_set_or(struct cpu_set a, struct cpu_set b)
{
    for (unsigned i = 0; i < CPU_FEATURE_WORDS; i++)
        a.words[i] |= b.words[i];
    return a;
}

/* What is in `a` alone. */
static inline struct cpu_set cpu_set_less(struct cpu_set a, struct cpu_set b)
{
    for (unsigned i = 0; i < CPU_FEATURE_WORDS; i++)
        a.words[i] &= ~b.words[i];
    return a;
}

static inline unsigned cpu_set_count(struct cpu_set set)
{
    unsigned count = 0;

    for (unsigned i = 0; i < CPU_FEATURE_WORDS; i++)
        count += (unsigned)__builtin_popcountll(set.words[i]);
    return count;
}

static inline bool cpu_set_empty(struct cpu_set set)
{
    return cpu_set_count(set) == 0;
}
