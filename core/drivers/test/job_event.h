/* Events of jobs. With the world's lock held. */
#pragma once

#include "core/drivers/test/jobs.h"

/* BLOCK_JOB, with the image, and BLOCK_JOB_2, with the target. */
void event_block_job(struct world *world, const struct guest *guest, const char *image,
                     const char *target, int type, int status);
void event_block_threshold(struct world *world, const struct guest *guest, const char *layer,
                           const char *image, unsigned long long threshold,
                           unsigned long long excess);
void event_job_completed(struct world *world, const struct guest *guest, const struct job *job);
void event_migration_iteration(struct world *world, const struct guest *guest, int iteration);
