/* Limits for the traffic of disks. */
#include "core/drivers/test/iotune.h"

#include <string.h>

#include "core/drivers/test/device.h"
#include "core/object/params_give.h"
#include "params_tables.h"

/* The limits as they are called in parameters, and where they are kept. */
static const struct limit {
    const char *name;
    size_t offset;
} limits[] = {
#define LIMIT(macro, member)                                                                       \
    {                                                                                              \
        VIR_DOMAIN_BLOCK_IOTUNE_##macro, offsetof(struct domain_disk_iotune, member)               \
    }
    LIMIT(TOTAL_BYTES_SEC, total_bytes_sec),
    LIMIT(READ_BYTES_SEC, read_bytes_sec),
    LIMIT(WRITE_BYTES_SEC, write_bytes_sec),
    LIMIT(TOTAL_IOPS_SEC, total_iops_sec),
    LIMIT(READ_IOPS_SEC, read_iops_sec),
    LIMIT(WRITE_IOPS_SEC, write_iops_sec),
    LIMIT(TOTAL_BYTES_SEC_MAX, total_bytes_sec_max),
    LIMIT(READ_BYTES_SEC_MAX, read_bytes_sec_max),
    LIMIT(WRITE_BYTES_SEC_MAX, write_bytes_sec_max),
    LIMIT(TOTAL_IOPS_SEC_MAX, total_iops_sec_max),
    LIMIT(READ_IOPS_SEC_MAX, read_iops_sec_max),
    LIMIT(WRITE_IOPS_SEC_MAX, write_iops_sec_max),
    LIMIT(SIZE_IOPS_SEC, size_iops_sec),
    LIMIT(TOTAL_BYTES_SEC_MAX_LENGTH, total_bytes_sec_max_length),
    LIMIT(READ_BYTES_SEC_MAX_LENGTH, read_bytes_sec_max_length),
    LIMIT(WRITE_BYTES_SEC_MAX_LENGTH, write_bytes_sec_max_length),
    LIMIT(TOTAL_IOPS_SEC_MAX_LENGTH, total_iops_sec_max_length),
    LIMIT(READ_IOPS_SEC_MAX_LENGTH, read_iops_sec_max_length),
    LIMIT(WRITE_IOPS_SEC_MAX_LENGTH, write_iops_sec_max_length),
#undef LIMIT
};
#define BEFORE_GROUP_NAME 13 /* the order in which parameters are given */

static unsigned long long *limit_of(struct domain_disk_iotune *tune, const struct limit *limit)
{
    return (unsigned long long *)((char *)tune + limit->offset);
}

static int check_total(unsigned long long total, unsigned long long read, unsigned long long write,
                       const char *what)
{
    if (!total || (!read && !write))
        return 0;
    test_error(INVALID_ARG, "total and read/write of %s cannot be set at the same time", what);
    return -1;
}

static int check(const struct domain_disk_iotune *tune)
{
    const struct {
        unsigned long long value, max;
        const char *name;
    } pairs[] = {
        {tune->total_bytes_sec, tune->total_bytes_sec_max, "total_bytes_sec"},
        {tune->read_bytes_sec, tune->read_bytes_sec_max, "read_bytes_sec"},
        {tune->write_bytes_sec, tune->write_bytes_sec_max, "write_bytes_sec"},
        {tune->total_iops_sec, tune->total_iops_sec_max, "total_iops_sec"},
        {tune->read_iops_sec, tune->read_iops_sec_max, "read_iops_sec"},
        {tune->write_iops_sec, tune->write_iops_sec_max, "write_iops_sec"},
    };

    if (check_total(tune->total_bytes_sec, tune->read_bytes_sec, tune->write_bytes_sec,
                    "bytes_sec") < 0 ||
        check_total(tune->total_iops_sec, tune->read_iops_sec, tune->write_iops_sec, "iops_sec") <
            0 ||
        check_total(tune->total_bytes_sec_max, tune->read_bytes_sec_max, tune->write_bytes_sec_max,
                    "bytes_sec_max") < 0 ||
        check_total(tune->total_iops_sec_max, tune->read_iops_sec_max, tune->write_iops_sec_max,
                    "iops_sec_max") < 0)
        return -1;
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
        if (pairs[i].max && pairs[i].value > pairs[i].max) {
            test_error(INVALID_ARG, "%s cannot be set higher than %s_max (%llu > %llu)",
                       pairs[i].name, pairs[i].name, pairs[i].value, pairs[i].max);
            return -1;
        }
    return 0;
}

struct domain_disk_iotune *throttle_limits(struct domain_throttlegroups_groups *group)
{
    _Static_assert(sizeof(struct domain_throttlegroups_groups) == sizeof(struct domain_disk_iotune),
                   "both are made of the same members");
    return (struct domain_disk_iotune *)group;
}

int iotune_read(struct domain_disk_iotune *tune, virTypedParameterPtr params, int nparams)
{
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++)
        params_get_ullong(params, nparams, limits[i].name, limit_of(tune, &limits[i]));
    return check(tune);
}

static const struct domain_disk *find(const struct domain *doc, const char *path)
{
    const struct domain_disk *disk = doc ? disk_find(doc, path) : NULL;

    if (doc && !disk)
        test_error(INVALID_ARG, "disk '%s' was not found in the domain config", path);
    return disk;
}

int test_domainSetBlockIoTune(virDomainPtr dom, const char *disk, virTypedParameterPtr params,
                              int nparams, unsigned int flags)
{
    virTypedParameterPtr group = params_find(params, nparams, VIR_DOMAIN_BLOCK_IOTUNE_GROUP_NAME);
    const struct domain_disk *found;
    struct domain_disk_iotune tune, *target;

    if (flags_check(flags, AFFECT_FLAGS, __func__) < 0 || affects_one(flags) < 0 ||
        params_validate(params, nparams, virDomainBlockIoTune_rules,
                        G_N_ELEMENTS(virDomainBlockIoTune_rules), 0) < 0)
        return -1;
    WITH_GUEST(dom, -1);
    found = find(guest_affected(guest, flags), disk);
    if (!found)
        return -1;
    tune = found->iotune;
    if (iotune_read(&tune, params, nparams) < 0)
        return -1;
    target = &disk_find(guest_edit_one(guest, flags), disk)->iotune;
    tune.group_name = target->group_name;
    if (group) {
        g_free(tune.group_name);
        tune.group_name = *group->value.s ? g_strdup(group->value.s) : NULL;
    }
    *target = tune;
    return 0;
}

int test_domainGetBlockIoTune(virDomainPtr dom, const char *disk, virTypedParameterPtr params,
                              int *nparams, unsigned int flags)
{
    params_auto_t list = {0};
    const struct domain_disk *found;

    if (flags_check(flags, AFFECT_FLAGS | VIR_TYPED_PARAM_STRING_OKAY, __func__) < 0 ||
        affects_one(flags) < 0)
        return -1;
    WITH_GUEST(dom, -1);
    found = find(guest_affected(guest, flags), disk ? disk : "");
    if (!found)
        return -1;
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        if (i == BEFORE_GROUP_NAME)
            params_add_string(&list, found->iotune.group_name ? found->iotune.group_name : "",
                              VIR_DOMAIN_BLOCK_IOTUNE_GROUP_NAME);
        params_add_ullong(&list, *limit_of((struct domain_disk_iotune *)&found->iotune, &limits[i]),
                          "%s", limits[i].name);
    }
    return params_give(&list, params, nparams);
}
