/* From features back to a model. */
#include "core/conf/cpu/x86.h"

#include "core/conf/cpu/family.h"

/* What must be said about a model to arrive at the features that are wanted. */
struct words {
    const struct cpu_known *model;
    struct cpu_set more, less, gone; /* `gone`: what models once had, told last */
    unsigned cost, penalty, n_less;
    bool liked;
};

/* Taking away is worse than adding, the more so the more there is of it. */
static unsigned penalty_for(unsigned n_less)
{
    unsigned pairs = (n_less + 1) / 2;

    return pairs * (pairs + 1) / 2;
}

static struct words words_for(const struct cpu_known *model, const struct x86_wish *wish)
{
    struct words words = {.model = model};

    words.more = cpu_set_less(wish->features, model->features);
    words.less = cpu_set_less(model->features, wish->features);
    words.gone = cpu_set_less(model->had, wish->features);
    words.n_less = cpu_set_count(words.less) + cpu_set_count(words.gone);
    words.penalty = penalty_for(words.n_less);
    words.cost = cpu_set_count(words.more) + words.n_less + words.penalty;
    for (size_t i = 0; i < wish->n_liked && !words.liked; i++)
        words.liked = wish->liked[i] == model;
    return words;
}

/* A model of one of the hosts that needs less taken away is safer than fewer words. */
static bool is_better(const struct words *words, const struct words *best)
{
    if (!best->model)
        return true;
    if (words->liked && words->penalty < best->penalty)
        return true;
    return words->cost < best->cost ||
           (words->cost == best->cost && words->penalty < best->penalty);
}

static bool may_be(const struct cpu_known *model, const struct x86_wish *wish)
{
    return model->for_guest && !(wish->maker && model->maker && model->maker != wish->maker);
}

static void say(struct cpu *cpu, struct cpu_set set, enum cpu_features_policy policy,
                bool migratable)
{
    for (unsigned i = 0; i < cpu_x86_table.n_features; i++) {
        if (cpu_set_has(&set, i) && !(migratable && cpu_x86_table.features[i].stays))
            cpu_say(cpu, cpu_x86_table.features[i].name, policy);
    }
}

struct cpu *x86_guest(const struct x86_wish *wish)
{
    struct words best = {.model = NULL};
    struct cpu *cpu;

    for (unsigned i = cpu_x86_table.n_models; i-- > 0;) {
        const struct cpu_known *model = &cpu_x86_table.models[i];
        struct words words;

        if (!may_be(model, wish))
            continue;
        words = words_for(model, wish);
        if (is_better(&words, &best))
            best = words;
        if (wish->model && g_str_equal(model->name, wish->model)) {
            best = words;
            break;
        }
    }
    cpu = cpu_guest_new(best.model->name, CPU_MODEL_FALLBACK_ALLOW,
                        wish->maker ? wish->maker->name : NULL);
    say(cpu, best.more, CPU_FEATURES_POLICY_REQUIRE, wish->migratable);
    say(cpu, best.less, CPU_FEATURES_POLICY_DISABLE, wish->migratable);
    say(cpu, best.gone, CPU_FEATURES_POLICY_DISABLE, wish->migratable);
    return cpu;
}
