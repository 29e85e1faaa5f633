/* The source of a migration. */
#include "core/drivers/test/migrate.h"

#include "core/drivers/test/alarm.h"
#include "core/drivers/test/chain.h"
#include "core/drivers/test/device.h"
#include "core/drivers/test/events.h"
#include "core/drivers/test/fault.h"
#include "core/drivers/test/job_event.h"
#include "core/drivers/test/moment.h"

static int refuse(int code, const char *text)
{
    error_set(VIR_FROM_DOMAIN, code, "%s", text);
    return -1;
}

/* Data in a cache of this host would be missing on the other one. */
static int check_caches(const struct domain *doc)
{
    for (size_t i = 0; i < doc->devices.n_disks; i++) {
        const struct domain_disk *disk = &doc->devices.disks[i];

        if (chain_image(disk, 0) && !disk->readonly && !disk->shareable && disk->driver.cache &&
            disk->driver.cache != DOMAIN_DISK_DRIVER_CACHE_NONE &&
            disk->driver.cache != DOMAIN_DISK_DRIVER_CACHE_DIRECTSYNC)
            return refuse(VIR_ERR_MIGRATE_UNSAFE, "Migration may lead to data corruption if disks "
                                                  "use cache other than none or directsync");
    }
    return 0;
}

static int check_leaving(const struct guest *guest, const struct move *move)
{
    bool offline = move->flags & VIR_MIGRATE_OFFLINE;

    if (!offline && guest_require_active(guest) < 0)
        return -1;
    if (guest_job(guest) && !offline) {
        error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_TIMEOUT,
                  "cannot acquire state change lock of domain '%s' (held by job=%s)", guest->name,
                  job_name(guest_job(guest)->operation));
        return -1;
    }
    if (moments_count(guest->snapshots)) {
        test_error(OPERATION_INVALID, "cannot migrate domain with %u snapshots",
                   moments_count(guest->snapshots));
        return -1;
    }
    if (guest->jobs && guest->jobs->block->len)
        return refuse(VIR_ERR_OPERATION_INVALID, "domain has active block job");
    if (move->flags & (VIR_MIGRATE_UNSAFE | VIR_MIGRATE_OFFLINE | VIR_MIGRATE_NON_SHARED_DISK |
                       VIR_MIGRATE_NON_SHARED_INC))
        return 0;
    return check_caches(guest_doc(guest));
}

static int check_disks(const struct guest *guest, const struct move *move)
{
    for (int i = 0; i < move->n; i++) {
        if (strcmp(move->params[i].field, VIR_MIGRATE_PARAM_MIGRATE_DISKS) != 0 ||
            disk_find(guest_doc(guest), move->params[i].value.s))
            continue;
        test_error(INVALID_ARG, "disk %s not found in domain", move->params[i].value.s);
        return -1;
    }
    return 0;
}

/* What the definition is to be there has to be the same guest, too. */
static int check_stored(const struct guest *guest, const struct move *move)
{
    const char *xml = move_text(move, VIR_MIGRATE_PARAM_PERSIST_XML);
    struct domain *doc = xml ? guest_parse_same(xml, guest_doc(guest)) : NULL;

    if (xml && !doc)
        return -1;
    domain_free(doc);
    return 0;
}

static unsigned int format_flags(const struct guest *guest)
{
    return DOC_SECURE | DOC_MIGRATABLE | (guest_active(guest) ? 0 : DOC_INACTIVE);
}

static char *describe(const struct guest *guest, const struct move *move)
{
    const char *wish = move_text(move, VIR_MIGRATE_PARAM_DEST_XML);
    struct domain *doc;
    char *text;

    if (!wish)
        return domain_format(guest_doc(guest), format_flags(guest));
    doc = guest_parse_same(wish, guest_doc(guest));
    if (!doc)
        return NULL;
    text = domain_format(doc, format_flags(guest));
    domain_free(doc);
    return text;
}

/* Those that are named, or all that the guest writes to. */
static bool is_copied(const struct domain_disk *disk, const struct move *move)
{
    bool named = false;

    for (int i = 0; i < move->n; i++) {
        if (strcmp(move->params[i].field, VIR_MIGRATE_PARAM_MIGRATE_DISKS) != 0)
            continue;
        named = true;
        if (!g_strcmp0(move->params[i].value.s, disk->target.dev))
            return chain_image(disk, 0) != NULL;
    }
    return !named && chain_image(disk, 0) && !disk->readonly && !disk->shareable;
}

