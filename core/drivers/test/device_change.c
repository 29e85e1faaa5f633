/* Devices that come, go and change, in what runs and in what the next start uses. */
#include "core/conf/domain/abi.h"
#include "core/drivers/test/device.h"
#include "core/drivers/test/blockjob.h"
#include "core/conf/guest/device.h"
#include "core/drivers/test/events.h"
#include "core/drivers/test/happening.h"
#include "core/drivers/test/script.h"

#include <string.h>

/* The device, and what happens to it in one of a guest's documents: -1 with an error. */
struct change {
    struct device device;
    const char *alias; /* instead of a document */
    int (*apply)(struct domain *doc, const struct change *change, char **ret_alias);
    int event; /* for what runs; -1 for none */
};

static int attach(struct domain *doc, const struct change *change, char **ret_alias)
{
    const struct device *device = &change->device;

    if (device->field->place == DOC_LIST && device_find_key(doc, device) >= 0) {
        g_autofree char *key = device_key(device);

        error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_FAILED,
                  "target %s already exists: another %s has it", key, device->field->name);
        return -1;
    }
    if (device_insert(doc, device) < 0)
        return -1;
    *ret_alias = device_alias(doc, device->field, device_count(doc, device->field) - 1);
    return 0;
}

static int detach(struct domain *doc, const struct change *change, char **ret_alias)
{
    ssize_t place = device_find(doc, &change->device);

    if (place < 0)
        return -1;
    *ret_alias = device_alias(doc, change->device.field, (size_t)place);
    device_remove(doc, change->device.field, (size_t)place);
    return 0;
}

static int detach_alias(struct domain *doc, const struct change *change, char **ret_alias)
{
    const struct doc_field *field;
    size_t place;

    if (device_find_alias(doc, change->alias, &field, &place) < 0)
        return -1;
    *ret_alias = g_strdup(change->alias);
    device_remove(doc, field, place);
    return 0;
}

static int update(struct domain *doc, const struct change *change, char **ret_alias)
{
    const struct device *device = &change->device;
    ssize_t place = device_find_key(doc, device);

    if (place == -2) {
        test_error(OPERATION_UNSUPPORTED, "update of device '%s' is not supported",
                   device->field->name);
        return -1;
    }
    if (place == -1) {
        error_set(VIR_FROM_DOMAIN, VIR_ERR_DEVICE_MISSING, "no matching %s device was found",
                  device->field->name);
        return -1;
    }
    *ret_alias = device_alias(doc, device->field, (size_t)place);
    device_replace(doc, device, (size_t)place);
    return 0;
}

/* What the author of the guest says that its system will not give up. */
static bool refuses(const struct guest *guest, const char *alias)
{
    g_auto(script_t) script = {0};
    g_autofree char *removal = NULL;
    xmlNodePtr device;

    script_open(guest->live->doc, &script);
    device = script_find(script.guest, "device", "alias", alias);
    removal = device ? xml_attr(device, "removal") : NULL;
    return removal && !strcmp(removal, "refused");
}

static void tray_moves(struct world *world, const struct guest *guest, const char *alias, int way)
{
    guest_happens(world, guest,
                  &(struct happening){
                      .id = VIR_DOMAIN_EVENT_ID_TRAY_CHANGE, .texts = {alias}, .numbers = {way}});
}

static const struct domain_disk *removable_disk(const struct domain *doc, const char *target)
{
    for (size_t i = 0; i < doc->devices.n_disks; i++) {
        const struct domain_disk *disk = &doc->devices.disks[i];

        if (!g_strcmp0(disk->target.dev, target))
            return disk->device == DOMAIN_DISK_DEVICE_CDROM ||
                           disk->device == DOMAIN_DISK_DEVICE_FLOPPY
                       ? disk
                       : NULL;
    }
    return NULL;
}

/* A medium is changed with an open tray. */
static void change_medium(struct world *world, const struct guest *guest,
                          const struct domain *before, const struct change *change,
                          const char *alias)
{
    g_autofree char *target = NULL;
    const struct domain_disk *old, *new;

    if (strcmp(change->device.field->name, "disk") != 0)
        return;
    target = device_key(&change->device);
    old = removable_disk(before, target);
    new = removable_disk(guest->live->doc, target);
    if (!old || !new || !g_strcmp0(disk_source(old), disk_source(new)))
        return;
    tray_moves(world, guest, alias, VIR_DOMAIN_EVENT_TRAY_CHANGE_OPEN);
    if (disk_source(new))
        tray_moves(world, guest, alias, VIR_DOMAIN_EVENT_TRAY_CHANGE_CLOSE);
}

