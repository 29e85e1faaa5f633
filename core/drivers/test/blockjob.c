#include "core/drivers/test/blockjob.h"

#include "core/drivers/test/alarm.h"
#include "core/drivers/test/chain.h"
#include "core/drivers/test/device.h"
#include "core/drivers/test/fault.h"
#include "core/drivers/test/job_event.h"

void blockjob_free(gpointer data)
{
    struct blockjob *job = data;

    doc_free(&domain_disk_layout, job->copy);
    g_free(job->target);
    g_free(job->image);
    g_free(job->failure);
    g_free(job);
}

struct blockjob *blockjob_of(const struct guest *guest, const struct domain_disk *disk)
{
    for (guint i = 0; guest->jobs && i < guest->jobs->block->len; i++) {
        struct blockjob *job = guest->jobs->block->pdata[i];

        if (!g_strcmp0(job->target, disk->target.dev))
            return job;
    }
    return NULL;
}

struct domain_disk *blockjob_disk(const struct guest *guest, const char *name)
{
    struct domain_disk *disk = disk_find(guest->live->doc, name);

    if (!disk)
        test_error(INVALID_ARG, "disk '%s' not found in domain", name);
    else if (!chain_image(disk, 0))
        test_error(INVALID_ARG, "disk '%s' does not currently have a source assigned", name);
    else
        return disk;
    return NULL;
}

static bool in_backup(const struct guest *guest, const struct domain_disk *disk)
{
    const struct domainbackup *backup = guest->jobs ? guest->jobs->backup : NULL;

    for (size_t i = 0; backup && i < backup->disks.n_disks; i++)
        if (backup->disks.disks[i].backup != TRISTATE_NO &&
            !g_strcmp0(backup->disks.disks[i].name, disk->target.dev))
            return true;
    return false;
}

static bool waits_in_the_end(const struct blockjob *job)
{
    return job->type == VIR_DOMAIN_BLOCK_JOB_TYPE_COPY ||
           job->type == VIR_DOMAIN_BLOCK_JOB_TYPE_ACTIVE_COMMIT;
}

static int refuse_busy(const char *target, bool mirrored)
{
    error_set(VIR_FROM_TEST, mirrored ? VIR_ERR_BLOCK_COPY_ACTIVE : VIR_ERR_OPERATION_UNSUPPORTED,
              "disk '%s' already in active block job", target);
    return -1;
}

struct domain_disk *blockjob_free_disk(const struct guest *guest, const char *name)
{
    struct domain_disk *disk = blockjob_disk(guest, name);

    if (!disk)
        return NULL;
    if (disk->mirror || blockjob_of(guest, disk) || in_backup(guest, disk))
        refuse_busy(disk->target.dev, disk->mirror != NULL);
    else if (disk->readonly)
        test_error(OPERATION_INVALID, "disk '%s' is read-only", disk->target.dev);
    else
        return disk;
    return NULL;
}

static void show(const struct blockjob *job, struct domain_disk *disk)
{
    if (job->type == VIR_DOMAIN_BLOCK_JOB_TYPE_COPY)
        chain_mirror_to(disk, job->copy);
    else if (job->type == VIR_DOMAIN_BLOCK_JOB_TYPE_ACTIVE_COMMIT)
        chain_mirror_down(disk, job->last);
    if (job->ready)
        chain_mirror_ready(disk);
}

int blockjobs_carry(const struct guest *guest, struct domain *doc)
{
    for (guint i = 0; guest->jobs && i < guest->jobs->block->len; i++) {
        const struct blockjob *job = guest->jobs->block->pdata[i];
        struct domain_disk *disk = disk_find(doc, job->target);

        if (!disk || g_strcmp0(chain_image(disk, 0), job->image) != 0 ||
            chain_length(disk) < job->last)
            return refuse_busy(job->target, waits_in_the_end(job));
        if (!disk->mirror)
            show(job, disk);
    }
    return 0;
}

struct domain_disk *blockjob_edit(struct guest *guest, const char *target)
{
    return disk_find(definition_edit(&guest->live), target);
}

