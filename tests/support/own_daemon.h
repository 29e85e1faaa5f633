/* A corrald of a test's own, below a folder that goes with it. */
#pragma once

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

struct own_daemon {
    pid_t pid;
    char *folder, *socket, *uri;
};

/* -1 when nobody listens there. */
static inline int own_daemon_dial(const struct own_daemon *daemon)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    strcpy(address.sun_path, daemon->socket);
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    close(fd);
    return -1;
}

static inline void own_daemon_start(struct own_daemon *daemon)
{
    g_autofree char *program = g_build_filename(g_getenv("CORRAL_BUILD"), "bin", "corrald", NULL);
    int fd;

    daemon->folder = g_dir_make_tmp("corral-XXXXXX", NULL);
    daemon->socket = g_build_filename(daemon->folder, "run", "corral-sock", NULL);
    daemon->uri = g_strdup_printf("test+unix:///default?socket=%s", daemon->socket);
    daemon->pid = fork();
    if (daemon->pid == 0) {
        execl(program, program, "--root", daemon->folder, NULL);
        _exit(127);
    }
    while ((fd = own_daemon_dial(daemon)) < 0) {
        assert_int_equal(waitpid(daemon->pid, NULL, WNOHANG), 0);
        g_usleep(1000);
    }
    close(fd);
}

static inline void own_daemon_remove(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *below = g_build_filename(path, name, NULL);

        own_daemon_remove(below);
    }
    g_remove(path);
}

/* It is asked to end, and what it says then is what its sanitizers say as well. */
static inline void own_daemon_end(struct own_daemon *daemon)
{
    int status;

    kill(daemon->pid, SIGTERM);
    assert_int_equal(waitpid(daemon->pid, &status, 0), daemon->pid);
    assert_int_equal(status, 0);
    own_daemon_remove(daemon->folder);
    g_free(daemon->folder);
    g_free(daemon->socket);
    g_free(daemon->uri);
}
