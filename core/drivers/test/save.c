/* Saving guests and bringing them back; core dumps. */
#include "core/drivers/test/save.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/drivers/test/events.h"
#include "core/drivers/test/jobs.h"
#include "core/drivers/test/migrate.h"

/* What runs, to be written without the lock; NULL with an error. */
static struct definition *running_definition(virDomainPtr domain)
{
    WITH_ACTIVE_GUEST(domain, NULL);
    return guest_check_free(guest) < 0 ? NULL : definition_ref(guest->live);
}

/* Stops the guest that has just been written; -1 when it has stopped or changed hands meanwhile. */
static int stop_written(virDomainPtr domain, int reason, int detail)
{
    WITH_ACTIVE_GUEST(domain, -1);
    guest_stopped(world, guest, reason, detail);
    return 0;
}

/* The document of an image, unless the caller's is to take its place; NULL with an error. */
static struct definition *document_for(struct definition *definition, const char *dxml)
{
    struct domain *doc;

    if (!dxml)
        return definition_ref(definition);
    doc = guest_parse_same(dxml, definition->doc);
    return doc ? definition_new(doc) : NULL;
}

int test_domainSaveFlags(virDomainPtr domain, const char *to, const char *dxml, unsigned int flags)
{
    g_autoptr(definition) running = NULL, definition = NULL;
    g_autofree char *what = g_strdup_printf("saving domain '%s'", domain->name);
    g_autofree char *xml = NULL;

    if (flags_check(flags, VIR_DOMAIN_SAVE_BYPASS_CACHE, __func__) < 0)
        return -1;
    running = running_definition(domain);
    definition = running ? document_for(running, dxml) : NULL;
    xml = definition ? domain_format(definition->doc, DOC_SECURE) : NULL;
    if (!xml || save_write(to, xml, what) < 0)
        return -1;
    return stop_written(domain, VIR_DOMAIN_SHUTOFF_SAVED, VIR_DOMAIN_EVENT_STOPPED_SAVED);
}

int test_domainSave(virDomainPtr domain, const char *to)
{
    return test_domainSaveFlags(domain, to, NULL, 0);
}

#define RESTORE_FLAGS                                                                              \
    (VIR_DOMAIN_SAVE_BYPASS_CACHE | VIR_DOMAIN_SAVE_RUNNING | VIR_DOMAIN_SAVE_PAUSED)

/* It exists again, and stands still. */
static void stay_paused(struct world *world, struct guest *guest)
{
    guest_set_state(guest, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER);
    guest_event_lifecycle(world, guest, VIR_DOMAIN_EVENT_SUSPENDED,
                          VIR_DOMAIN_EVENT_SUSPENDED_RESTORED);
}

int test_domainRestoreFlags(virConnectPtr conn, const char *from, const char *dxml,
                            unsigned int flags)
{
    struct world *world = world_of(conn);
    g_autoptr(definition) image = NULL, definition = NULL;
    g_autofree char *xml = NULL;
    struct domain *doc;
    struct guest *guest;

    if (flags_check(flags, RESTORE_FLAGS, __func__) < 0)
        return -1;
    xml = save_read(from);
    doc = xml ? guest_parse(xml, 0) : NULL;
    if (!doc)
        return -1;
    image = definition_new(doc);
    definition = document_for(image, dxml);
    if (!definition)
        return -1;
    doc = definition->doc;
    lock_guard(&world->lock);
    if (guest_match(world, doc, true, &guest) < 0)
        return -1;
    guest_name_interfaces(doc);
    if (!guest)
        guest = guest_add_for(world, doc);
    guest->live = g_steal_pointer(&definition);
    guest_start(world, guest, VIR_DOMAIN_RUNNING_RESTORED);
    guest_event_lifecycle(world, guest, VIR_DOMAIN_EVENT_STARTED,
                          VIR_DOMAIN_EVENT_STARTED_RESTORED);
    if (flags & VIR_DOMAIN_SAVE_PAUSED)
        stay_paused(world, guest);
    return 0;
}

int test_domainRestore(virConnectPtr conn, const char *from)
{
    return test_domainRestoreFlags(conn, from, NULL, 0);
}