int blockjob_limit(unsigned long bandwidth, bool bytes, unsigned long long *ret_limit)
{
    unsigned long long most = bytes ? G_MAXINT64 : G_MAXINT64 >> 20;

    if (bandwidth > most) {
        test_error(OVERFLOW, "bandwidth must be less than %llu, not %lu", most + 1, bandwidth);
        return -1;
    }
    *ret_limit = bytes ? bandwidth : (unsigned long long)bandwidth << 20;
    return 0;
}

void blockjob_begin(struct world *world, struct guest *guest, struct domain_disk *disk,
                    struct blockjob *job, unsigned long long limit, const char *function)
{
    job->target = g_strdup(disk->target.dev);
    job->image = g_strdup(chain_image(disk, 0));
    job->failure = faults_job(world->faults, function);
    progress_begin(&job->progress, disk_size(guest, disk).capacity, limit);
    g_ptr_array_add(guest_jobs(guest)->block, job);
    if (waits_in_the_end(job))
        show(job, blockjob_edit(guest, job->target));
    alarm_set(world);
}

static void change_chain(struct domain_disk *disk, const struct blockjob *job)
{
    chain_unmirror(disk);
    if (job->type == VIR_DOMAIN_BLOCK_JOB_TYPE_COPY)
        chain_replace(disk, job->copy, job->keep_layers);
    else if (job->type == VIR_DOMAIN_BLOCK_JOB_TYPE_ACTIVE_COMMIT)
        chain_descend(disk, job->last);
    else
        chain_drop(disk, job->first, job->last);
}

/* The next start uses what runs uses now, if that was so before. A definition that says nothing of
 * layers goes on saying nothing. */
static void change_config(struct guest *guest, const struct blockjob *job,
                          const struct domain_disk *live)
{
    struct domain_disk *disk = guest->config ? disk_find(guest->config->doc, job->target) : NULL;

    if (!disk || g_strcmp0(disk->target.dev, job->target) != 0 ||
        g_strcmp0(chain_image(disk, 0), job->image) != 0)
        return;
    if (!disk->backing_store && !g_strcmp0(chain_image(live, 0), job->image))
        return;
    disk = disk_find(definition_edit(&guest->config), job->target);
    chain_copy(disk, live);
}

/* The job is over, and off the list. */
static void end(struct world *world, struct guest *guest, struct blockjob *job, int status)
{
    struct domain_disk *disk = blockjob_edit(guest, job->target);
    guint place;

    /* the disk may have been taken away, or given other layers */
    if (status == VIR_DOMAIN_BLOCK_JOB_COMPLETED && (!disk || chain_length(disk) < job->last))
        status = VIR_DOMAIN_BLOCK_JOB_FAILED;
    if (status == VIR_DOMAIN_BLOCK_JOB_COMPLETED) {
        change_chain(disk, job);
        change_config(guest, job, disk);
    } else if (disk) {
        chain_unmirror(disk);
    }
    event_block_job(world, guest, job->image, job->target, job->type, status);
    if (g_ptr_array_find(guest->jobs->block, job, &place))
        g_ptr_array_remove_index(guest->jobs->block, place);
}

static gint64 settle(struct world *world, struct guest *guest, struct blockjob *job, gint64 now)
{
    struct progress *progress = &job->progress;
    struct domain_disk *disk;

    if (job->ready)
        return G_MAXINT64;
    progress_move(progress, now);
    if (job->failure && progress->done >= progress->end / 2) {
        end(world, guest, job, VIR_DOMAIN_BLOCK_JOB_FAILED);
        return G_MAXINT64;
    }
    if (progress->done < progress->end)
        return progress_when(progress, job->failure ? progress->end / 2 : progress->end);
    if (!waits_in_the_end(job)) {
        end(world, guest, job, VIR_DOMAIN_BLOCK_JOB_COMPLETED);
        return G_MAXINT64;
    }
    job->ready = true;
    disk = blockjob_edit(guest, job->target);
    if (disk)
        chain_mirror_ready(disk);
    event_block_job(world, guest, job->image, job->target, job->type, VIR_DOMAIN_BLOCK_JOB_READY);
    return G_MAXINT64;
}

