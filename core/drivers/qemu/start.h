/* From a definition to a running guest. */
#pragma once

#include "core/drivers/qemu/job.h"

struct start {
    unsigned flags;      /* VIR_DOMAIN_START_PAUSED, _AUTODESTROY */
    virConnectPtr owner; /* for the latter */
    int reason, detail;  /* of the state and the event: booted, restored */
    int incoming;        /* an image to go on from; -1: none */
    const char *from;    /* the image's path, for errors */
    const int *files;    /* of the caller's, to go along */
    size_t n_files;
};
#define START_BOOTED                                                                               \
    .reason = VIR_DOMAIN_RUNNING_BOOTED, .detail = VIR_DOMAIN_EVENT_STARTED_BOOTED, .incoming = -1

/* Starts the job's guest with a document of its own, which is taken over in either case. -1 with an
 * error, and then the guest is off as before. */
int guest_start(struct job *job, struct domain *doc, const struct start *start);