static unsigned long long disks_to_copy(const struct guest *guest, const struct move *move)
{
    const struct domain_devices *devices = &guest->live->doc->devices;
    unsigned long long total = 0;

    if (!(move->flags & (VIR_MIGRATE_NON_SHARED_DISK | VIR_MIGRATE_NON_SHARED_INC)))
        return 0;
    for (size_t i = 0; i < devices->n_disks; i++)
        if (is_copied(&devices->disks[i], move))
            total += disk_size(guest, &devices->disks[i]).capacity;
    return total;
}

/* In bytes per second; what a call says counts more than what was said before. */
static unsigned long long limit_of(struct guest *guest, const struct move *move)
{
    unsigned long long speed = move_number(move, VIR_MIGRATE_PARAM_BANDWIDTH);

    if (!speed)
        speed = guest_jobs(guest)->speed;
    return speed >= G_MAXINT64 >> 20 ? 0 : speed << 20;
}

static struct job *hold(struct world *world, struct guest *guest, const struct move *move)
{
    struct job *job = job_begin(world, guest, VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT,
                                guest->live->doc->memory.text << 10, disks_to_copy(guest, move),
                                limit_of(guest, move));

    job->flags = move->flags;
    job->holds = true;
    job->was_running = guest->state == VIR_DOMAIN_RUNNING;
    return job;
}

char *migrate_begin(virDomainPtr domain, const struct move *move)
{
    char *xml;

    if (move_check(move) < 0)
        return NULL;
    WITH_GUEST(domain, NULL);
    guest_jobs_settle(world, guest);
    if (check_leaving(guest, move) < 0 || check_disks(guest, move) < 0 ||
        check_stored(guest, move) < 0)
        return NULL;
    xml = describe(guest, move);
    if (xml && move->flags & VIR_MIGRATE_CHANGE_PROTECTION && !(move->flags & VIR_MIGRATE_OFFLINE))
        hold(world, guest, move)->owner = domain->conn;
    return xml;
}

static void stand_still(struct world *world, struct guest *guest, int reason, int detail)
{
    if (guest->state != VIR_DOMAIN_RUNNING)
        return;
    guest_set_state(guest, VIR_DOMAIN_PAUSED, reason);
    guest_event_lifecycle(world, guest, VIR_DOMAIN_EVENT_SUSPENDED, detail);
}

/* As it was before: nothing has happened. */
static void go_on(struct world *world, struct guest *guest, bool was_running)
{
    bool stands =
        guest->state == VIR_DOMAIN_PAUSED && (guest->reason == VIR_DOMAIN_PAUSED_MIGRATION ||
                                              guest->reason == VIR_DOMAIN_PAUSED_POSTCOPY);

    if (!was_running || !stands)
        return;
    guest_set_state(guest, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_MIGRATION_CANCELED);
    guest_event_lifecycle(world, guest, VIR_DOMAIN_EVENT_RESUMED,
                          VIR_DOMAIN_EVENT_RESUMED_MIGRATED);
}

static void give_up(struct world *world, struct guest *guest, int outcome, const char *message)
{
    bool was_running = guest->jobs->job->was_running;

    job_end(world, guest, outcome, message);
    go_on(world, guest, was_running);
}

void migrate_stay(struct world *world, struct guest *guest)
{
    give_up(world, guest, VIR_DOMAIN_JOB_FAILED, "the connection that moved it was closed");
}

/* The guest, if it still has that job; NULL with an error. */
static struct guest *still(struct world *world, virDomainPtr domain, unsigned int serial)
{
    struct guest *guest = objlist_by_uuid(&world->guests, domain->uuid);
    const struct job *job = guest ? guest_job(guest) : NULL;

    if (job && job->serial == serial)
        return guest;
    refuse(VIR_ERR_OPERATION_FAILED, "domain is no longer running");
    return NULL;
}

static int look(struct world *world, struct guest *guest, struct job *job, gint64 *ret_next)
{
    const struct progress *progress = &job->progress;

    *ret_next = guest_jobs_settle(world, guest);
    if (job->aborted) {
        give_up(world, guest, VIR_DOMAIN_JOB_CANCELLED, NULL);
        return refuse(VIR_ERR_OPERATION_ABORTED, "migration out job: canceled by client");
    }
    if (job->failure && progress->done >= progress->end / 2) {
        test_error(OPERATION_FAILED, "migration out job: %s", job->failure);
        give_up(world, guest, VIR_DOMAIN_JOB_FAILED, job->failure);
        return -1;
    }
    return progress->done < progress->end;
}

