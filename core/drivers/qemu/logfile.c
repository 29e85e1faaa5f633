#include "core/drivers/qemu/logfile.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/drivers/qemu/error.h"
#include "core/drivers/qemu/paths.h"

#define SIZE_MAX_LOG (2 * 1024 * 1024)
#define KEPT 3
#define TAIL_MAX 4096

static void rotate(const char *path)
{
    for (int i = KEPT - 1; i >= 0; i--) {
        g_autofree char *to = g_strdup_printf("%s.%d", path, i);
        g_autofree char *from = i ? g_strdup_printf("%s.%d", path, i - 1) : g_strdup(path);

        g_rename(from, to);
    }
}

int logfile_open(const char *folder, const char *name)
{
    g_autofree char *path = path_of(folder, name, ".log");
    GStatBuf info;
    int fd;

    if (g_lstat(path, &info) == 0 && info.st_size > SIZE_MAX_LOG)
        rotate(path);
    fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        error_set_system(VIR_FROM_QEMU, errno, "cannot open the log file '%s'", path);
    return fd;
}

void logfile_write(int fd, const char *format, ...)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *when = g_date_time_format(now, "%Y-%m-%d %H:%M:%S.%f");
    g_autofree char *text = NULL, *line = NULL;
    ssize_t n G_GNUC_UNUSED;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    line = g_strdup_printf("%.23s+0000: %s\n", when, text);
    n = write(fd, line, strlen(line));
}

/* "2026-11-22T17:00:00.000000Z qemu-system-x86_64: TEXT" is told as "TEXT"s are, with the program.
 */
char *logfile_tail(int fd, goffset from)
{
    g_autofree char *buffer = g_malloc(TAIL_MAX + 1);
    struct stat info;
    ssize_t n;

    if (fstat(fd, &info) < 0)
        return g_strdup("");
    from = MAX(from, info.st_size - TAIL_MAX);
    n = pread(fd, buffer, TAIL_MAX, from);
    buffer[MAX(n, 0)] = '\0';
    return g_strdup(g_strstrip(g_utf8_make_valid(buffer, -1)));
}
