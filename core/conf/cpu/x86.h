/* x86 processors: a set of features and a maker. */
#pragma once

#include "core/conf/cpu/tables.h"

/* The model that the document names, and the features that it has with what the document adds;
 * policies are not looked at. -1 with an error for unknown names. */
int x86_read(const struct cpu *cpu, const struct cpu_known **ret_model,
             struct cpu_set *ret_features);

/* -1 with an error. */
int x86_feature(const char *name);

/* What is looked for when features are to become a model. */
struct x86_wish {
    struct cpu_set features;
    const struct cpu_maker *maker;        /* NULL: of no matter */
    const char *model;                    /* this one and no other, if it may be chosen; or NULL */
    const struct cpu_known *const *liked; /* models that hosts have already */
    size_t n_liked;
    bool migratable; /* nothing is said of features that would keep a guest where it is */
};

/* A guest's processor with exactly these features, in as few words as possible. */
struct cpu *x86_guest(const struct x86_wish *wish);

struct cpu *x86_baseline(struct cpu *const *hosts, size_t n_hosts, bool migratable);
void x86_expand(struct cpu *cpu);
int x86_compare(const struct cpu *host, const struct cpu *cpu, char **ret_why);
