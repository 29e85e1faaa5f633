#define _GNU_SOURCE 1 /* gettid, secure_getenv */
#include "core/base/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

gint log_threshold = LOG_LEVEL_OFF;

static gint log_fd = STDERR_FILENO;
static const char *const log_names[] = {"none", "debug", "info", "warning", "error"};

static log_sink log_taker; /* NULL: lines go to log_fd */

void log_open(enum log_level level, int fd)
{
    __atomic_store_n(&log_fd, fd, __ATOMIC_RELAXED);
    __atomic_store_n(&log_taker, NULL, __ATOMIC_RELAXED);
    __atomic_store_n(&log_threshold, level, __ATOMIC_RELAXED);
}

void log_open_sink(enum log_level level, log_sink sink)
{
    __atomic_store_n(&log_taker, sink, __ATOMIC_RELEASE);
    __atomic_store_n(&log_threshold, level, __ATOMIC_RELAXED);
}

static int log_level_parse(const char *text)
{
    if (g_ascii_isdigit(text[0]) && !text[1])
        return g_ascii_digit_value(text[0]);
    for (int i = LOG_LEVEL_DEBUG; i < LOG_LEVEL_OFF; i++)
        if (!g_ascii_strcasecmp(text, log_names[i]))
            return i;
    return -1;
}

/* One output, "LEVEL:stderr" or "LEVEL:file:PATH"; what we cannot make sense of changes nothing. */
static void log_output_parse(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", 3);
    int level, fd = STDERR_FILENO;

    if (g_strv_length(parts) < 2)
        return;
    level = log_level_parse(parts[0]);
    if (!strcmp(parts[1], "file") && parts[2])
        fd = open(parts[2], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    else if (strcmp(parts[1], "stderr") != 0)
        return;
    if (fd < 0)
        return;
    if (level < LOG_LEVEL_DEBUG || level > LOG_LEVEL_ERROR) {
        if (fd != STDERR_FILENO)
            close(fd);
        return;
    }
    log_open(level, fd);
}

/* secure_getenv: a program with more rights than its user must not write where the user says. */
static void log_read_environment(void)
{
    const char *debug = secure_getenv("LIBVIRT_DEBUG");
    const char *outputs = secure_getenv("LIBVIRT_LOG_OUTPUTS");
    int level = debug ? log_level_parse(debug) : -1;

    if (outputs)
        log_output_parse(outputs);
    if (level >= LOG_LEVEL_DEBUG && level <= LOG_LEVEL_ERROR)
        __atomic_store_n(&log_threshold, level, __ATOMIC_RELAXED);
}

void log_init(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, log_read_environment);
}

char *log_line(enum log_level level, const char *function, const char *text)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *time = now ? g_date_time_format(now, "%Y-%m-%d %H:%M:%S.%f") : NULL;

    return g_strdup_printf("%s+0000: %d: %s : %s : %s\n", time ? time : "", (int)gettid(),
                           log_names[level], function, text);
}

/* One write() per line, so that lines of several threads do not mix. */
void log_write(enum log_level level, const char *function, const char *format, ...)
{
    log_sink sink = __atomic_load_n(&log_taker, __ATOMIC_ACQUIRE);
    g_autofree char *text = NULL;
    g_autofree char *line = NULL;
    va_list args;
    ssize_t written;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    if (sink) {
        sink(level, function, text);
        return;
    }
    line = log_line(level, function, text);
    written = write(__atomic_load_n(&log_fd, __ATOMIC_RELAXED), line, strlen(line));
    (void)written; /* there is nobody left to tell */
}