char *test_domainSaveImageGetXMLDesc(virConnectPtr conn, const char *file, unsigned int flags)
{
    g_autofree char *xml = NULL;
    struct domain *doc;
    char *text;

    if (flags_check(flags, VIR_DOMAIN_SAVE_IMAGE_XML_SECURE, __func__) < 0)
        return NULL;
    xml = save_read(file);
    doc = xml ? guest_parse(xml, 0) : NULL;
    if (!doc)
        return NULL;
    text = domain_format(doc, DOC_INACTIVE |
                                  (flags & VIR_DOMAIN_SAVE_IMAGE_XML_SECURE ? DOC_SECURE : 0));
    domain_free(doc);
    return text;
}

int test_domainSaveImageDefineXML(virConnectPtr conn, const char *file, const char *dxml,
                                  unsigned int flags)
{
    g_autofree char *old = NULL;
    g_autofree char *xml = NULL;
    struct domain *doc;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    old = save_read(file);
    doc = old ? guest_parse(dxml, 0) : NULL;
    if (!doc)
        return -1;
    xml = domain_format(doc, DOC_SECURE);
    domain_free(doc);
    return xml ? save_write(file, xml, "saving a changed document") : -1;
}

/* The image stays in memory: a guest that is saved this way has nothing that its definition lacks.
 */
int test_domainManagedSave(virDomainPtr dom, unsigned int flags)
{
    if (flags_check(flags,
                    VIR_DOMAIN_SAVE_BYPASS_CACHE | VIR_DOMAIN_SAVE_RUNNING | VIR_DOMAIN_SAVE_PAUSED,
                    __func__) < 0)
        return -1;
    WITH_ACTIVE_GUEST(dom, -1);
    if (!guest->config) {
        test_error(OPERATION_INVALID, "cannot do managed save for transient domain");
        return -1;
    }
    if (guest_check_free(guest) < 0)
        return -1;
    guest_forget_saved(guest);
    guest->managed_save = true;
    guest->saved = definition_ref(guest->live);
    guest->saved_paused = flags & VIR_DOMAIN_SAVE_PAUSED;
    guest_stopped(world, guest, VIR_DOMAIN_SHUTOFF_SAVED, VIR_DOMAIN_EVENT_STOPPED_SAVED);
    return 0;
}

int test_domainHasManagedSaveImage(virDomainPtr dom, unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    WITH_GUEST(dom, -1);
    return guest->managed_save;
}

int test_domainManagedSaveRemove(virDomainPtr dom, unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    WITH_GUEST(dom, -1);
    guest_forget_saved(guest);
    return 0;
}

static int write_dump(const char *name, const char *to)
{
    static const char text[] = "Corral test guest's core\n";
    int fd = open(to, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR);
    bool written;

    if (fd < 0) {
        error_set_system(VIR_FROM_TEST, errno, "domain '%s' coredump: failed to open %s", name, to);
        return -1;
    }
    written = write(fd, text, sizeof(text) - 1) == sizeof(text) - 1;
    if (!written)
        error_set_system(VIR_FROM_TEST, errno, "domain '%s' coredump: failed to write to %s", name,
                         to);
    close(fd);
    return written ? 0 : -1;
}

int test_domainCoreDumpWithFormat(virDomainPtr domain, const char *to, unsigned int dumpformat,
                                  unsigned int flags)
{
    g_autoptr(definition) definition = NULL;

    if (flags_check(flags, VIR_DUMP_CRASH, __func__) < 0)
        return -1;
    if (dumpformat >= VIR_DOMAIN_CORE_DUMP_FORMAT_LAST) {
        error_set_argument(VIR_FROM_DOMAIN, "dumpformat", "virDomainCoreDumpWithFormat",
                           "dumpformat '%u' is not supported: it is 0 to %d", dumpformat,
                           VIR_DOMAIN_CORE_DUMP_FORMAT_LAST - 1);
        return -1;
    }
    definition = running_definition(domain);
    if (!definition)
        return -1;
    if (dumpformat != VIR_DOMAIN_CORE_DUMP_FORMAT_RAW) {
        test_error(OPERATION_UNSUPPORTED, "kdump-compressed format is not supported here");
        return -1;
    }
    if (write_dump(domain->name, to) < 0)
        return -1;
    if (!(flags & VIR_DUMP_CRASH))
        return 0;
    return stop_written(domain, VIR_DOMAIN_SHUTOFF_CRASHED, VIR_DOMAIN_EVENT_STOPPED_CRASHED);
}

int test_domainCoreDump(virDomainPtr domain, const char *to, unsigned int flags)
{
    return test_domainCoreDumpWithFormat(domain, to, VIR_DOMAIN_CORE_DUMP_FORMAT_RAW, flags);
}
