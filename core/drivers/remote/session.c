#include "core/drivers/remote/session.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "core/drivers/remote/dial.h"

#define PROGRAM "corrald"
/* It ends when nobody has been there for so long; seconds. */
#define TIMEOUT "120"
/* Between looks whether it listens. */
#define LOOK_MS 10
/* After its end, another's, who was faster, may still be on its way. */
#define LOOKS_AFTER_END 200
/* The descriptor whose end tells that the daemon has ended. */
#define LIFE_FD 3

static char *beside_library(const char *relative)
{
    Dl_info info;
    g_autofree char *folder = NULL, *path = NULL;

    if (!dladdr((void *)session_start, &info) || !info.dli_fname)
        return NULL;
    folder = g_path_get_dirname(info.dli_fname);
    path = g_build_filename(folder, relative, PROGRAM, NULL);
    return g_file_test(path, G_FILE_TEST_IS_EXECUTABLE) ? g_steal_pointer(&path) : NULL;
}

static char *find_program(void)
{
    static const char *const folders[] = {"../bin", "../sbin", "../../bin", "../../sbin"};
    char *path = NULL;

    for (size_t i = 0; !path && i < G_N_ELEMENTS(folders); i++)
        path = beside_library(folders[i]);
    return path ? path : g_find_program_in_path(PROGRAM);
}

/* What it says goes to a file beside its socket. */
static int open_log(const char *socket, char **ret_path)
{
    g_autofree char *folder = g_path_get_dirname(socket);
    g_autofree char *path = g_build_filename(folder, PROGRAM ".log", NULL);
    int fd;

    if (g_mkdir_with_parents(folder, 0700) < 0)
        return -1;
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0)
        *ret_path = g_steal_pointer(&path);
    return fd;
}

/* The terminal's signals are not for it. */
static void leave_terminal(void *data)
{
    (void)data;
    setsid();
}

/* It belongs to nobody: GLib's go-between reaps, and it stays when we go. -1 with a remark; else
 * the descriptor that ends with it. */
static int spawn(const char *program, int log, char **ret_remark)
{
    const char *argv[] = {program, "--session", "--timeout", TIMEOUT, NULL};
    g_autoptr(GError) problem = NULL;
    int life[2], to = LIFE_FD;
    gboolean fine;

    if (pipe2(life, O_CLOEXEC) < 0) {
        *ret_remark = g_strdup_printf("no pipe for %s: %s", program, g_strerror(errno));
        return -1;
    }
    fine = g_spawn_async_with_pipes_and_fds("/", argv, NULL, G_SPAWN_DEFAULT, leave_terminal, NULL,
                                            -1, log, log, &life[1], &to, 1, NULL, NULL, NULL, NULL,
                                            &problem);
    close(life[1]);
    if (fine)
        return life[0];
    *ret_remark = g_strdup_printf("%s cannot be started: %s", program, problem->message);
    close(life[0]);
    return -1;
}

static int wait_for_socket(const char *path, int life)
{
    struct pollfd end = {.fd = life, .events = POLLIN};
    int fd = -1, looks = LOOKS_AFTER_END;

    while (fd < 0 && looks > 0) {
        if (poll(&end, 1, LOOK_MS) > 0) { /* nobody writes there: it is the end */
            g_usleep(LOOK_MS * 1000);
            looks--;
        }
        fd = remote_dial_unix(path);
    }
    return fd;
}

static char *complaint(const char *program, const char *log)
{
    g_autofree char *text = NULL;

    if (!g_file_get_contents(log, &text, NULL, NULL) || !*g_strstrip(text))
        return g_strdup_printf("%s was started, and has ended", program);
    return g_strdup_printf("%s was started, and has ended: %s", program, text);
}

int session_start(const char *path, char **ret_remark)
{
    const char *wish = g_getenv("LIBVIRT_AUTOSTART");
    g_autofree char *program = NULL, *log_path = NULL;
    int log, life, fd;

    if (wish && strcmp(wish, "0") == 0) {
        *ret_remark = g_strdup("LIBVIRT_AUTOSTART=0 forbids to start " PROGRAM);
        return -1;
    }
    program = find_program();
    if (!program) {
        *ret_remark = g_strdup(PROGRAM " is neither beside the library nor in PATH");
        return -1;
    }
    log = open_log(path, &log_path);
    if (log < 0) {
        *ret_remark = g_strdup_printf("no place for %s's log beside '%s': %s", program, path,
                                      g_strerror(errno));
        return -1;
    }
    life = spawn(program, log, ret_remark);
    close(log);
    if (life < 0)
        return -1;
    fd = wait_for_socket(path, life);
    close(life);
    if (fd < 0)
        *ret_remark = complaint(program, log_path);
    return fd;
}
