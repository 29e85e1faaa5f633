#include "core/drivers/qemu/define.h"

#include <glib/gstdio.h>
#include <string.h>

#include "core/base/log.h"
#include "core/conf/store.h"
#include "core/drivers/qemu/events.h"
#include "core/drivers/qemu/save.h"
#include "core/drivers/qemu/start.h"

struct domain *guest_parse(struct qemu_host *host, const char *xml, unsigned doc_flags)
{
    struct domain *doc = NULL;

    if (qemu_document_parse(&host->facts, xml, doc_flags | DOC_INACTIVE, &doc) < 0)
        return NULL;
    if (strchr(doc->name, '/') || strlen(doc->name) > 240) {
        qemu_error(XML_ERROR,
                   "name '%s': up to 240 bytes without '/' are accepted, files are named by it",
                   doc->name);
        g_clear_pointer(&doc, domain_free);
    }
    return doc;
}

static char *file_of(const char *name)
{
    return g_strconcat(name, ".xml", NULL);
}

int definition_store(struct qemu_host *host, const struct domain *doc)
{
    g_autofree char *file = file_of(doc->name);
    g_autofree char *xml = domain_format(doc, DOC_INACTIVE | DOC_SECURE);

    return xml ? store_write(host->paths.definitions, file, xml, 0600) : -1;
}

int definition_replace(struct job *job, struct domain *doc)
{
    struct definition *definition = definition_new(doc);
    int stored;

    job_leave(job);
    stored = definition_store(job->host, doc);
    lock_take(&job->host->lock);
    job->locked = true;
    if (stored < 0) {
        definition_unref(definition);
        return -1;
    }
    definition_unref(job->guest->config);
    job->guest->config = definition;
    job->guest->updated = guest_active(job->guest);
    return 0;
}

/* The guest that the document is of, made when there is none, with a job. -1 with an error. */
static int begin(struct job *job, virConnectPtr conn, const struct domain *doc, bool inactive,
                 const char *function)
{
    struct qemu_host *host = host_of(conn);
    struct qemu_guest *guest;

    lock_take(&host->lock);
    if (guest_match(host, doc, inactive, &guest) == 0) {
        if (!guest)
            guest = guest_add(host, doc);
        if (job_begin_guest(job, conn, host, guest, function) == 0)
            return 0;
    }
    lock_drop(&host->lock);
    return -1;
}

int guest_begin_for(struct job *job, virConnectPtr conn, const struct domain *doc,
                    const char *function)
{
    return begin(job, conn, doc, true, function);
}

void guest_drop_empty(struct job *job)
{
    if (job->guest && !job->guest->config && !job->guest->live)
        guest_remove(job->host, job->guest);
}

static virDomainPtr define(virConnectPtr conn, struct domain *doc)
{
    g_auto(job_auto_t) job = {0};
    bool known;

    if (begin(&job, conn, doc, false, "qemu_domainDefineXML") < 0) {
        domain_free(doc);
        return NULL;
    }
    known = job.guest->config != NULL;
    if (definition_replace(&job, doc) < 0) {
        guest_drop_empty(&job);
        return NULL;
    }
    guest_push_lifecycle(job.host, job.guest, VIR_DOMAIN_EVENT_DEFINED,
                         known ? VIR_DOMAIN_EVENT_DEFINED_UPDATED : VIR_DOMAIN_EVENT_DEFINED_ADDED);
    return guest_object(conn, job.guest);
}

virDomainPtr qemu_domainDefineXMLFlags(virConnectPtr conn, const char *xml, unsigned int flags)
{
    struct domain *doc;

    if (qemu_flags(flags, VIR_DOMAIN_DEFINE_VALIDATE) < 0)
        return NULL;
    doc = guest_parse(host_of(conn), xml, flags & VIR_DOMAIN_DEFINE_VALIDATE ? DOC_VALIDATE : 0);
    return doc ? define(conn, doc) : NULL;
}

virDomainPtr qemu_domainDefineXML(virConnectPtr conn, const char *xml)
{
    return qemu_domainDefineXMLFlags(conn, xml, 0);
}

/* ---- transient guests */

#define CREATE_FLAGS                                                                               \
    (VIR_DOMAIN_START_PAUSED | VIR_DOMAIN_START_AUTODESTROY | VIR_DOMAIN_START_VALIDATE)

