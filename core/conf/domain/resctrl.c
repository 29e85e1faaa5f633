/* Shares of caches and of memory bandwidth: groups of processors, each with what it gets and with
 * what is watched in it. */
#include "core/conf/domain/machine.h"

/* The only level whose use can be watched. */
#define MONITORED_LEVEL 3

struct group {
    struct cpu_set vcpus;
    bool allocated;   /* something is given to it, not only watched */
    GArray *monitors; /* of cachetune and memorytune together */
};

struct monitor {
    struct cpu_set vcpus;
    bool cache;
};

static void group_free(void *opaque)
{
    struct group *group = opaque;

    g_array_unref(group->monitors);
    g_free(group);
}

static int refuse(const struct doc_call *call, int code, const char *text)
{
    doc_error(call, code, "%s", text);
    return -1;
}

/* Processors the guest does not have are left out; none left is no mistake. */
static int read_vcpus(const struct domain *def, char **text, const char *element,
                      struct cpu_set *set, const struct doc_call *call)
{
    if (cpu_set_parse(set, *text) < 0 || cpu_set_empty(set)) {
        doc_error(call, VIR_ERR_XML_ERROR, "Invalid %s attribute 'vcpus' value '%s'", element,
                  *text);
        return -1;
    }
    cpu_set_cut(set, def->vcpu.text);
    g_free(*text);
    *text = cpu_set_format(set);
    return 0;
}

/* The group of exactly these processors; NULL when they belong to several. */
static struct group *find_group(GPtrArray *groups, const struct cpu_set *vcpus)
{
    struct group *group;

    for (guint i = 0; i < groups->len; i++) {
        group = groups->pdata[i];
        if (cpu_set_equal(&group->vcpus, vcpus))
            return group;
        if (cpu_set_overlap(&group->vcpus, vcpus))
            return NULL;
    }
    group = g_new0(struct group, 1);
    group->vcpus = *vcpus;
    group->monitors = g_array_new(FALSE, FALSE, sizeof(struct monitor));
    g_ptr_array_add(groups, group);
    return group;
}

/* ---- monitors */

static int add_monitor(struct group *group, struct monitor monitor, const struct doc_call *call)
{
    bool whole = group->allocated && cpu_set_equal(&monitor.vcpus, &group->vcpus);

    for (guint i = 0; i < group->monitors->len; i++) {
        const struct monitor *other = &g_array_index(group->monitors, struct monitor, i);

        if (cpu_set_equal(&other->vcpus, &monitor.vcpus)) {
            if (other->cache == monitor.cache)
                return refuse(call, VIR_ERR_INVALID_ARG,
                              "Identical vcpus found in same type monitors");
            continue;
        }
        if (whole || (group->allocated && cpu_set_equal(&other->vcpus, &group->vcpus)))
            continue;
        if (cpu_set_overlap(&other->vcpus, &monitor.vcpus))
            return refuse(call, VIR_ERR_INVALID_ARG, "vcpus overlaps in resctrl groups");
    }
    g_array_append_val(group->monitors, monitor);
    return 0;
}

static int read_monitor(const struct domain *def, struct domain_bandwidth_monitor *monitor,
                        struct group *group, bool cache, const struct doc_call *call)
{
    struct monitor read = {.cache = cache};

    if (!cache)
        monitor->has_level = false;
    else if (!monitor->has_level)
        return refuse(call, VIR_ERR_XML_ERROR,
                      "Missing required attribute 'level' in element 'monitor'");
    else if (monitor->level != MONITORED_LEVEL) {
        doc_error(call, VIR_ERR_XML_ERROR, "Invalid monitor cache level '%u'", monitor->level);
        return -1;
    }
    if (cpu_set_parse(&read.vcpus, monitor->vcpus) < 0)
        return refuse(call, VIR_ERR_XML_ERROR, "Invalid monitor attribute 'vcpus'");
    cpu_set_cut(&read.vcpus, def->vcpu.text);
    if (cpu_set_empty(&read.vcpus))
        return refuse(call, VIR_ERR_INVALID_ARG, "vcpus is empty");
    if (!cpu_set_within(&read.vcpus, &group->vcpus))
        return refuse(call, VIR_ERR_INVALID_ARG, "Monitor vcpus conflicts with allocation");
    g_free(monitor->vcpus);
    monitor->vcpus = cpu_set_format(&read.vcpus);
    return add_monitor(group, read, call);
}

