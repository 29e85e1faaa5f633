/* A guest's run: its process, its monitor, its folder, and what is noted of it on disk. */
#pragma once

#include "core/drivers/qemu/guest.h"

/* The loop waits for the process's end; lock held. */
void run_watch(struct qemu_host *host, struct qemu_guest *guest);
/* At the host's end, in the loop's thread. */
void run_unwatch_all(struct qemu_host *host);

/* Connects to the monitor in the guest's folder, and gets as far as that commands are understood:
 * without the lock. -1 with an error. */
int run_connect(struct qemu_host *host, struct qemu_guest *guest);

/* The run is over: what is left of it is removed, the state and the event say why. The lock is held
 * before and after, and not in between. */
void run_finish(struct qemu_host *host, struct qemu_guest *guest);
/* The same for a start that failed: no event, and no change of state. */
void run_discard(struct qemu_host *host, struct qemu_guest *guest);

/* What a later process needs to find the guest again. The text is made with the lock held, and
 * written without it: -1 with an error. */
char *run_status(const struct qemu_guest *guest, const struct domain *live);
int run_write_status(struct qemu_host *host, const char *name, const char *status);
/* Both, for changes while it runs; within a job, whose lock is dropped meanwhile. */
struct job;
int run_note(struct job *job);

/* Ends the process: asks it to, or kills it at once. */
void run_kill(struct qemu_guest *guest, bool at_once);
/* Waits until the run is over; lock held before and after. False when it takes longer. */
bool run_wait_end(struct qemu_host *host, struct qemu_guest *guest, unsigned run,
                  unsigned timeout_ms);

/* A folder and all that is in it; links are not followed. */
void remove_tree(const char *path);