gint64 blockjobs_settle(struct world *world, struct guest *guest, gint64 now)
{
    gint64 next = G_MAXINT64;

    /* from the end: one that is over leaves the list */
    for (guint i = guest->jobs->block->len; i-- > 0;) {
        gint64 its = settle(world, guest, guest->jobs->block->pdata[i], now);

        next = MIN(next, its);
    }
    return next;
}

/* The job of a disk of a guest that runs, brought up to now. */
static struct blockjob *find(struct world *world, struct guest *guest, const char *name,
                             bool required)
{
    struct domain_disk *disk = disk_find(guest->live->doc, name);
    struct blockjob *job;

    if (!disk) {
        test_error(INVALID_ARG, "disk '%s' not found in domain", name);
        return NULL;
    }
    guest_jobs_settle(world, guest);
    disk = disk_find(guest->live->doc, name);
    job = disk ? blockjob_of(guest, disk) : NULL;
    if (!job && required)
        test_error(INVALID_ARG, "disk %s does not have an active block job", name);
    return job;
}

/* Without a job, nothing is told, and that is no error. */
int test_domainGetBlockJobInfo(virDomainPtr dom, const char *disk, virDomainBlockJobInfoPtr info,
                               unsigned int flags)
{
    const struct blockjob *job;
    unsigned long long limit;

    if (flags_check(flags, VIR_DOMAIN_BLOCK_JOB_INFO_BANDWIDTH_BYTES, __func__) < 0)
        return -1;
    WITH_ACTIVE_GUEST(dom, -1);
    error_reset();
    job = find(world, guest, disk, false);
    if (!job)
        return error_code() ? -1 : 0;
    limit = job->progress.limit;
    info->type = job->type;
    info->bandwidth = flags ? limit : (limit + (1 << 20) - 1) >> 20;
    info->cur = job->progress.done;
    info->end = job->progress.end;
    return 1;
}

int test_domainBlockJobSetSpeed(virDomainPtr dom, const char *disk, unsigned long bandwidth,
                                unsigned int flags)
{
    struct blockjob *job;
    unsigned long long limit;

    if (flags_check(flags, VIR_DOMAIN_BLOCK_JOB_SPEED_BANDWIDTH_BYTES, __func__) < 0 ||
        blockjob_limit(bandwidth, flags != 0, &limit) < 0)
        return -1;
    WITH_ACTIVE_GUEST(dom, -1);
    job = find(world, guest, disk, true);
    if (!job)
        return -1;
    progress_limit(&job->progress, limit);
    alarm_set(world);
    return 0;
}

static int check_pivot(const struct blockjob *job)
{
    if (!waits_in_the_end(job)) {
        test_error(OPERATION_INVALID, "job type '%s' does not support pivot",
                   job->type == VIR_DOMAIN_BLOCK_JOB_TYPE_PULL ? "pull" : "commit");
        return -1;
    }
    if (!job->ready) {
        test_error(BLOCK_COPY_ACTIVE, "disk '%s' not ready for pivot yet: %llu of %llu bytes",
                   job->target, job->progress.done, job->progress.end);
        return -1;
    }
    return 0;
}

/* In memory, a job ends at once: waiting for it or not is the same. */
int test_domainBlockJobAbort(virDomainPtr dom, const char *disk, unsigned int flags)
{
    bool pivot = flags & VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT;
    struct blockjob *job;

    if (flags_check(flags, VIR_DOMAIN_BLOCK_JOB_ABORT_ASYNC | VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT,
                    __func__) < 0)
        return -1;
    WITH_ACTIVE_GUEST(dom, -1);
    job = find(world, guest, disk, true);
    if (!job || (pivot && check_pivot(job) < 0))
        return -1;
    end(world, guest, job, pivot ? VIR_DOMAIN_BLOCK_JOB_COMPLETED : VIR_DOMAIN_BLOCK_JOB_CANCELED);
    return 0;
}