static int read_monitors(const struct domain *def, struct domain_bandwidth_monitor *monitors,
                         size_t n, struct group *group, bool cache, const struct doc_call *call)
{
    for (size_t i = 0; i < n; i++) {
        if (read_monitor(def, &monitors[i], group, cache, call) < 0)
            return -1;
    }
    return 0;
}

static void free_monitors(struct domain_bandwidth_monitor *monitors, size_t n)
{
    for (size_t i = 0; i < n; i++)
        g_free(monitors[i].vcpus);
    g_free(monitors);
}

/* ---- caches */

static int check_caches(const struct domain_cputune_cachetunes *tune, const struct doc_call *call)
{
    for (size_t i = 0; i < tune->n_caches; i++) {
        const struct domain_cputune_cachetunes_caches *a = &tune->caches[i];

        for (size_t k = 0; k < i; k++) {
            const struct domain_cputune_cachetunes_caches *b = &tune->caches[k];
            bool both = a->type == DOMAIN_CPUTUNE_CACHETUNES_CACHES_TYPE_BOTH ||
                        b->type == DOMAIN_CPUTUNE_CACHETUNES_CACHES_TYPE_BOTH;

            if (a->level == b->level && a->id == b->id && (both || a->type == b->type)) {
                doc_error(call, VIR_ERR_XML_ERROR,
                          "Colliding cache allocations for cache level '%u' id '%u'", a->level,
                          a->id);
                return -1;
            }
        }
    }
    return 0;
}

static int order_caches(const void *a, const void *b)
{
    const struct domain_cputune_cachetunes_caches *one = a, *other = b;

    if (one->level != other->level)
        return one->level < other->level ? -1 : 1;
    if (one->type != other->type)
        return one->type < other->type ? -1 : 1;
    return one->id < other->id ? -1 : one->id > other->id;
}

/* -1: refused, 0: nothing that counts, 1: kept */
static int read_cachetune(const struct domain *def, struct domain_cputune_cachetunes *tune,
                          GPtrArray *groups, const struct doc_call *call)
{
    guint before = groups->len;
    struct cpu_set vcpus;
    struct group *group;

    if (read_vcpus(def, &tune->vcpus, "cachetune", &vcpus, call) < 0)
        return -1;
    if (cpu_set_empty(&vcpus))
        return 0;
    if (check_caches(tune, call) < 0)
        return -1;
    if (tune->n_caches)
        qsort(tune->caches, tune->n_caches, sizeof(*tune->caches), order_caches);
    if (!tune->n_caches && !tune->n_monitors)
        return 0;
    group = find_group(groups, &vcpus);
    if (!group)
        return refuse(call, VIR_ERR_XML_ERROR, "Overlapping vcpus in resctrls");
    if (groups->len == before)
        return refuse(call, VIR_ERR_XML_ERROR, "Identical vcpus in cachetunes found");
    group->allocated = tune->n_caches > 0;
    return read_monitors(def, tune->monitors, tune->n_monitors, group, true, call) < 0 ? -1 : 1;
}

static int complete_cachetunes(struct domain *def, GPtrArray *groups, const struct doc_call *call)
{
    struct domain_cputune *all = &def->cputune;
    size_t kept = 0;
    int rc = 0;

    for (size_t i = 0; i < all->n_cachetunes; i++) {
        struct domain_cputune_cachetunes *tune = &all->cachetunes[i];

        if (rc >= 0)
            rc = read_cachetune(def, tune, groups, call);
        if (rc) {
            all->cachetunes[kept++] = *tune;
            continue;
        }
        g_free(tune->vcpus);
        g_free(tune->id);
        g_free(tune->caches);
        free_monitors(tune->monitors, tune->n_monitors);
    }
    all->n_cachetunes = kept;
    return MIN(rc, 0);
}

