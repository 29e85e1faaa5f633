#include "core/daemon/log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "core/base/lock.h"
#include "core/base/log.h"
#include "core/object/error.h"

#define NAME "corrald"
#define SYSLOG_SOCKET "/dev/log"
#define JOURNAL_SOCKET "/run/systemd/journal/socket"
/* What fits into a datagram with room to spare; no message of ours has to be longer. */
#define TEXT_MAX 16384

enum kind { OUTPUT_STDERR, OUTPUT_FILE, OUTPUT_SYSLOG, OUTPUT_JOURNAL };

struct output {
    enum log_level level;
    enum kind kind;
    int fd;
    char *name;                 /* syslog's */
    struct sockaddr_un address; /* of datagrams: whoever takes them may end and come back */
    gboolean starts_mid;        /* the last line did not fit: with __atomic, as the next */
    guint lost;                 /* lines that could not be written since one could */
};

/* All of them, replaced as a whole; whoever writes holds them. */
struct outputs {
    gint refs;
    GArray *list; /* struct output */
};

static lock_t lock = LOCK_INITIALIZER; /* guards the next */
static struct outputs *current;

static void output_clear(void *data)
{
    struct output *output = data;

    if (output->fd > STDERR_FILENO)
        close(output->fd);
    g_free(output->name);
}

static void outputs_unref(struct outputs *outputs)
{
    if (!outputs || !g_atomic_int_dec_and_test(&outputs->refs))
        return;
    g_array_unref(outputs->list);
    g_free(outputs);
}

static struct outputs *outputs_hold(void)
{
    lock_guard(&lock);
    if (current)
        g_atomic_int_inc(&current->refs);
    return current;
}

/* --- lines ---------------------------------------------------------------------------------------
 */

/* What others have named cannot pass for lines of ours. */
static char *on_one_line(const char *text)
{
    GString *line = g_string_sized_new(strlen(text));

    for (; *text && line->len < TEXT_MAX; text++) {
        if ((guchar)*text < ' ' || *text == 0x7f)
            g_string_append_printf(line, "\\x%02x", (guchar)*text);
        else
            g_string_append_c(line, *text);
    }
    return g_string_free(line, FALSE);
}

static gboolean write_bytes(struct output *output, const char *bytes)
{
    size_t size = strlen(bytes);
    ssize_t n = write(output->fd, bytes, size);

    __atomic_store_n(&output->starts_mid, n > 0 && (size_t)n < size, __ATOMIC_RELAXED);
    return n == (ssize_t)size;
}

/* A disk that is full takes nothing, or half a line. Once there is room the log says what it lacks.
 */
static void write_line(struct output *output, const char *line)
{
    guint lost = __atomic_exchange_n(&output->lost, 0, __ATOMIC_RELAXED);
    g_autofree char *whole = NULL;
    const char *end = __atomic_load_n(&output->starts_mid, __ATOMIC_RELAXED) ? "\n" : "";

    if (lost) {
        g_autofree char *note = g_strdup_printf("%u lines could not be written", lost);
        g_autofree char *noted = log_line(LOG_LEVEL_WARNING, __func__, note);

        whole = g_strconcat(end, noted, line, NULL);
    }
    if (!write_bytes(output, whole ? whole : line))
        __atomic_fetch_add(&output->lost, lost + 1, __ATOMIC_RELAXED);
}

/* --- datagrams -----------------------------------------------------------------------------------
 */

static int priority_of(enum log_level level)
{
    switch (level) {
    case LOG_LEVEL_DEBUG:
        return LOG_DEBUG;
    case LOG_LEVEL_INFO:
        return LOG_INFO;
    case LOG_LEVEL_WARNING:
        return LOG_WARNING;
    default:
        return LOG_ERR;
    }
}

/* Nobody waits for a log that is busy; its next message is another chance. */
static void send_bytes(struct output *output, const char *bytes, size_t size)
{
    if (sendto(output->fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL,
               (struct sockaddr *)&output->address, sizeof(output->address)) < 0)
        __atomic_fetch_add(&output->lost, 1, __ATOMIC_RELAXED);
}

static void send_syslog(struct output *output, enum log_level level, const char *text)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *time = g_date_time_format(now, "%b %e %H:%M:%S");
    g_autofree char *message = g_strdup_printf("<%d>%s %s[%d]: %s", LOG_DAEMON | priority_of(level),
                                               time, output->name, (int)getpid(), text);

    send_bytes(output, message, strlen(message));
}

/* "client=7 who="user joe"": fields of their own, which one can search for. */
static void add_pairs(GString *message, const char *text)
{
    g_autoptr(GRegex) pair = g_regex_new("([a-z_0-9]+)=(\"[^\"]*\"|[^ \"]+)", 0, 0, NULL);
    g_autoptr(GMatchInfo) found = NULL;

    for (g_regex_match(pair, text, 0, &found); g_match_info_matches(found);
         g_match_info_next(found, NULL)) {
        g_autofree char *key = g_match_info_fetch(found, 1);
        g_autofree char *value = g_match_info_fetch(found, 2);
        g_autofree char *name = g_ascii_strup(key, -1);
        size_t quotes = *value == '"';

        g_string_append_printf(message, "CORRAL_%s=%.*s\n", name, (int)(strlen(value) - 2 * quotes),
                               value + quotes);
    }
}

