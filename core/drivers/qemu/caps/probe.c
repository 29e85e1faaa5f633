#include "core/drivers/qemu/caps/probe.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/drivers/qemu/error.h"

/* ---- the loop of one monitor ---- */

static void *iterate(void *data)
{
    struct probe *probe = data;

    while (!g_atomic_int_get(&probe->stop))
        g_main_context_iteration(probe->context, TRUE);
    return NULL;
}

static void take_leave(void *opaque)
{
    g_atomic_int_set(&((struct probe *)opaque)->stop, 1);
}

static const struct qemu_monitor_ops monitor_ops = {.gone = take_leave};

static int open_monitor(struct probe *probe, int fd)
{
    probe->context = g_main_context_new();
    probe->monitor = monitor_open(probe->context, fd, &monitor_ops, probe);
    if (pthread_create(&probe->thread, NULL, iterate, probe) == 0)
        return 0;
    monitor_close(probe->monitor);
    monitor_unref(probe->monitor);
    g_main_context_unref(probe->context);
    probe->monitor = NULL;
    qemu_error(INTERNAL_ERROR, "no thread for the monitor of '%s'", probe->binary);
    return -1;
}

/* ---- the process ---- */

static int spawn(struct probe *probe, const char *accel, int fd)
{
    g_autofree char *machine = g_strdup_printf("none,accel=%s", accel);
    g_autofree char *chardev = g_strdup_printf("socket,id=monitor,fd=%d", fd);
    char *const argv[] = {(char *)probe->binary,
                          "-S",
                          "-no-user-config",
                          "-nodefaults",
                          "-nographic",
                          "-machine",
                          machine,
                          "-chardev",
                          chardev,
                          "-mon",
                          "chardev=monitor,mode=control",
                          NULL};
    /* nothing of ours is to change what it says */
    char *const env[] = {"LC_ALL=C", "PATH=/usr/local/bin:/usr/bin:/bin", NULL};
    struct process_spec spec = {
        .argv = argv,
        .env = env,
        .folder = "/",
        .input = -1,
        .output = -1,
        .errors = probe->errors,
        .fds = &fd,
        .n_fds = 1,
    };

    return process_spawn(&spec, &probe->process);
}

/* The last of what it said, in one line; NULL for nothing. */
static char *last_words(struct probe *probe)
{
    char text[1024];
    off_t size = lseek(probe->errors, 0, SEEK_END);
    ssize_t n =
        pread(probe->errors, text, sizeof(text) - 1, MAX(0, size - (off_t)(sizeof(text) - 1)));

    if (n <= 0)
        return NULL;
    text[n] = '\0';
    g_strdelimit(g_strstrip(text), "\n", ' ');
    return g_utf8_make_valid(text, -1);
}

static void end_process(struct probe *probe)
{
    if (probe->process.fd < 0)
        return;
    process_kill(&probe->process, SIGKILL);
    process_wait(&probe->process, -1, NULL);
    process_release(&probe->process);
}

int probe_start(struct probe *probe, const char *binary, const char *accel)
{
    g_autofree char *words = NULL;
    int fds[2];

    *probe = (struct probe){.binary = binary, .process = PROCESS_NONE};
    probe->deadline = g_get_monotonic_time() + (gint64)PROBE_TIMEOUT_MS * 1000;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0) {
        error_set_system(VIR_FROM_QEMU, errno, "no connection to '%s'", binary);
        return -1;
    }
    probe->errors = memfd_create("errors", MFD_CLOEXEC);
    if (spawn(probe, accel, fds[1]) < 0) {
        close(fds[0]);
        close(fds[1]);
        close(probe->errors);
        return -1;
    }
    close(fds[1]);
    if (open_monitor(probe, fds[0]) == 0 && monitor_handshake(probe->monitor, 0) == 0)
        return 0;
    end_process(probe);
    words = last_words(probe);
    error_prefix("Failed to probe QEMU binary '%s'%s%s%s", binary, words ? " (" : "",
                 words ? words : "", words ? ")" : "");
    probe_stop(probe);
    return -1;
}

void probe_stop(struct probe *probe)
{
    end_process(probe);
    if (probe->monitor) {
        monitor_close(probe->monitor);
        pthread_join(probe->thread, NULL);
        monitor_unref(probe->monitor);
        g_main_context_unref(probe->context);
    }
    close(probe->errors);
}

json_t *probe_ask(struct probe *probe, const char *command, json_t *arguments)
{
    gint64 left = (probe->deadline - g_get_monotonic_time()) / 1000;
    json_t *answer = NULL;

    if (monitor_call(probe->monitor, command, arguments, -1, CLAMP(left, 1, MONITOR_TIMEOUT_MS),
                     &answer) < 0)
        return NULL;
    return answer;
}

bool probe_lives(struct probe *probe)
{
    return monitor_is_open(probe->monitor) && g_get_monotonic_time() < probe->deadline;
}
