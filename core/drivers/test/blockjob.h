/* Jobs on single disks. All with the world's lock held. */
#pragma once

#include "core/drivers/test/jobs.h"

struct blockjob {
    struct progress progress;
    int type;      /* virDomainBlockJobType */
    char *target;  /* of the disk */
    char *image;   /* that the disk used when the job began */
    char *failure; /* what it will fail of, half-way */
    bool ready;    /* both sides are the same; waits to be ended */
    unsigned int first,
        last; /* layers that go in the end; of an active commit, `last` is the base */
    struct domain_disk *copy; /* where a copy goes */
    bool keep_layers;         /* of a copy */
};

void blockjob_free(gpointer data);
/* NULL without one. */
struct blockjob *blockjob_of(const struct guest *guest, const struct domain_disk *disk);

/* The disk of a guest that runs; NULL with an error when there is none, or no image in it. */
struct domain_disk *blockjob_disk(const struct guest *guest, const char *name);
/* The same, when it is free for a job. */
struct domain_disk *blockjob_free_disk(const struct guest *guest, const char *name);
/* The same as a part that may be changed. */
struct domain_disk *blockjob_edit(struct guest *guest, const char *target);
/* MiB/s, or bytes, as bytes; -1 with VIR_ERR_OVERFLOW. */
int blockjob_limit(unsigned long bandwidth, bool bytes, unsigned long long *ret_limit);
/* For a document that takes the place of the one that runs: gets what is seen of the jobs. -1 with
 * an error when a disk that is worked on would be gone, or be another one. */
int blockjobs_carry(const struct guest *guest, struct domain *doc);
/* Begins `job`, taken over, on the disk; `function` is what a node description calls it. */
void blockjob_begin(struct world *world, struct guest *guest, struct domain_disk *disk,
                    struct blockjob *job, unsigned long long limit, const char *function);
/* Begins a copy; takes `to` over. */
int blockjob_copy(virDomainPtr dom, const char *name, struct domain_disk *to, bool keep_layers,
                  unsigned long long limit, const char *function);
/* Goes on with what time has done; when next something happens. */
gint64 blockjobs_settle(struct world *world, struct guest *guest, gint64 now);
