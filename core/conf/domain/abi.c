/* What the descriptions' abi= cannot say of a guest that goes on with another definition. */
#include "core/conf/domain/abi.h"

#include "core/conf/domain/devices.h"

/* ---- processors: which of them are there, and the order they came in */

struct processor {
    bool online;
    unsigned order;
};

static struct processor processor_of(const struct domain *def, unsigned id)
{
    const struct domain_vcpus *listed = &def->vcpus;

    if (id < listed->n_vcpus && listed->vcpus[id].id == id)
        return (struct processor){listed->vcpus[id].enabled == TRISTATE_YES,
                                  listed->vcpus[id].order};
    return (struct processor){!def->vcpu.has_current || id < def->vcpu.current, 0};
}

static int check_processor(const struct domain *source, const struct domain *target, unsigned id)
{
    struct processor before = processor_of(source, id), after = processor_of(target, id);
    g_autofree char *path = g_strdup_printf("vcpus/vcpus[%u]", id);
    g_autofree char *subject = NULL;

    if (before.online != after.online) {
        subject = g_strdup_printf("State of vCPU '%u'", id);
        return doc_refuse_abi(subject, before.online ? "on" : "off", after.online ? "on" : "off",
                              path);
    }
    if (before.order != after.order) {
        g_autofree char *old = g_strdup_printf("%u", before.order);
        g_autofree char *new = g_strdup_printf("%u", after.order);

        subject = g_strdup_printf("vCPU %u enable order", id);
        return doc_refuse_abi(subject, old, new, path);
    }
    return 0;
}

/* Behind those that are listed and the smaller of the numbers that are on, all are alike. */
static unsigned last_told_apart(const struct domain *def)
{
    return MAX((unsigned)def->vcpus.n_vcpus, def->vcpu.has_current ? def->vcpu.current + 1 : 0);
}

static int check_processors(const struct domain *source, const struct domain *target)
{
    unsigned end = MIN(source->vcpu.text, MAX(last_told_apart(source), last_told_apart(target)));
    int rc = 0;

    for (unsigned id = 0; id < end && rc == 0; id++)
        rc = check_processor(source, target, id);
    return rc;
}

/* ---- devices that are there once or not at all */

static int check_once(const char *subject, bool before, bool after, const char *path)
{
    if (before == after)
        return 0;
    return doc_refuse_abi(subject, before ? "1" : "0", after ? "1" : "0", path);
}

static int check_single_devices(const struct domain_devices *a, const struct domain_devices *b)
{
    if (check_once("domain watchdog count", a->watchdog.model, b->watchdog.model,
                   "devices/watchdog") < 0 ||
        check_once("domain memory balloon count", a->memballoon.model, b->memballoon.model,
                   "devices/memballoon") < 0 ||
        check_once("domain USB redirection filter count", a->redirfilter.n_usbdevs,
                   b->redirfilter.n_usbdevs, "devices/redirfilter") < 0)
        return -1;
    return check_once("domain IOMMU device count", a->iommu.model, b->iommu.model, "devices/iommu");
}

/* Interfaces that are devices of the host count among those. */
static size_t count_hostdevs(const struct domain_devices *devices)
{
    size_t n = devices->n_hostdevs;

    for (size_t i = 0; i < devices->n_interfaces; i++)
        n += devices->interfaces[i].type == DOMAIN_INTERFACE_TYPE_HOSTDEV;
    return n;
}

static int check_hostdevs(const struct domain_devices *a, const struct domain_devices *b)
{
    g_autofree char *before = g_strdup_printf("%zu", count_hostdevs(a));
    g_autofree char *after = g_strdup_printf("%zu", count_hostdevs(b));

    if (!strcmp(before, after))
        return 0;
    return doc_refuse_abi("domain host device count", before, after, "devices/hostdevs");
}

/* ---- drivers of devices: one that says nothing may stand for other options than none at all */

static bool is_zero(const void *place, size_t size)
{
    const char *bytes = place;

    return *bytes == 0 && memcmp(bytes, bytes + 1, size - 1) == 0;
}

static int check_driver(const void *before, const void *after, size_t size, const char *list,
                        size_t i)
{
    g_autofree char *path = NULL;

    if (is_zero(before, size) == is_zero(after, size))
        return 0;
    path = g_strdup_printf("devices/%s[%zu]/driver", list, i);
    return doc_refuse_abi("device virtio options", is_zero(before, size) ? NULL : "some",
                          is_zero(after, size) ? NULL : "some", path);
}

/* The lists are as long as each other. */
#define CHECK_DRIVERS(list)                                                                        \
    for (size_t i = 0; i < a->n_##list; i++) {                                                     \
        if (check_driver(&a->list[i].driver, &b->list[i].driver, sizeof(a->list[i].driver), #list, \
                         i) < 0)                                                                   \
            return -1;                                                                             \
    }

static int check_drivers(const struct domain_devices *a, const struct domain_devices *b)
{
    CHECK_DRIVERS(disks);
    CHECK_DRIVERS(controllers);
    CHECK_DRIVERS(filesystems);
    CHECK_DRIVERS(interfaces);
    CHECK_DRIVERS(inputs);
    CHECK_DRIVERS(videos);
    CHECK_DRIVERS(rngs);
    return 0;
}

/* ---- the rest */

static enum domain_features_capabilities_policy policy_of(const struct domain *def)
{
    enum domain_features_capabilities_policy policy = def->features.capabilities.policy;

    return policy ? policy : DOMAIN_FEATURES_CAPABILITIES_POLICY_DEFAULT;
}

static int check_policy(const struct domain *source, const struct domain *target)
{
    const struct doc_words *words = &domain_features_capabilities_policy_words;

    if (policy_of(source) == policy_of(target))
        return 0;
    return doc_refuse_abi("State of feature 'capabilities'", doc_word(words, policy_of(source)),
                          doc_word(words, policy_of(target)), "features/capabilities/@policy");
}

int domain_check_abi(const struct domain *source, const struct domain *target)
{
    const struct domain_devices *a = &source->devices, *b = &target->devices;

    if (check_single_devices(a, b) < 0 || check_hostdevs(a, b) < 0 ||
        doc_check_abi(domain_doc_kind.root->layout, source, target) < 0 ||
        check_drivers(a, b) < 0 || check_policy(source, target) < 0)
        return -1;
    return check_processors(source, target);
}
