#include "core/drivers/qemu/save.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/drivers/qemu/define.h"
#include "core/drivers/qemu/events.h"
#include "core/drivers/qemu/lifecycle.h"
#include "core/drivers/qemu/run.h"
#include "core/drivers/qemu/save_image.h"

#define POLL_US 10000
#define UNLIMITED ((json_int_t)1 << 50) /* bytes a second */

static char *managed_path(struct qemu_host *host, const char *name)
{
    return path_of(host->paths.save, name, ".save");
}

bool save_is_managed(struct qemu_host *host, const char *name)
{
    g_autofree char *path = managed_path(host, name);

    return g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

void save_remove_managed(struct qemu_host *host, const char *name)
{
    g_autofree char *path = managed_path(host, name);

    g_unlink(path);
}

/* ---- out */

/* 1 when it is done, 0 to ask again, -1 with an error. */
static int look(struct job *job)
{
    g_autoptr(json_t) answer = NULL;
    const char *status, *why;

    if (job_call(job, "query-migrate", NULL, &answer) < 0)
        return -1;
    status = json_string_value(json_object_get(answer, "status"));
    if (!g_strcmp0(status, "completed"))
        return 1;
    if (g_strcmp0(status, "failed") != 0 && g_strcmp0(status, "cancelled") != 0)
        return 0;
    why = json_string_value(json_object_get(answer, "error-desc"));
    qemu_error(OPERATION_FAILED, "operation failed: the memory of domain '%s' was not written: %s",
               job->guest->name, why ? why : status);
    return -1;
}

/* As long as it takes. Somebody may abort it meanwhile. */
static int wait_written(struct job *job)
{
    int status;

    while ((status = look(job)) == 0) {
        job_leave(job);
        g_usleep(POLL_US);
        if (job_return(job) < 0)
            return -1;
    }
    return MIN(status, 0);
}

static int write_memory(struct job *job, int fd)
{
    json_t *limits = json_pack("{s:I}", "max-bandwidth", UNLIMITED);

    if (job_call(job, "migrate-set-parameters", limits, NULL) < 0 ||
        job_call_fd(job, "getfd", json_pack("{s:s}", "fdname", "save"), fd, NULL) < 0 ||
        job_call(job, "migrate", json_pack("{s:s}", "uri", "fd:save"), NULL) < 0)
        return -1;
    return wait_written(job);
}

static int halt(struct job *job)
{
    if (job->guest->state != VIR_DOMAIN_RUNNING)
        return 0;
    job->guest->pause_reason = VIR_DOMAIN_PAUSED_SAVE;
    if (job_call(job, "stop", NULL, NULL) < 0)
        return -1;
    guest_paused(job->host, job->guest, VIR_DOMAIN_PAUSED_SAVE, VIR_DOMAIN_EVENT_SUSPENDED_PAUSED);
    return 0;
}

/* As it was before it failed. */
static void go_on(struct job *job, bool ran)
{
    virErrorPtr error = error_steal();

    if (ran && guest_active(job->guest) && !job->guest->ended &&
        job_call(job, "cont", NULL, NULL) == 0)
        guest_resumed(job->host, job->guest, VIR_DOMAIN_RUNNING_SAVE_CANCELED,
                      VIR_DOMAIN_EVENT_RESUMED_UNPAUSED);
    error_restore(error);
}

/* The image's definition: what runs, or what the caller has instead; NULL with an error. */
static char *image_xml(struct job *job, const char *dxml)
{
    const struct domain *live = job->guest->live->doc;
    struct domain *doc;
    char *xml = NULL;

    if (!dxml)
        return domain_format(live, DOC_INACTIVE | DOC_SECURE);
    doc = guest_parse(job->host, dxml, 0);
    if (doc && doc_check_abi(&domain_layout, live, doc) == 0)
        xml = domain_format(doc, DOC_INACTIVE | DOC_SECURE);
    domain_free(doc);
    return xml;
}

static int end_saved(struct job *job)
{
    struct qemu_guest *guest = job->guest;

    guest->end_reason = VIR_DOMAIN_SHUTOFF_SAVED;
    guest->end_detail = VIR_DOMAIN_EVENT_STOPPED_SAVED;
    run_kill(guest, true);
    if (run_wait_end(job->host, guest, job->run, 30000))
        return 0;
    qemu_error(OPERATION_FAILED, "domain '%s' is saved, but its process does not end", guest->name);
    return -1;
}

#define SAVE_FLAGS (VIR_DOMAIN_SAVE_BYPASS_CACHE | VIR_DOMAIN_SAVE_RUNNING | VIR_DOMAIN_SAVE_PAUSED)

static int check_flags(unsigned int flags)
{
    if ((flags & (VIR_DOMAIN_SAVE_RUNNING | VIR_DOMAIN_SAVE_PAUSED)) !=
        (VIR_DOMAIN_SAVE_RUNNING | VIR_DOMAIN_SAVE_PAUSED))
        return 0;
    qemu_error(INVALID_ARG, "Flags 'VIR_DOMAIN_SAVE_RUNNING' and 'VIR_DOMAIN_SAVE_PAUSED' are "
                            "mutually exclusive");
    return -1;
}

static int save_to(struct job *job, const char *path, const char *dxml, unsigned int flags)
{
    bool ran = job->guest->state == VIR_DOMAIN_RUNNING;
    g_auto(save_image_auto_t) image = {0};
    int fd;

    image.running = flags & VIR_DOMAIN_SAVE_RUNNING || (ran && !(flags & VIR_DOMAIN_SAVE_PAUSED));
    image.xml = image_xml(job, dxml);
    if (!image.xml)
        return -1;
    job->guest->job.operation = VIR_DOMAIN_JOB_OPERATION_SAVE;
    fd = save_image_create(path, &image);
    if (fd < 0)
        return -1;
    if (halt(job) < 0 || write_memory(job, fd) < 0) {
        save_image_discard(path, fd);
        go_on(job, ran);
        return -1;
    }
    job_leave(job);
    fd = save_image_commit(path, fd);
    if (job_return(job) < 0)
        return -1;
    if (fd == 0)
        return end_saved(job);
    go_on(job, ran);
    return -1;
}

static int save(virDomainPtr domain, const char *path, const char *dxml, unsigned int flags,
                const char *function)
{
    g_auto(job_auto_t) job = {0};

    if (check_flags(flags) < 0 || job_begin_active(&job, domain, function) < 0)
        return -1;
    if (save_to(&job, path, dxml, flags) < 0)
        return -1;
    if (job.guest->config)
        __atomic_store_n(&domain->id, -1, __ATOMIC_RELAXED);
    return 0;
}

int qemu_domainSaveFlags(virDomainPtr domain, const char *to, const char *dxml, unsigned int flags)
{
    return qemu_flags(flags, SAVE_FLAGS) < 0 ? -1 : save(domain, to, dxml, flags, __func__);
}

int qemu_domainSave(virDomainPtr domain, const char *to)
{
    return qemu_domainSaveFlags(domain, to, NULL, 0);
}

int qemu_domainManagedSave(virDomainPtr dom, unsigned int flags)
{
    g_autofree char *path = NULL;

    if (qemu_flags(flags, SAVE_FLAGS) < 0 || check_flags(flags) < 0)
        return -1;
    WITH_ACTIVE_JOB(dom, -1);
    if (!guest->config) {
        qemu_error(OPERATION_INVALID, "cannot do managed save for transient domain");
        return -1;
    }
    path = managed_path(host, guest->name);
    if (save_to(&job, path, NULL, flags) < 0)
        return -1;
    guest->managed_save = true;
    __atomic_store_n(&dom->id, -1, __ATOMIC_RELAXED);
    return 0;
}

/* ---- back */

static unsigned start_flags(const struct save_image *image, unsigned int flags)
{
    bool runs =
        flags & VIR_DOMAIN_SAVE_RUNNING || (image->running && !(flags & VIR_DOMAIN_SAVE_PAUSED));

    return runs ? 0 : VIR_DOMAIN_START_PAUSED;
}

/* The definition that the image has, or one that fits in its place. */
static struct domain *read_definition(struct qemu_host *host, const char *xml, const char *dxml)
{
    struct domain *doc = guest_parse(host, xml, 0), *other;

    if (!doc || !dxml)
        return doc;
    other = guest_parse(host, dxml, 0);
    if (other && doc_check_abi(&domain_layout, doc, other) < 0)
        g_clear_pointer(&other, domain_free);
    domain_free(doc);
    return other;
}

#define RESTORED(file)                                                                             \
    .reason = VIR_DOMAIN_RUNNING_RESTORED, .detail = VIR_DOMAIN_EVENT_STARTED_RESTORED,            \
    .incoming = (file)

static int restore(virConnectPtr conn, const char *path, int fd, const struct save_image *image,
                   const char *dxml, unsigned int flags)
{
    const struct start start = {RESTORED(fd), .flags = start_flags(image, flags), .from = path};
    struct qemu_host *host = host_of(conn);
    struct domain *doc = read_definition(host, image->xml, dxml);
    g_auto(job_auto_t) job = {0};
    int status;

    if (!doc)
        return -1;
    if (guest_begin_for(&job, conn, doc, "qemu_domainRestore") < 0) {
        domain_free(doc);
        return -1;
    }
    status = guest_start(&job, doc, &start);
    guest_drop_empty(&job);
    return status;
}

int qemu_domainRestoreFlags(virConnectPtr conn, const char *from, const char *dxml,
                            unsigned int flags)
{
    g_auto(save_image_auto_t) image = {0};
    int fd, status;

    if (qemu_flags(flags, SAVE_FLAGS) < 0 || check_flags(flags) < 0)
        return -1;
    fd = save_image_open(from, &image);
    if (fd < 0)
        return -1;
    status = restore(conn, from, fd, &image, dxml, flags);
    close(fd);
    return status;
}

int qemu_domainRestore(virConnectPtr conn, const char *from)
{
    return qemu_domainRestoreFlags(conn, from, NULL, 0);
}

/* Gone with a success; one that cannot be read stays, and is told. */
int save_start_managed(struct job *job, const struct start *start)
{
    g_autofree char *path = managed_path(job->host, job->guest->name);
    g_auto(save_image_auto_t) image = {0};
    int fd = save_image_open(path, &image), status;
    struct domain *doc = fd < 0 ? NULL : read_definition(job->host, image.xml, NULL);
    const struct start restored = {
        RESTORED(fd),
        .flags = start->flags | start_flags(&image, 0),
        .owner = start->owner,
        .from = path,
    };

    status = doc ? guest_start(job, doc, &restored) : -1;
    if (fd >= 0)
        close(fd);
    if (status < 0)
        return -1;
    g_unlink(path);
    job->guest->managed_save = false;
    return 0;
}

/* ---- images as such */

static char *print_image(struct qemu_host *host, const char *path, unsigned int flags)
{
    g_auto(save_image_auto_t) image = {0};
    int fd = save_image_open(path, &image);
    struct domain *doc;
    char *text;

    if (fd < 0)
        return NULL;
    close(fd);
    doc = guest_parse(host, image.xml, 0);
    if (!doc)
        return NULL;
    text = domain_format(doc, DOC_INACTIVE |
                                  (flags & VIR_DOMAIN_SAVE_IMAGE_XML_SECURE ? DOC_SECURE : 0));
    domain_free(doc);
    return text;
}

static int change_image(struct qemu_host *host, const char *path, const char *dxml,
                        unsigned int flags)
{
    g_auto(save_image_auto_t) image = {0}, changed = {0};
    int fd = save_image_open(path, &image), status;
    struct domain *doc;

    if (fd < 0)
        return -1;
    close(fd);
    doc = read_definition(host, image.xml, dxml);
    if (!doc)
        return -1;
    changed.running = !start_flags(&image, flags);
    changed.xml = domain_format(doc, DOC_INACTIVE | DOC_SECURE);
    domain_free(doc);
    status = changed.xml ? save_image_change(path, &changed) : -1;
    return status;
}

char *qemu_domainSaveImageGetXMLDesc(virConnectPtr conn, const char *file, unsigned int flags)
{
    return qemu_flags(flags, VIR_DOMAIN_SAVE_IMAGE_XML_SECURE) < 0
               ? NULL
               : print_image(host_of(conn), file, flags);
}

int qemu_domainSaveImageDefineXML(virConnectPtr conn, const char *file, const char *dxml,
                                  unsigned int flags)
{
    if (qemu_flags(flags, VIR_DOMAIN_SAVE_RUNNING | VIR_DOMAIN_SAVE_PAUSED) < 0 ||
        check_flags(flags) < 0)
        return -1;
    return change_image(host_of(conn), file, dxml, flags);
}

int qemu_domainHasManagedSaveImage(virDomainPtr dom, unsigned int flags)
{
    if (qemu_flags(flags, 0) < 0)
        return -1;
    WITH_GUEST(dom, -1);
    return guest->managed_save;
}

int qemu_domainManagedSaveRemove(virDomainPtr dom, unsigned int flags)
{
    if (qemu_flags(flags, 0) < 0)
        return -1;
    WITH_JOB(dom, -1);
    save_remove_managed(host, guest->name);
    guest->managed_save = false;
    return 0;
}

/* The guest's managed image; NULL with an error when it has none. */
static char *image_of(virDomainPtr domain)
{
    WITH_GUEST(domain, NULL);
    if (guest->managed_save)
        return managed_path(host, guest->name);
    qemu_error(OPERATION_INVALID, "domain does not have managed save image");
    return NULL;
}

char *qemu_domainManagedSaveGetXMLDesc(virDomainPtr domain, unsigned int flags)
{
    g_autofree char *path = NULL;

    if (qemu_flags(flags, VIR_DOMAIN_SAVE_IMAGE_XML_SECURE) < 0 || !(path = image_of(domain)))
        return NULL;
    return print_image(host_of(domain->conn), path, flags);
}

int qemu_domainManagedSaveDefineXML(virDomainPtr domain, const char *dxml, unsigned int flags)
{
    g_autofree char *path = NULL;

    if (qemu_flags(flags, VIR_DOMAIN_SAVE_RUNNING | VIR_DOMAIN_SAVE_PAUSED) < 0 ||
        check_flags(flags) < 0 || !(path = image_of(domain)))
        return -1;
    return change_image(host_of(domain->conn), path, dxml, flags);
}