/* The journal's own protocol: a field a line. */
static void send_journal(struct output *output, enum log_level level, const char *function,
                         const char *text)
{
    g_autoptr(GString) message = g_string_new("");

    g_string_append_printf(message,
                           "MESSAGE=%s\nPRIORITY=%d\nSYSLOG_IDENTIFIER=" NAME
                           "\nSYSLOG_FACILITY=%d\n"
                           "CODE_FUNC=%s\n",
                           text, priority_of(level), LOG_DAEMON >> 3, function);
    add_pairs(message, text);
    send_bytes(output, message->str, message->len);
}

/* --- the log -------------------------------------------------------------------------------------
 */

static void on_message(enum log_level level, const char *function, const char *text)
{
    struct outputs *outputs = outputs_hold();
    g_autofree char *shown = on_one_line(text);

    for (guint i = 0; outputs && i < outputs->list->len; i++) {
        struct output *output = &g_array_index(outputs->list, struct output, i);

        if (level < output->level)
            continue;
        if (output->kind == OUTPUT_SYSLOG) {
            send_syslog(output, level, shown);
        } else if (output->kind == OUTPUT_JOURNAL) {
            send_journal(output, level, function, shown);
        } else {
            g_autofree char *line = log_line(level, function, shown);

            write_line(output, line);
        }
    }
    outputs_unref(outputs);
}

static int wrong_output(const char *text)
{
    error_set(VIR_FROM_CONF, VIR_ERR_CONF_SYNTAX,
              "log_outputs: '%s' is no output: LEVEL:stderr, LEVEL:file:PATH, LEVEL:syslog:NAME or "
              "LEVEL:journald is accepted",
              text);
    return -1;
}

/* Connecting shows whether somebody is there; that one need not stay. */
static int open_datagram(struct output *output, const char *path)
{
    const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    struct sockaddr_un *address = &output->address;
    int fd, error = ENAMETOOLONG;

    address->sun_family = AF_UNIX;
    if (g_strlcpy(address->sun_path, path, sizeof(address->sun_path)) < sizeof(address->sun_path)) {
        fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (fd >= 0 && connect(fd, (struct sockaddr *)address, sizeof(*address)) == 0 &&
            connect(fd, &nobody, sizeof(nobody)) == 0)
            return fd;
        error = errno;
        if (fd >= 0)
            close(fd);
    }
    errno = error;
    return -1;
}

/* A part behind the last stands for another socket than the system's. */
static int open_output(struct output *output, char **parts)
{
    guint n = g_strv_length(parts);
    const char *path = NULL;

    output->fd = -1;
    if (!strcmp(parts[1], "stderr") && n == 2) {
        output->fd = STDERR_FILENO;
        return 0;
    }
    if (!strcmp(parts[1], "file") && n == 3) {
        output->kind = OUTPUT_FILE;
        path = parts[2];
        output->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    } else if (!strcmp(parts[1], "syslog") && n >= 2 && n <= 4) {
        output->kind = OUTPUT_SYSLOG;
        output->name = g_strdup(n > 2 && *parts[2] ? parts[2] : NAME);
        path = n > 3 ? parts[3] : SYSLOG_SOCKET;
        output->fd = open_datagram(output, path);
    } else if (!strcmp(parts[1], "journald") && n <= 3) {
        output->kind = OUTPUT_JOURNAL;
        path = n > 2 ? parts[2] : JOURNAL_SOCKET;
        output->fd = open_datagram(output, path);
    } else {
        return 1;
    }
    if (output->fd >= 0)
        return 0;
    error_set_system(VIR_FROM_CONF, errno, "log_outputs: %s", path);
    return -1;
}

static int add_output(struct outputs *outputs, const char *text)
{
    /* names of files may have a colon */
    g_auto(GStrv) parts = g_strsplit(text, ":", strstr(text, ":file:") ? 3 : 4);
    struct output output = {.level = LOG_LEVEL_OFF};
    int status = 1;

    if (g_strv_length(parts) >= 2 && parts[0][0] >= '1' && parts[0][0] <= '4' && !parts[0][1]) {
        output.level = parts[0][0] - '0';
        status = open_output(&output, parts);
    }
    if (status) {
        g_free(output.name);
        return status > 0 ? wrong_output(text) : -1;
    }
    g_array_append_val(outputs->list, output);
    return 0;
}

static struct outputs *outputs_new(const struct daemon_config *config)
{
    struct outputs *outputs = g_new0(struct outputs, 1);
    struct output alone = {.level = config->log_level, .fd = STDERR_FILENO};
    g_auto(GStrv) words = g_strsplit(config->log_outputs ? config->log_outputs : "", " ", -1);

    outputs->refs = 1;
    outputs->list = g_array_new(FALSE, TRUE, sizeof(struct output));
    g_array_set_clear_func(outputs->list, output_clear);
    for (char **word = words; *word; word++) {
        if (**word && add_output(outputs, *word) < 0) {
            outputs_unref(outputs);
            return NULL;
        }
    }
    if (!outputs->list->len)
        g_array_append_val(outputs->list, alone);
    return outputs;
}

int daemon_log_open(const struct options *options, const struct daemon_config *config)
{
    struct outputs *outputs = outputs_new(config), *before;
    enum log_level least = LOG_LEVEL_OFF;

    if (!outputs)
        return -1;
    for (guint i = 0; i < outputs->list->len; i++) {
        struct output *output = &g_array_index(outputs->list, struct output, i);

        if (options->verbose)
            output->level = MIN(output->level, LOG_LEVEL_INFO);
        least = MIN(least, output->level);
    }
    lock_take(&lock);
    before = current;
    current = outputs;
    lock_drop(&lock);
    outputs_unref(before);
    log_open_sink(least, on_message);
    return 0;
}
