#include "core/drivers/remote/command.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/object/error.h"

/* How long a program may take to end when it was asked to. */
#define END_STEPS 200
#define END_STEP_US 5000
/* Of what it complains about. */
#define COMPLAINT_MAX 4096

struct command_layer {
    struct rpc_layer base;
    int fd;
    int errors; /* a file in memory: nobody has to read along */
    pid_t pid;
    char *problem; /* the reader's */
};

/* --- the layer -----------------------------------------------------------------------------------
 */

/* A program that has gone has ended, whatever it left unread: reading finds that out, and why. */
static ssize_t command_read(struct rpc_layer *base, void *buffer, size_t size)
{
    struct command_layer *layer = (struct command_layer *)base;
    ssize_t n = recv(layer->fd, buffer, size, MSG_DONTWAIT);

    return n < 0 && errno == ECONNRESET ? 0 : n;
}

static ssize_t command_write(struct rpc_layer *base, const void *bytes, size_t size)
{
    struct command_layer *layer = (struct command_layer *)base;
    ssize_t n = send(layer->fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);

    return n < 0 && (errno == EPIPE || errno == ECONNRESET) ? (ssize_t)size : n;
}

static gboolean command_pending(struct rpc_layer *base)
{
    return FALSE;
}

/* The end of its output may come before its last words. */
static void wait_for_end(const struct command_layer *layer)
{
    siginfo_t info = {0};

    for (int i = 0; i < END_STEPS; i++) {
        if (waitid(P_PID, layer->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid)
            return;
        g_usleep(END_STEP_US);
    }
}

static const char *command_problem(struct rpc_layer *base)
{
    struct command_layer *layer = (struct command_layer *)base;
    char text[COMPLAINT_MAX + 1];
    ssize_t n;

    if (layer->problem)
        return layer->problem;
    wait_for_end(layer);
    n = pread(layer->errors, text, COMPLAINT_MAX, 0);
    if (n <= 0)
        return NULL;
    text[n] = '\0';
    layer->problem = g_utf8_make_valid(g_strchomp(text), -1);
    return *layer->problem ? layer->problem : NULL;
}

static void end_child(pid_t pid)
{
    kill(pid, SIGTERM);
    for (int i = 0; i < END_STEPS; i++) {
        if (waitpid(pid, NULL, WNOHANG) != 0)
            return;
        g_usleep(END_STEP_US);
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void command_free(struct rpc_layer *base)
{
    struct command_layer *layer = (struct command_layer *)base;

    shutdown(layer->fd, SHUT_RDWR);
    end_child(layer->pid);
    close(layer->errors);
    g_free(layer->problem);
    g_free(layer);
}

static const struct rpc_layer_class layer_class = {
    .read = command_read,
    .write = command_write,
    .pending = command_pending,
    .free = command_free,
    .problem = command_problem,
};

/* --- running -------------------------------------------------------------------------------------
 */

static int spawn(char **argv, int fd, int errors, pid_t *ret_pid)
{
    g_autoptr(GError) problem = NULL;

    if (g_spawn_async_with_pipes_and_fds(
            NULL, (const char *const *)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD,
            NULL, NULL, fd, fd, errors, NULL, NULL, 0, ret_pid, NULL, NULL, NULL, &problem))
        return 0;
    error_set(VIR_FROM_RPC, VIR_ERR_SYSTEM_ERROR, "cannot run '%s': %s", argv[0], problem->message);
    return -1;
}

/* The socket is one of ours, and yet nothing but bytes gets through. */
int command_run(char **argv, struct rpc_socket *ret_socket)
{
    struct command_layer *layer;
    int errors = memfd_create("errors", MFD_CLOEXEC), pair[2], status;
    pid_t pid;

    if (errors < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        error_set_system(VIR_FROM_RPC, errno, "cannot run '%s'", argv[0]);
        if (errors >= 0)
            close(errors);
        return -1;
    }
    status = spawn(argv, pair[1], errors, &pid);
    close(pair[1]);
    if (status < 0) {
        close(pair[0]);
        close(errors);
        return -1;
    }
    layer = g_new0(struct command_layer, 1);
    *layer = (struct command_layer){{&layer_class}, pair[0], errors, pid, NULL};
    rpc_socket_init(ret_socket, pair[0]);
    ret_socket->local = FALSE;
    rpc_socket_set_layer(ret_socket, &layer->base);
    return 0;
}

int command_ext(const struct remote_address *address, struct rpc_socket *ret_socket)
{
    const char *command = remote_option(address, "command");
    char *argv[] = {(char *)command, NULL};

    if (!command) {
        error_set(VIR_FROM_REMOTE, VIR_ERR_INVALID_ARG,
                  "transport 'ext' requires a command: 'command=' of the URI names it");
        return -1;
    }
    return command_run(argv, ret_socket);
}
