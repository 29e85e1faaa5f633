/* Devices that come and go: in what runs, in what the next start uses, or in both. */
#include "core/conf/guest/device.h"
#include "core/drivers/qemu/define.h"
#include "core/drivers/qemu/device_plug.h"
#include "core/drivers/qemu/events.h"
#include "core/drivers/qemu/run.h"

/* One call's. */
struct change {
    struct device device; /* none with an alias */
    const char *alias;
    /* To a document, and the name of the device, to be freed. */
    int (*apply)(struct domain *doc, const struct change *change, char **ret_alias);
    int (*live)(struct job *job, const struct change *change);
};

static int attach(struct domain *doc, const struct change *change, char **ret_alias)
{
    const struct device *device = &change->device;

    if (device_find_key(doc, device) >= 0 && device->field->place == DOC_LIST) {
        g_autofree char *key = device_key(device);

        qemu_error(OPERATION_INVALID, "target %s already exists", key);
        return -1;
    }
    return device_insert(doc, device);
}

static int detach(struct domain *doc, const struct change *change, char **ret_alias)
{
    const struct doc_field *field = change->device.field;
    size_t at;

    if (change->alias) {
        if (device_find_alias(doc, change->alias, &field, &at) < 0)
            return -1;
    } else {
        ssize_t found = device_find(doc, &change->device);

        if (found < 0)
            return -1;
        at = found;
    }
    *ret_alias = device_alias(doc, field, at);
    device_remove(doc, field, at);
    return 0;
}

static int update(struct domain *doc, const struct change *change, char **ret_alias)
{
    ssize_t place = device_find_key(doc, &change->device);

    if (place < 0) {
        qemu_error(DEVICE_MISSING, "no matching %s device was found", change->device.field->name);
        return -1;
    }
    device_replace(doc, &change->device, place);
    return 0;
}

/* ---- what the next start uses: changed, and read again, so that it is a valid one */

static int change_config(struct job *job, const struct change *change)
{
    struct domain *copy = domain_copy(job->guest->config->doc), *doc = NULL;
    g_autofree char *xml = NULL, *alias = NULL;

    if (change->apply(copy, change, &alias) == 0)
        xml = domain_format(copy, DOC_SECURE | DOC_INACTIVE);
    domain_free(copy);
    if (xml)
        doc = guest_parse(job->host, xml, 0);
    return doc ? definition_replace(job, doc) : -1;
}

/* ---- what runs */

/* The names that are new. */
static void announce(struct job *job, const struct domain *before)
{
    const struct domain *doc = job->guest->live->doc;

    for (unsigned f = 0; f < domain_devices_doc.n_fields; f++) {
        const struct doc_field *field = &domain_devices_doc.fields[f];
        const struct doc_field *there;
        size_t place;

        if (!field->name || field->type != DOC_STRUCT)
            continue;
        for (size_t i = 0; i < device_count(doc, field); i++) {
            g_autofree char *alias = device_alias(doc, field, i);

            if (device_find_alias(before, alias, &there, &place) == 0)
                continue;
            error_reset();
            guest_push_text(job->host, job->guest, VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, alias);
        }
    }
}

static int attach_live(struct job *job, const struct change *change)
{
    g_autoptr(definition) before = definition_ref(job->guest->live);
    struct domain *doc = domain_copy(before->doc);
    g_autofree char *alias = NULL;

    if (change->apply(doc, change, &alias) < 0 || document_complete(&job->host->facts, doc) < 0 ||
        document_assign_aliases(doc) < 0 || devices_plug(job, doc) < 0) {
        domain_free(doc);
        return -1;
    }
    definition_unref(job->guest->live);
    job->guest->live = definition_new(doc);
    announce(job, before->doc);
    return run_note(job);
}

static int detach_live(struct job *job, const struct change *change)
{
    struct domain *copy = domain_copy(job->guest->live->doc);
    g_autofree char *alias = NULL;
    int status = change->apply(copy, change, &alias);

    domain_free(copy);
    return status < 0 || device_unplug(job, alias) < 0 ? -1 : run_note(job);
}

static int update_live(struct job *job, const struct change *change)
{
    qemu_error(OPERATION_UNSUPPORTED, "live update of device '%s' is not supported",
               change->device.field->name);
    return -1;
}

/* ---- calls */

static int change_guest(virDomainPtr domain, const struct change *change, unsigned int flags,
                        const char *function)
{
    g_auto(job_auto_t) job = {0};
    struct definitions pair;

    if (job_begin(&job, domain, function) < 0)
        return -1;
    pair = guest_definitions(job.guest);
    if (definitions_check(&pair, flags) < 0)
        return -1;
    if (!(flags & AFFECT_FLAGS))
        flags |= job.guest->live ? VIR_DOMAIN_AFFECT_LIVE : VIR_DOMAIN_AFFECT_CONFIG;
    if (flags & VIR_DOMAIN_AFFECT_LIVE && change->live(&job, change) < 0)
        return -1;
    return flags & VIR_DOMAIN_AFFECT_CONFIG ? change_config(&job, change) : 0;
}

static int read_and_change(virDomainPtr domain, const char *xml, struct change *change,
                           unsigned int flags, const char *function)
{
    struct doc_context context = document_context(&host_of(domain->conn)->facts);
    int status = -1;

    if (device_read(xml, &context, &change->device) == 0)
        status = change_guest(domain, change, flags, function);
    device_clear(&change->device);
    return status;
}

int qemu_domainAttachDeviceFlags(virDomainPtr domain, const char *xml, unsigned int flags)
{
    struct change change = {.apply = attach, .live = attach_live};

    return qemu_flags(flags, AFFECT_FLAGS) < 0
               ? -1
               : read_and_change(domain, xml, &change, flags, __func__);
}

/* Without flags, it is about what runs. */
int qemu_domainAttachDevice(virDomainPtr domain, const char *xml)
{
    return qemu_domainAttachDeviceFlags(domain, xml, VIR_DOMAIN_AFFECT_LIVE);
}

int qemu_domainDetachDeviceFlags(virDomainPtr domain, const char *xml, unsigned int flags)
{
    struct change change = {.apply = detach, .live = detach_live};

    return qemu_flags(flags, AFFECT_FLAGS) < 0
               ? -1
               : read_and_change(domain, xml, &change, flags, __func__);
}

int qemu_domainDetachDevice(virDomainPtr domain, const char *xml)
{
    return qemu_domainDetachDeviceFlags(domain, xml, VIR_DOMAIN_AFFECT_LIVE);
}

int qemu_domainDetachDeviceAlias(virDomainPtr domain, const char *alias, unsigned int flags)
{
    struct change change = {.apply = detach, .live = detach_live, .alias = alias};

    return qemu_flags(flags, AFFECT_FLAGS) < 0 ? -1
                                               : change_guest(domain, &change, flags, __func__);
}

int qemu_domainUpdateDeviceFlags(virDomainPtr domain, const char *xml, unsigned int flags)
{
    struct change change = {.apply = update, .live = update_live};

    return qemu_flags(flags, AFFECT_FLAGS | VIR_DOMAIN_DEVICE_MODIFY_FORCE) < 0
               ? -1
               : read_and_change(domain, xml, &change, flags, __func__);
}
