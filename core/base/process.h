/* Programs that are started, watched and ended, without races for their numbers: a process is held
 * by a descriptor (pidfd), and its parent's SIGCHLD is nobody's business. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "core/base/export.h"

struct process_user {
    uid_t uid;
    gid_t gid;
    const gid_t *groups;
    size_t n_groups;
};

struct process_limit {
    int what; /* RLIMIT_… */
    rlim_t value;
};

struct process_spec {
    char *const *argv; /* argv[0] is the program's path */
    char *const *env;  /* all of it; NULL: ours */
    const char *folder;
    int input, output, errors; /* -1: /dev/null */
    const int *fds;            /* go along, with their numbers; everything else is closed */
    size_t n_fds;
    const struct process_user *user; /* NULL: who we are */
    const struct process_limit *limits;
    size_t n_limits;
};

struct process {
    pid_t pid;
    int fd; /* readable when it has ended; -1: none */
};
#define PROCESS_NONE ((struct process){0, -1})

/* -1 with an error that says which step failed: in the child, too. The process leads a session of
 * its own and lives on when we end. */
CORRAL_PRIVATE int process_spawn(const struct process_spec *spec, struct process *ret);

/* Moments of a process's start, to tell it from a later one with the same number; 0 without it. */
CORRAL_PRIVATE guint64 process_started(pid_t pid);
/* Holds a process that is not (any more) a child of ours; -1, without an error, when there is none
 * that was started then. */
CORRAL_PRIVATE int process_attach(pid_t pid, guint64 started, struct process *ret);

CORRAL_PRIVATE void process_kill(const struct process *process, int signal);
/* Whether it has ended, within that time (-1: without end); takes up a child's status. */
CORRAL_PRIVATE bool process_wait(const struct process *process, int timeout_ms, int *ret_status);
/* Lets go of it; it goes on. */
CORRAL_PRIVATE void process_release(struct process *process);

/* Runs a program to its end, at most that long: its exit status, and what it said (the first
 * megabyte); -1 with an error when it could not be run or took too long. */
CORRAL_PRIVATE int process_run(char *const *argv, unsigned timeout_ms, char **ret_output);