/* Waits until all has been sent; whoever looks meanwhile sees how far it is. */
static int wait(struct world *world, virDomainPtr domain, unsigned int serial, struct call *call)
{
    for (;;) {
        struct guest *guest = still(world, domain, serial);
        gint64 next;
        int left = guest ? look(world, guest, guest->jobs->job, &next) : -1;

        if (left <= 0)
            return left;
        if (call_cond_wait_until(call, &world->changed, &world->lock, next) >= 0)
            continue;
        guest = objlist_by_uuid(&world->guests, domain->uuid);
        if (guest && guest_job(guest) && guest_job(guest)->serial == serial)
            give_up(world, guest, VIR_DOMAIN_JOB_FAILED, "the call that waited for it was ended");
        return -1;
    }
}

static struct job *begin_sending(struct world *world, struct guest *guest, const struct move *move,
                                 const void *owner)
{
    struct job *job = guest_job(guest);

    if (!job)
        job = hold(world, guest, move);
    else if (job->operation != VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT || job->sends)
        return NULL;
    job->sends = true;
    job->owner = owner;
    job->failure = faults_job(world->faults, "virDomainMigratePerform3Params");
    job->iteration = 1;
    progress_begin(&job->progress, job->memory + job->disks, limit_of(guest, move));
    event_migration_iteration(world, guest, 1);
    if (!(move->flags & VIR_MIGRATE_LIVE))
        stand_still(world, guest, VIR_DOMAIN_PAUSED_MIGRATION, VIR_DOMAIN_EVENT_SUSPENDED_MIGRATED);
    alarm_set(world);
    return job;
}

int migrate_send(virDomainPtr domain, const struct move *move)
{
    struct call call;
    struct job *job;
    unsigned int serial;
    int rc;
    WITH_ACTIVE_GUEST(domain, -1);

    job = begin_sending(world, guest, move, domain->conn);
    if (!job) {
        test_error(OPERATION_TIMEOUT, "cannot acquire state change lock of domain '%s'",
                   guest->name);
        return -1;
    }
    serial = job->serial;
    call_begin_as(&call, &domain->conn->calls, "virDomainMigrate");
    rc = wait(world, domain, serial, &call);
    call_end(&call);
    if (rc < 0)
        return -1;
    guest = objlist_by_uuid(&world->guests, domain->uuid);
    guest->jobs->job->sends = false;
    stand_still(world, guest, VIR_DOMAIN_PAUSED_MIGRATION, VIR_DOMAIN_EVENT_SUSPENDED_MIGRATED);
    return 0;
}

static void undefine(struct world *world, struct guest *guest)
{
    guest_event_lifecycle(world, guest, VIR_DOMAIN_EVENT_UNDEFINED,
                          VIR_DOMAIN_EVENT_UNDEFINED_REMOVED);
    if (guest_active(guest))
        definition_unref(g_steal_pointer(&guest->config));
    else
        guest_remove(world, guest);
}

/* It stays on the list until the last event has told its name, also when it was transient. */
static void leave(struct world *world, struct guest *guest, virDomainPtr domain, bool forget)
{
    bool transient = !guest->config;

    if (transient)
        guest->config = definition_ref(guest->live);
    job_end(world, guest, VIR_DOMAIN_JOB_COMPLETED, NULL);
    __atomic_store_n(&domain->id, -1, __ATOMIC_RELAXED);
    guest_stopped(world, guest, VIR_DOMAIN_SHUTOFF_MIGRATED, VIR_DOMAIN_EVENT_STOPPED_MIGRATED);
    event_job_completed(world, guest, guest->jobs->past);
    if (transient)
        guest_remove(world, guest);
    else if (forget)
        undefine(world, guest);
}

int migrate_confirm(virDomainPtr domain, const struct move *move, bool cancelled)
{
    const struct job *job;
    WITH_GUEST(domain, -1);

    if (move->flags & VIR_MIGRATE_OFFLINE) {
        if (!cancelled && guest->config && move->flags & VIR_MIGRATE_UNDEFINE_SOURCE)
            undefine(world, guest);
        return 0;
    }
    job = guest_job(guest);
    if (!job || job->operation != VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT || job->sends ||
        (!cancelled && !job->iteration))
        return cancelled ? 0
                         : refuse(VIR_ERR_OPERATION_INVALID,
                                  "domain is not about to leave: no migration has to be confirmed");
    if (cancelled)
        give_up(world, guest, VIR_DOMAIN_JOB_FAILED, "the destination did not take the domain");
    else
        leave(world, guest, domain, move->flags & VIR_MIGRATE_UNDEFINE_SOURCE);
    return 0;
}
