/* Limits that disks share by the name of a group. */
#include "core/drivers/test/iotune.h"

#include <string.h>

#include "params_tables.h"

static int find_group(const struct domain *doc, const char *name)
{
    for (size_t i = 0; i < doc->throttlegroups.n_groups; i++)
        if (!g_strcmp0(doc->throttlegroups.groups[i].group_name, name))
            return (int)i;
    return -1;
}

static const char *find_user(const struct domain *doc, const char *name)
{
    for (size_t i = 0; i < doc->devices.n_disks; i++)
        for (size_t j = 0; j < doc->devices.disks[i].throttlefilters.n_filters; j++)
            if (!strcmp(doc->devices.disks[i].throttlefilters.filters[j].group, name))
                return doc->devices.disks[i].target.dev;
    return NULL;
}

static int check_limits(const struct domain *doc, const char *name, virTypedParameterPtr params,
                        int nparams)
{
    int at = find_group(doc, name);
    struct domain_throttlegroups_groups group = {0};

    if (at >= 0)
        group = doc->throttlegroups.groups[at];
    return iotune_read(throttle_limits(&group), params, nparams);
}

static void set_limits(struct domain *doc, const char *name, virTypedParameterPtr params,
                       int nparams)
{
    int at = find_group(doc, name);

    if (at < 0) {
        at = (int)doc->throttlegroups.n_groups++;
        doc->throttlegroups.groups =
            g_renew(struct domain_throttlegroups_groups, doc->throttlegroups.groups,
                    doc->throttlegroups.n_groups);
        doc->throttlegroups.groups[at] =
            (struct domain_throttlegroups_groups){.group_name = g_strdup(name)};
    }
    iotune_read(throttle_limits(&doc->throttlegroups.groups[at]), params, nparams);
}

int test_domainSetThrottleGroup(virDomainPtr dom, const char *group, virTypedParameterPtr params,
                                int nparams, unsigned int flags)
{
    struct domain *docs[2];
    int n;

    if (flags_check(flags, AFFECT_FLAGS, __func__) < 0 ||
        params_validate(params, nparams, virDomainBlockIoTune_rules,
                        G_N_ELEMENTS(virDomainBlockIoTune_rules), 0) < 0)
        return -1;
    if (!*group) {
        test_error(INVALID_ARG, "a throttle group needs a name, not ''");
        return -1;
    }
    WITH_GUEST(dom, -1);
    n = guest_edit(guest, flags, docs);
    for (int i = 0; i < n; i++)
        if (check_limits(docs[i], group, params, nparams) < 0)
            return -1;
    for (int i = 0; i < n; i++)
        set_limits(docs[i], group, params, nparams);
    return n < 0 ? -1 : 0;
}

static int check_unused(const struct domain *doc, const char *name)
{
    const char *user = find_user(doc, name);

    if (find_group(doc, name) < 0) {
        test_error(INVALID_ARG, "throttle group '%s' was not found in the domain config", name);
        return -1;
    }
    if (user) {
        test_error(OPERATION_INVALID, "throttle group '%s' is still being used by disk %s", name,
                   user);
        return -1;
    }
    return 0;
}

static void remove_group(struct domain *doc, const char *name)
{
    int at = find_group(doc, name);

    g_free(doc->throttlegroups.groups[at].group_name);
    doc->throttlegroups.n_groups--;
    memmove(&doc->throttlegroups.groups[at], &doc->throttlegroups.groups[at + 1],
            (doc->throttlegroups.n_groups - at) * sizeof(*doc->throttlegroups.groups));
}

int test_domainDelThrottleGroup(virDomainPtr dom, const char *group, unsigned int flags)
{
    struct domain *docs[2];
    int n;

    if (flags_check(flags, AFFECT_FLAGS, __func__) < 0)
        return -1;
    WITH_GUEST(dom, -1);
    n = guest_edit(guest, flags, docs);
    for (int i = 0; i < n; i++)
        if (check_unused(docs[i], group) < 0)
            return -1;
    for (int i = 0; i < n; i++)
        remove_group(docs[i], group);
    return n < 0 ? -1 : 0;
}
