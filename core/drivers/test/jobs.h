/* Work on guests: jobs on single disks, the one on the whole guest, and what is kept for them. All
 * with the world's lock held. */
#pragma once

#include "conf/domainbackup_doc.h"
#include "core/drivers/test/domain.h"
#include "core/drivers/test/progress.h"

/* The one job on the whole guest, at work or over. */
struct job {
    unsigned int serial; /* of the world's: tells whether it is still the same one */
    int operation;       /* virDomainJobOperation */
    int outcome;         /* virDomainJobType; 0 while it is at work */
    struct progress progress;
    unsigned long long memory, disks; /* of the bytes to be moved; memory comes first */
    gint64 started;                   /* monotonic */
    gint64 elapsed;                   /* when it is over: microseconds that it took */
    unsigned int flags;               /* of a migration or a backup */
    unsigned int iteration;           /* of a migration, passes over memory so far */
    bool endless;                     /* until somebody calls it off: a backup by pulling */
    bool holds;                       /* changes to the guest have to wait */
    bool sends;                       /* a migration at work on its memory */
    bool was_running;                 /* before a migration made it pause */
    bool postcopy;
    bool aborted;
    const void *owner; /* the connection that has to end a migration; NULL: the driver does */
    char *failure;     /* what it will fail of, half-way */
    char *message;     /* what it has failed of */
};

struct dirty_rate {
    gint64 since, until; /* monotonic; 0: never asked */
    long long wall;      /* seconds since 1970 */
    int seconds;
    unsigned int mode;
};

struct guest_jobs {
    GPtrArray *block; /* struct blockjob, blockjob.h */
    struct job *job;
    struct job *past; /* the last one that is over, until somebody reads of it */
    struct domainbackup *backup;
    GHashTable *sizes, *thresholds; /* by target or layer: unsigned long long */
    struct dirty_rate dirty_rate;
    unsigned long long speed, postcopy_speed; /* MiB/s; 0 of the second: no limit */
    unsigned long long downtime;              /* ms */
    unsigned long long cache;                 /* bytes */
};

/* Made when somebody first wants it. */
struct guest_jobs *guest_jobs(struct guest *guest);
void guest_jobs_free(struct guest_jobs *jobs); /* NULL is fine */

/* Brings everything up to now, with the events. When the next thing happens; G_MAXINT64: nothing
 * will. */
gint64 jobs_settle(struct world *world);
gint64 guest_jobs_settle(struct world *world, struct guest *guest);
/* The run is over: so are the jobs. */
void guest_jobs_stop(struct world *world, struct guest *guest);
/* -1 with VIR_ERR_OPERATION_TIMEOUT while a job keeps changes off. */
int guest_check_free(const struct guest *guest);

/* Begins one. */
struct job *job_begin(struct world *world, struct guest *guest, int operation,
                      unsigned long long memory, unsigned long long disks,
                      unsigned long long limit);
/* Ends it with that outcome; it is the past one then. */
void job_end(struct world *world, struct guest *guest, int outcome, const char *message);
void job_free(struct job *job);
/* NULL without one. */
static inline struct job *guest_job(const struct guest *guest)
{
    return guest->jobs ? guest->jobs->job : NULL;
}
static inline bool guest_migrates(const struct guest *guest)
{
    const struct job *job = guest_job(guest);

    return job && (job->operation == VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN ||
                   job->operation == VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT);
}
const char *job_name(int operation);

/* Its figures, job_stats.c. */
struct params;
void job_stats(const struct guest_jobs *jobs, const struct job *job, struct params *list);
/* "dirtyrate.…", for the statistics of many guests; dirtyrate.c. */
void dirtyrate_stats(const struct guest *guest, struct params *list);
/* What a disk or layer has been said to be; NULL without. block_size.c */
const unsigned long long *guest_disk_number(GHashTable *numbers, const char *name);
/* "threshold" of a disk. */
const unsigned long long *guest_disk_threshold(const struct guest *guest, const char *name);
