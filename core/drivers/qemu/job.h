/* Work with a guest: one at a time, with a deadline, and known to those who wait for it. Reads need
 * none; an end needs none either. */
#pragma once

#include "core/drivers/qemu/guest.h"

/* From job_begin() to job_end() the host's lock is held, but for the time of job_call() and between
 * job_leave() and job_return(). */
struct job {
    struct qemu_host *host; /* NULL: not begun */
    struct qemu_guest *guest;
    virConnectPtr conn;
    unsigned run; /* of the guest when it began; 0: it was off */
    bool locked;
};

/* Waits until nobody else works with the guest: at most 30 s, no longer than the connection's calls
 * may, and until somebody cancels it. -1 with an error, and then there is nothing to end. */
int job_begin(struct job *job, virDomainPtr domain, const char *function);
/* The same for a guest that runs. */
int job_begin_active(struct job *job, virDomainPtr domain, const char *function);
/* For a guest that is at hand; the lock is held before, and after a failure. */
int job_begin_guest(struct job *job, virConnectPtr conn, struct qemu_host *host,
                    struct qemu_guest *guest, const char *function);
void job_end(struct job *job);
typedef struct job job_auto_t;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(job_auto_t, job_end)

/* For what may take long. */
void job_leave(struct job *job);
/* -1 with an error when the guest's run has ended meanwhile; the lock is held all the same. */
int job_return(struct job *job);

/* A command to the guest's monitor. -1 with an error, also when the guest's run has ended. */
int job_call(struct job *job, const char *command, json_t *arguments, json_t **ret);
int job_call_fd(struct job *job, const char *command, json_t *arguments, int fd, json_t **ret);

#define WITH_JOB(domain, failure)                                                                  \
    g_auto(job_auto_t) job = {0};                                                                  \
    if (job_begin(&job, (domain), __func__) < 0)                                                   \
        return failure;                                                                            \
    struct qemu_host *host G_GNUC_UNUSED = job.host;                                               \
    struct qemu_guest *guest G_GNUC_UNUSED = job.guest
#define WITH_ACTIVE_JOB(domain, failure)                                                           \
    g_auto(job_auto_t) job = {0};                                                                  \
    if (job_begin_active(&job, (domain), __func__) < 0)                                            \
        return failure;                                                                            \
    struct qemu_host *host G_GNUC_UNUSED = job.host;                                               \
    struct qemu_guest *guest G_GNUC_UNUSED = job.guest