virDomainPtr qemu_domainCreateXMLWithFiles(virConnectPtr conn, const char *xmlDesc,
                                           unsigned int nfiles, int *files, unsigned int flags)
{
    const struct start start = {START_BOOTED, .flags = flags, .owner = conn, .files = files,
                                .n_files = nfiles};
    g_auto(job_auto_t) job = {0};
    struct domain *doc;

    if (qemu_flags(flags, CREATE_FLAGS) < 0)
        return NULL;
    doc = guest_parse(host_of(conn), xmlDesc, flags & VIR_DOMAIN_START_VALIDATE ? DOC_VALIDATE : 0);
    if (!doc)
        return NULL;
    if (begin(&job, conn, doc, true, "qemu_domainCreateXML") < 0) {
        domain_free(doc);
        return NULL;
    }
    if (guest_start(&job, doc, &start) == 0)
        return guest_object(conn, job.guest);
    guest_drop_empty(&job);
    return NULL;
}

virDomainPtr qemu_domainCreateXML(virConnectPtr conn, const char *xmlDesc, unsigned int flags)
{
    return qemu_domainCreateXMLWithFiles(conn, xmlDesc, 0, NULL, flags);
}

/* ---- and away */

#define UNDEFINE_FLAGS                                                                             \
    (VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA |                   \
     VIR_DOMAIN_UNDEFINE_NVRAM | VIR_DOMAIN_UNDEFINE_KEEP_NVRAM |                                  \
     VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA | VIR_DOMAIN_UNDEFINE_TPM |                          \
     VIR_DOMAIN_UNDEFINE_KEEP_TPM)

static int check_undefine(const struct qemu_guest *guest, unsigned int flags)
{
    const char *nvram;

    if (!guest->config) {
        qemu_error(OPERATION_INVALID, "cannot undefine transient domain");
        return -1;
    }
    if (guest->managed_save && !(flags & VIR_DOMAIN_UNDEFINE_MANAGED_SAVE)) {
        qemu_error(OPERATION_INVALID,
                   "Refusing to undefine while domain managed save image exists");
        return -1;
    }
    nvram = guest->config->doc->os.nvram.text;
    if (nvram && g_file_test(nvram, G_FILE_TEST_EXISTS) &&
        !(flags & (VIR_DOMAIN_UNDEFINE_NVRAM | VIR_DOMAIN_UNDEFINE_KEEP_NVRAM))) {
        qemu_error(OPERATION_INVALID, "cannot undefine domain with nvram");
        return -1;
    }
    return 0;
}

static int remove_files(struct qemu_host *host, const char *name, const char *nvram)
{
    g_autofree char *file = file_of(name);

    if (nvram && g_unlink(nvram) < 0 && g_file_test(nvram, G_FILE_TEST_EXISTS)) {
        qemu_error(OPERATION_FAILED, "cannot remove '%s'", nvram);
        return -1;
    }
    return store_link(host->paths.autostart, file, NULL) < 0
               ? -1
               : store_remove(host->paths.definitions, file);
}

int qemu_domainUndefineFlags(virDomainPtr domain, unsigned int flags)
{
    g_autoptr(definition) definition = NULL;
    int status;

    if (qemu_flags(flags, UNDEFINE_FLAGS) < 0)
        return -1;
    WITH_JOB(domain, -1);
    if (check_undefine(guest, flags) < 0)
        return -1;
    definition = definition_ref(guest->config);
    job_leave(&job);
    status =
        remove_files(host, guest->name,
                     flags & VIR_DOMAIN_UNDEFINE_NVRAM ? definition->doc->os.nvram.text : NULL);
    if (status == 0)
        save_remove_managed(host, guest->name);
    lock_take(&host->lock);
    job.locked = true;
    if (status < 0)
        return -1;
    guest->managed_save = guest->autostart = guest->autostart_once = false;
    definition_unref(g_steal_pointer(&guest->config));
    guest_push_lifecycle(host, guest, VIR_DOMAIN_EVENT_UNDEFINED,
                         VIR_DOMAIN_EVENT_UNDEFINED_REMOVED);
    if (!guest_active(guest))
        guest_remove(host, guest);
    return 0;
}