/* A changed copy, read again: so it gets what a guest with such devices has, and must be a valid
 * one. */
static struct definition *changed(const struct definition *definition, const struct change *change,
                                  char **ret_alias)
{
    struct domain *copy = domain_copy(definition->doc), *doc = NULL;
    g_autofree char *xml = NULL;

    if (change->apply(copy, change, ret_alias) == 0)
        xml = domain_format(copy, DOC_SECURE | DOC_INACTIVE);
    domain_free(copy);
    if (xml)
        doc = guest_parse(xml, 0);
    if (!doc)
        return NULL;
    guest_name_interfaces(doc);
    return definition_new(doc);
}

/* Both documents change, or none. */
static int change_guest(struct world *world, struct guest *guest, const struct change *change,
                        unsigned int flags)
{
    g_autoptr(definition) live = NULL, config = NULL, before = NULL;
    g_autofree char *alias = NULL, *config_alias = NULL;

    if (guest_check_affected(guest, flags) < 0)
        return -1;
    if (!(flags & AFFECT_FLAGS))
        flags = guest_active(guest) ? VIR_DOMAIN_AFFECT_LIVE : VIR_DOMAIN_AFFECT_CONFIG;
    if (flags & VIR_DOMAIN_AFFECT_LIVE &&
        (!(live = changed(guest->live, change, &alias)) || blockjobs_carry(guest, live->doc) < 0))
        return -1;
    /* A device that is updated stays the same one to the guest. */
    if (live && change->apply == update && domain_check_abi(guest->live->doc, live->doc) < 0)
        return -1;
    if (flags & VIR_DOMAIN_AFFECT_CONFIG &&
        !(config = changed(guest->config, change, &config_alias)))
        return -1;
    if (config) {
        definition_unref(guest->config);
        guest->config = g_steal_pointer(&config);
    }
    if (!live)
        return 0;
    if (change->event == VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED && refuses(guest, alias)) {
        guest_happens(
            world, guest,
            &(struct happening){.id = VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED, .texts = {alias}});
        return 0;
    }
    before = g_steal_pointer(&guest->live);
    guest->live = g_steal_pointer(&live);
    if (change->event >= 0)
        guest_event_device(world, guest, change->event, alias);
    else
        change_medium(world, guest, before->doc, change, alias);
    return 0;
}

static int run(virDomainPtr domain, const char *xml, struct change *change, unsigned int flags,
               unsigned int supported, const char *function)
{
    int rc = -1;

    if (flags_check(flags, supported, function) < 0)
        return -1;
    if (!xml || device_read(xml, NULL, &change->device) == 0) {
        WITH_GUEST(domain, (device_clear(&change->device), -1));
        rc = change_guest(world, guest, change, flags);
    }
    device_clear(&change->device);
    return rc;
}

int test_domainAttachDeviceFlags(virDomainPtr domain, const char *xml, unsigned int flags)
{
    struct change change = {.apply = attach, .event = VIR_DOMAIN_EVENT_ID_DEVICE_ADDED};

    return run(domain, xml, &change, flags, AFFECT_FLAGS, __func__);
}

/* Without flags, it is about what runs. */
int test_domainAttachDevice(virDomainPtr domain, const char *xml)
{
    return test_domainAttachDeviceFlags(domain, xml, VIR_DOMAIN_AFFECT_LIVE);
}

int test_domainDetachDeviceFlags(virDomainPtr domain, const char *xml, unsigned int flags)
{
    struct change change = {.apply = detach, .event = VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED};

    return run(domain, xml, &change, flags, AFFECT_FLAGS, __func__);
}

int test_domainDetachDevice(virDomainPtr domain, const char *xml)
{
    return test_domainDetachDeviceFlags(domain, xml, VIR_DOMAIN_AFFECT_LIVE);
}

int test_domainDetachDeviceAlias(virDomainPtr domain, const char *alias, unsigned int flags)
{
    struct change change = {
        .alias = alias, .apply = detach_alias, .event = VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED};

    return run(domain, NULL, &change, flags, AFFECT_FLAGS, __func__);
}

int test_domainUpdateDeviceFlags(virDomainPtr domain, const char *xml, unsigned int flags)
{
    struct change change = {.apply = update, .event = -1};

    return run(domain, xml, &change, flags, AFFECT_FLAGS | VIR_DOMAIN_DEVICE_MODIFY_FORCE,
               __func__);
}