/* ---- bandwidth */

static int check_nodes(const struct domain_cputune_memorytunes *tune, const struct doc_call *call)
{
    for (size_t i = 1; i < tune->n_nodes; i++) {
        if (tune->nodes[i].id == tune->nodes[i - 1].id) {
            doc_error(call, VIR_ERR_XML_ERROR, "Memory Bandwidth already defined for node %u",
                      tune->nodes[i].id);
            return -1;
        }
    }
    return 0;
}

static int compare_nodes(const void *a, const void *b)
{
    const struct domain_cputune_memorytunes_nodes *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

/* An earlier element for the same processors takes this one's nodes. */
static bool merge(struct domain_cputune *all, size_t n, struct domain_cputune_memorytunes *tune)
{
    for (size_t i = 0; i < n; i++) {
        struct domain_cputune_memorytunes *into = &all->memorytunes[i];

        if (strcmp(into->vcpus, tune->vcpus) != 0)
            continue;
        into->nodes = g_renew(struct domain_cputune_memorytunes_nodes, into->nodes,
                              into->n_nodes + tune->n_nodes);
        for (size_t k = 0; k < tune->n_nodes; k++)
            into->nodes[into->n_nodes++] = tune->nodes[k];
        into->monitors = g_renew(struct domain_bandwidth_monitor, into->monitors,
                                 into->n_monitors + tune->n_monitors);
        for (size_t k = 0; k < tune->n_monitors; k++)
            into->monitors[into->n_monitors++] = tune->monitors[k];
        tune->n_monitors = 0;
        if (into->n_nodes)
            qsort(into->nodes, into->n_nodes, sizeof(*into->nodes), compare_nodes);
        return true;
    }
    return false;
}

static int read_memorytune(const struct domain *def, struct domain_cputune_memorytunes *tune,
                           GPtrArray *groups, const struct doc_call *call)
{
    struct cpu_set vcpus;
    struct group *group;

    if (read_vcpus(def, &tune->vcpus, "memorytune", &vcpus, call) < 0)
        return -1;
    if (cpu_set_empty(&vcpus))
        return 0;
    if (check_nodes(tune, call) < 0)
        return -1;
    if (!tune->n_nodes && !tune->n_monitors)
        return 0;
    group = find_group(groups, &vcpus);
    if (!group)
        return refuse(call, VIR_ERR_XML_ERROR, "Overlapping vcpus in resctrls");
    group->allocated |= tune->n_nodes > 0;
    return read_monitors(def, tune->monitors, tune->n_monitors, group, false, call) < 0 ? -1 : 1;
}

static int complete_memorytunes(struct domain *def, GPtrArray *groups, const struct doc_call *call)
{
    struct domain_cputune *all = &def->cputune;
    size_t kept = 0;
    int rc = 0;

    for (size_t i = 0; i < all->n_memorytunes; i++) {
        struct domain_cputune_memorytunes tune = all->memorytunes[i];

        if (rc >= 0)
            rc = read_memorytune(def, &tune, groups, call);
        if (rc < 0 || (rc > 0 && !merge(all, kept, &tune))) {
            all->memorytunes[kept++] = tune;
            continue;
        }
        g_free(tune.vcpus);
        g_free(tune.nodes);
        free_monitors(tune.monitors, tune.n_monitors);
    }
    all->n_memorytunes = kept;
    for (size_t i = 0; rc >= 0 && i < kept; i++)
        rc = check_nodes(&all->memorytunes[i], call);
    return MIN(rc, 0);
}

int domain_complete_resctrl(struct domain *def, const struct doc_call *call)
{
    g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func(group_free);

    if (complete_cachetunes(def, groups, call) < 0)
        return -1;
    return complete_memorytunes(def, groups, call);
}
