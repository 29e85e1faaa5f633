/* Shares and limits of guests in block devices of the host. */
#include "core/drivers/test/domain.h"

#include <string.h>

#include "core/object/params_give.h"
#include "params_tables.h"

/* A limit per device, which parameters hold as "/dev/sda,300,/dev/sdb,400". */
static const struct limit {
    const char *name;
    size_t offset, size;
} limits[] = {
#define LIMIT(macro, member)                                                                       \
    {                                                                                              \
        VIR_DOMAIN_BLKIO_DEVICE_##macro, offsetof(struct domain_blkiotune_devices, member),        \
            sizeof(((struct domain_blkiotune_devices *)NULL)->member)                              \
    }
    LIMIT(WEIGHT, weight),
    LIMIT(READ_IOPS, read_iops_sec),
    LIMIT(WRITE_IOPS, write_iops_sec),
    LIMIT(READ_BPS, read_bytes_sec),
    LIMIT(WRITE_BPS, write_bytes_sec),
#undef LIMIT
};

static unsigned long long get(const struct domain_blkiotune_devices *device,
                              const struct limit *limit)
{
    const char *at = (const char *)device + limit->offset;

    return limit->size == sizeof(unsigned int) ? *(const unsigned int *)at
                                               : *(const unsigned long long *)at;
}

static void put(struct domain_blkiotune_devices *device, const struct limit *limit,
                unsigned long long value)
{
    char *at = (char *)device + limit->offset;

    if (limit->size == sizeof(unsigned int))
        *(unsigned int *)at = value;
    else
        *(unsigned long long *)at = value;
}

static struct domain_blkiotune_devices *find_or_add(struct domain_blkiotune *tune, const char *path)
{
    for (size_t i = 0; i < tune->n_devices; i++)
        if (!strcmp(tune->devices[i].path, path))
            return &tune->devices[i];
    tune->devices = g_renew(struct domain_blkiotune_devices, tune->devices, tune->n_devices + 1);
    tune->devices[tune->n_devices] = (struct domain_blkiotune_devices){.path = g_strdup(path)};
    return &tune->devices[tune->n_devices++];
}

/* Reads "PATH,NUMBER,PATH,NUMBER"; with `tune` NULL it only looks whether that is what it is. */
static int read_devices(struct domain_blkiotune *tune, const struct limit *limit, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, ",", -1);
    guint n = g_strv_length(words);

    for (guint i = 0; i < n; i += 2) {
        guint64 max = limit->size == sizeof(unsigned int) ? G_MAXUINT : G_MAXUINT64, value;

        if (i + 1 == n || !*words[i] ||
            !g_ascii_string_to_unsigned(words[i + 1], 10, 0, max, &value, NULL)) {
            error_set(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG,
                      "unable to parse blkio device '%s' '%s': PATH,NUMBER pairs are wanted",
                      limit->name, text);
            return -1;
        }
        if (tune)
            put(find_or_add(tune, words[i]), limit, value);
    }
    return 0;
}

static char *write_devices(const struct domain_blkiotune *tune, const struct limit *limit)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < tune->n_devices; i++)
        if (get(&tune->devices[i], limit))
            g_string_append_printf(text, "%s%s,%llu", text->len ? "," : "", tune->devices[i].path,
                                   get(&tune->devices[i], limit));
    return g_string_free(text, FALSE);
}

int test_domainSetBlkioParameters(virDomainPtr domain, virTypedParameterPtr params, int nparams,
                                  unsigned int flags)
{
    struct domain *doc;

    if (flags_check(flags, AFFECT_FLAGS, __func__) < 0 || affects_one(flags) < 0 ||
        params_validate(params, nparams, virDomainBlkio_rules, G_N_ELEMENTS(virDomainBlkio_rules),
                        0) < 0)
        return -1;
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        virTypedParameterPtr param = params_find(params, nparams, limits[i].name);

        if (param && read_devices(NULL, &limits[i], param->value.s) < 0)
            return -1;
    }
    WITH_GUEST(domain, -1);
    doc = guest_edit_one(guest, flags);
    if (!doc)
        return -1;
    params_get_uint(params, nparams, VIR_DOMAIN_BLKIO_WEIGHT, &doc->blkiotune.weight);
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        virTypedParameterPtr param = params_find(params, nparams, limits[i].name);

        if (param)
            read_devices(&doc->blkiotune, &limits[i], param->value.s);
    }
    return 0;
}

int test_domainGetBlkioParameters(virDomainPtr domain, virTypedParameterPtr params, int *nparams,
                                  unsigned int flags)
{
    params_auto_t list = {0};
    const struct domain *doc;

    if (flags_check(flags, AFFECT_FLAGS | VIR_TYPED_PARAM_STRING_OKAY, __func__) < 0 ||
        affects_one(flags) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    doc = guest_affected(guest, flags);
    if (!doc)
        return -1;
    params_add_uint(&list, doc->blkiotune.weight, VIR_DOMAIN_BLKIO_WEIGHT);
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        g_autofree char *text = write_devices(&doc->blkiotune, &limits[i]);

        params_add_string(&list, text, "%s", limits[i].name);
    }
    return params_give(&list, params, nparams);
}
