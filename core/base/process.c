#include "core/base/process.h"

#include <corral/corral.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/object/error.h"

#define OUTPUT_MAX (1024 * 1024)

/* What the child tells when it gets no further. */
enum step { STEP_FILES, STEP_FOLDER, STEP_LIMITS, STEP_USER, STEP_EXEC };
static const char *const steps[] = {"passing its files", "entering its folder",
                                    "setting its limits", "changing to its user", "starting"};
struct failure {
    enum step step;
    int errnum;
};

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* ---- in the child: nothing that needs a lock or memory */

static void fail(int report, enum step step)
{
    struct failure failure = {step, errno};
    ssize_t n G_GNUC_UNUSED = write(report, &failure, sizeof(failure));

    _exit(127);
}

static void reset_signals(void)
{
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigset_t none;

    for (int i = 1; i < NSIG; i++)
        sigaction(i, &standard, NULL);
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
}

static int put_standard(int fd, int at, int null)
{
    return dup2(fd >= 0 ? fd : null, at);
}

/* `keep` is sorted, and above the standard ones. */
static int pass_files(const struct process_spec *spec, const int *keep, size_t n, int null)
{
    unsigned next = 3;

    if (put_standard(spec->input, 0, null) < 0 || put_standard(spec->output, 1, null) < 0 ||
        put_standard(spec->errors, 2, null) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if ((unsigned)keep[i] > next)
            close_range(next, keep[i] - 1, 0);
        next = keep[i] + 1;
    }
    close_range(next, ~0U, 0);
    for (size_t i = 0; i < spec->n_fds; i++)
        if (fcntl(spec->fds[i], F_SETFD, 0) < 0)
            return -1;
    return 0;
}

static int set_limits(const struct process_spec *spec)
{
    for (size_t i = 0; i < spec->n_limits; i++) {
        struct rlimit limit = {spec->limits[i].value, spec->limits[i].value};

        if (setrlimit(spec->limits[i].what, &limit) < 0)
            return -1;
    }
    return 0;
}

static int become(const struct process_user *user)
{
    if (!user)
        return 0;
    return setgroups(user->n_groups, user->groups) < 0 || setgid(user->gid) < 0 ||
                   setuid(user->uid) < 0
               ? -1
               : 0;
}

static void child(const struct process_spec *spec, const int *keep, size_t n, int null, int report)
{
    reset_signals();
    setsid();
    umask(0077);
    if (pass_files(spec, keep, n, null) < 0)
        fail(report, STEP_FILES);
    if (chdir(spec->folder ? spec->folder : "/") < 0)
        fail(report, STEP_FOLDER);
    if (set_limits(spec) < 0)
        fail(report, STEP_LIMITS);
    if (become(spec->user) < 0)
        fail(report, STEP_USER);
    execve(spec->argv[0], spec->argv, spec->env ? spec->env : environ);
    fail(report, STEP_EXEC);
}

/* ---- in the parent */

static int fail_system(const struct process_spec *spec, const char *what)
{
    error_set_system(VIR_FROM_NONE, errno, "cannot start '%s': %s", spec->argv[0], what);
    return -1;
}

/* The report's other end closes with exec. */
static int read_report(const struct process_spec *spec, int report)
{
    struct failure failure;
    ssize_t n;

    do
        n = read(report, &failure, sizeof(failure));
    while (n < 0 && errno == EINTR);
    if (n != sizeof(failure))
        return 0;
    errno = failure.errnum;
    return fail_system(spec, steps[failure.step]);
}

static pid_t fork_quietly(const struct process_spec *spec, const int *keep, size_t n, int null,
                          int report)
{
    sigset_t all, before;
    pid_t pid;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid = fork();
    if (pid == 0)
        child(spec, keep, n, null, report);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return pid;
}

/* A descriptor above the standard ones: the child puts others there first. */
static int high_null(void)
{
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    int high = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 3);

    if (fd >= 0)
        close(fd);
    return high;
}

static int spawn_reporting(const struct process_spec *spec, int null, int report[2],
                           struct process *ret)
{
    g_autofree int *keep = g_new(int, spec->n_fds + 1);
    struct process process;

