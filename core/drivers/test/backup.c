/* Copies of a guest's disks as they are at one moment. */
#include "core/drivers/test/backup.h"

#include "core/drivers/test/device.h"
#include "core/drivers/test/fault.h"
#include "core/drivers/test/moment.h"

static int check_begin(const struct guest *guest)
{
    const struct job *job = guest_job(guest);

    if (guest_require_active(guest) < 0)
        return -1;
    if (!job)
        return 0;
    error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID,
              "another job is running on domain '%s': %s", guest->name, job_name(job->operation));
    return -1;
}

static unsigned long long bytes_to_copy(const struct guest *guest,
                                        const struct domainbackup *backup)
{
    unsigned long long total = 0;

    for (size_t i = 0; i < backup->disks.n_disks; i++)
        if (backup->disks.disks[i].backup != TRISTATE_NO)
            total +=
                disk_size(guest, disk_find(guest->live->doc, backup->disks.disks[i].name)).capacity;
    return total;
}

/* The checkpoint comes last of what may fail, and nothing is begun before. Takes the documents over
 * on success. */
static int begin(struct world *world, struct guest *guest, struct domainbackup *backup,
                 struct domaincheckpoint *checkpoint)
{
    g_autofree char *suffix =
        checkpoint && checkpoint->name
            ? g_strdup(checkpoint->name)
            : g_strdup_printf("%" G_GINT64_FORMAT, g_get_real_time() / G_USEC_PER_SEC);
    struct job *job;

    guest_jobs_settle(world, guest);
    if (check_begin(guest) < 0 || backup_complete(backup, guest, suffix) < 0 ||
        (checkpoint && !checkpoint_take(guest, checkpoint)))
        return -1;
    job = job_begin(world, guest, VIR_DOMAIN_JOB_OPERATION_BACKUP, 0, bytes_to_copy(guest, backup),
                    0);
    job->endless = backup->mode == DOMAINBACKUP_MODE_PULL;
    job->failure = faults_job(world->faults, "virDomainBackupBegin");
    guest->jobs->backup = backup;
    return 0;
}

static int begin_for(virDomainPtr domain, struct domainbackup *backup,
                     struct domaincheckpoint *checkpoint)
{
    WITH_GUEST(domain, -1);
    return begin(world, guest, backup, checkpoint);
}

/* Files are not touched: it makes no difference whether they exist. */
int test_domainBackupBegin(virDomainPtr domain, const char *backupXML, const char *checkpointXML,
                           unsigned int flags)
{
    struct domainbackup *backup;
    struct domaincheckpoint *checkpoint = NULL;

    if (flags_check(flags, VIR_DOMAIN_BACKUP_BEGIN_REUSE_EXTERNAL, __func__) < 0)
        return -1;
    backup = domainbackup_parse(backupXML, NULL, DOC_INACTIVE | DOC_VALIDATE);
    if (!backup)
        return -1;
    if (checkpointXML)
        checkpoint = domaincheckpoint_parse(checkpointXML, NULL, DOC_INACTIVE | DOC_VALIDATE);
    if ((!checkpointXML || checkpoint) && begin_for(domain, backup, checkpoint) == 0)
        return 0;
    domainbackup_free(backup);
    domaincheckpoint_free(checkpoint);
    return -1;
}

char *test_domainBackupGetXMLDesc(virDomainPtr domain, unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return NULL;
    WITH_GUEST(domain, NULL);
    guest_jobs_settle(world, guest);
    if (!guest->jobs || !guest->jobs->backup) {
        test_error(NO_DOMAIN_BACKUP, "no domain backup job present on domain '%s'", guest->name);
        return NULL;
    }
    return domainbackup_format(guest->jobs->backup, 0);
}