int qemu_domainUndefine(virDomainPtr domain)
{
    return qemu_domainUndefineFlags(domain, 0);
}

/* ---- names */

static int check_new_name(struct qemu_host *host, const struct qemu_guest *guest, const char *name)
{
    if (guest_active(guest)) {
        qemu_error(OPERATION_INVALID, "cannot rename active domain");
        return -1;
    }
    if (!guest->config || guest->managed_save) {
        qemu_error(OPERATION_INVALID, "domain '%s' %s cannot be renamed", guest->name,
                   guest->config ? "with a managed save image" : "without a definition");
        return -1;
    }
    if (!*name || strchr(name, '/') || strlen(name) > 240) {
        qemu_error(XML_ERROR, "name '%s': 1 to 240 bytes without '/' are accepted", name);
        return -1;
    }
    if (objlist_by_name(&host->guests, name)) {
        qemu_error(OPERATION_INVALID, "domain with name '%s' already exists", name);
        return -1;
    }
    return 0;
}

/* The new file is there before the old one goes. */
static int move_files(struct qemu_host *host, const struct domain *doc, const char *old,
                      bool autostart)
{
    g_autofree char *from = file_of(old), *to = file_of(doc->name);
    g_autofree char *target = g_build_filename("..", to, NULL);

    if (definition_store(host, doc) < 0)
        return -1;
    if (autostart && store_link(host->paths.autostart, to, target) < 0)
        return -1;
    store_link(host->paths.autostart, from, NULL);
    return store_remove(host->paths.definitions, from);
}

static void take_name(struct qemu_host *host, struct qemu_guest *guest, struct domain *doc)
{
    char *old = guest->name;

    guest_push_lifecycle(host, guest, VIR_DOMAIN_EVENT_UNDEFINED,
                         VIR_DOMAIN_EVENT_UNDEFINED_RENAMED);
    definition_unref(guest->config);
    guest->config = definition_new(doc);
    guest->name = g_strdup(doc->name);
    objlist_rename(&host->guests, &guest->item, guest->name);
    g_free(old);
    guest_push_lifecycle(host, guest, VIR_DOMAIN_EVENT_DEFINED, VIR_DOMAIN_EVENT_DEFINED_RENAMED);
}

int qemu_domainRename(virDomainPtr dom, const char *new_name, unsigned int flags)
{
    struct domain *doc;
    int status;

    if (qemu_flags(flags, 0) < 0)
        return -1;
    WITH_JOB(dom, -1);
    if (check_new_name(host, guest, new_name) < 0)
        return -1;
    doc = domain_copy(guest->config->doc);
    g_free(doc->name);
    doc->name = g_strdup(new_name);
    job_leave(&job);
    status = move_files(host, doc, guest->name, guest->autostart);
    lock_take(&host->lock);
    job.locked = true;
    if (status == 0 && check_new_name(host, guest, new_name) == 0) {
        take_name(host, guest, doc);
        return 0;
    }
    domain_free(doc);
    return -1;
}

/* ---- at the beginning */

static int load(const char *name, const char *text, void *opaque)
{
    struct qemu_host *host = opaque;
    struct domain *doc = guest_parse(host, text, 0);
    g_autofree char *file = file_of(name);
    g_autofree char *link = g_build_filename(host->paths.autostart, file, NULL);
    g_autofree char *once = g_strconcat(link, ".once", NULL);
    struct qemu_guest *guest;

    if (!doc)
        return -1;
    lock_guard(&host->lock);
    if (strcmp(doc->name, name) != 0 || guest_match(host, doc, false, &guest) < 0 || guest) {
        if (!error_code())
            qemu_error(OPERATION_FAILED, "the definition of '%s' is another's, or there twice",
                       doc->name);
        domain_free(doc);
        return -1;
    }
    guest = guest_add(host, doc);
    guest->config = definition_new(doc);
    guest->autostart = g_file_test(link, G_FILE_TEST_IS_SYMLINK);
    guest->autostart_once = g_file_test(once, G_FILE_TEST_IS_SYMLINK);
    guest->managed_save = save_is_managed(host, name);
    return 0;
}

void definitions_load(struct qemu_host *host)
{
    store_each(host->paths.definitions, ".xml", load, host);
}