    if (spec->n_fds)
        memcpy(keep, spec->fds, spec->n_fds * sizeof(int));
    keep[spec->n_fds] = report[1];
    qsort(keep, spec->n_fds + 1, sizeof(int), compare);
    process.pid = fork_quietly(spec, keep, spec->n_fds + 1, null, report[1]);
    close(report[1]);
    report[1] = -1;
    if (process.pid < 0)
        return fail_system(spec, "fork");
    process.fd = pidfd_open(process.pid, 0);
    if (read_report(spec, report[0]) < 0 || (process.fd < 0 && fail_system(spec, "pidfd_open"))) {
        if (process.fd >= 0)
            close(process.fd);
        else
            kill(process.pid, SIGKILL);
        waitpid(process.pid, NULL, 0);
        return -1;
    }
    *ret = process;
    return 0;
}

int process_spawn(const struct process_spec *spec, struct process *ret)
{
    int null = high_null(), report[2] = {-1, -1}, status;

    if (null < 0 || pipe2(report, O_CLOEXEC) < 0)
        status = fail_system(spec, "pipe");
    else
        status = spawn_reporting(spec, null, report, ret);
    for (int i = 0; i < 2; i++)
        if (report[i] >= 0)
            close(report[i]);
    if (null >= 0)
        close(null);
    return status;
}

guint64 process_started(pid_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)pid);
    g_autofree char *text = NULL;
    const char *field;

    if (!g_file_get_contents(path, &text, NULL, NULL) || !(field = strrchr(text, ')')))
        return 0;
    /* the 22nd; the program's name is the second */
    for (int i = 2; field && i < 22; i++)
        field = strchr(field + 1, ' ');
    return field ? g_ascii_strtoull(field, NULL, 10) : 0;
}

int process_attach(pid_t pid, guint64 started, struct process *ret)
{
    int fd = pidfd_open(pid, 0);

    if (fd < 0)
        return -1;
    if (process_started(pid) != started) {
        close(fd);
        return -1;
    }
    *ret = (struct process){pid, fd};
    return 0;
}

void process_kill(const struct process *process, int signal)
{
    if (process->fd >= 0)
        pidfd_send_signal(process->fd, signal, NULL, 0);
}

bool process_wait(const struct process *process, int timeout_ms, int *ret_status)
{
    struct pollfd poll_fd = {.fd = process->fd, .events = POLLIN};
    siginfo_t info = {0};
    int n;

    do
        n = poll(&poll_fd, 1, timeout_ms);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return false;
    if (ret_status)
        *ret_status = -1;
    /* somebody else's child, or one whose status somebody else has taken, has ended all the same */
    if (waitid(P_PIDFD, process->fd, &info, WEXITED | WNOHANG) == 0 && info.si_pid && ret_status)
        *ret_status = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
    return true;
}

void process_release(struct process *process)
{
    if (process->fd >= 0)
        close(process->fd);
    *process = PROCESS_NONE;
}

/* 1 to go on, 0 at the end, -1 when the time is over. */
static int read_some(int fd, gint64 until, GString *text)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    gint64 left = (until - g_get_monotonic_time()) / 1000;
    char buffer[4096];
    ssize_t n;

    if (left <= 0 || poll(&poll_fd, 1, left) == 0)
        return -1;
    n = read(fd, buffer, sizeof(buffer));
    if (n < 0)
        return errno == EINTR;
    if (text->len < OUTPUT_MAX)
        g_string_append_len(text, buffer, n);
    return n > 0;
}

static int finish(const struct process *process, char *const *argv, int fd, gint64 until,
                  GString *text)
{
    int status, more;

    do
        more = read_some(fd, until, text);
    while (more > 0);
    if (more == 0 && process_wait(process, MAX(until - g_get_monotonic_time(), 0) / 1000, &status))
        return status;
    process_kill(process, SIGKILL);
    process_wait(process, -1, NULL);
    error_set(VIR_FROM_NONE, VIR_ERR_OPERATION_TIMEOUT, "'%s' has taken too long", argv[0]);
    return -1;
}

int process_run(char *const *argv, unsigned timeout_ms, char **ret_output)
{
    gint64 until = g_get_monotonic_time() + timeout_ms * (gint64)1000;
    g_autoptr(GString) text = g_string_new(NULL);
    struct process_spec spec = {.argv = argv, .input = -1};
    struct process process;
    int pipes[2], status;

    if (pipe2(pipes, O_CLOEXEC) < 0)
        return fail_system(&spec, "pipe");
    spec.output = spec.errors = pipes[1];
    status = process_spawn(&spec, &process);
    close(pipes[1]);
    if (status == 0) {
        status = finish(&process, argv, pipes[0], until, text);
        process_release(&process);
    }
    close(pipes[0]);
    if (status >= 0 && ret_output)
        *ret_output = g_strdup(text->str);
    return status;
}
