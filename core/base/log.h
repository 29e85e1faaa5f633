/* Diagnostics for the people who run or debug us; off unless the environment asks for them.
 *
 *   LIBVIRT_DEBUG=1                      everything from debug upward (or a level's name or number)
 *   LIBVIRT_LOG_OUTPUTS=2:file:/PATH     where to, and from which level (also `2:stderr`)
 *
 * A message that nobody wants costs one load and one branch; its arguments are not evaluated. */
#pragma once

#include <glib.h>

#include "core/base/export.h"

enum log_level {
    LOG_LEVEL_DEBUG = 1,
    LOG_LEVEL_INFO,
    LOG_LEVEL_WARNING,
    LOG_LEVEL_ERROR,
    LOG_LEVEL_OFF,
};

CORRAL_PRIVATE extern gint log_threshold;

#define log_wants(level) G_UNLIKELY(__atomic_load_n(&log_threshold, __ATOMIC_RELAXED) <= (level))
#define log_message(level, ...)                                                                    \
    do {                                                                                           \
        if (log_wants(level))                                                                      \
            log_write((level), __func__, __VA_ARGS__);                                             \
    } while (0)
#define log_debug(...) log_message(LOG_LEVEL_DEBUG, __VA_ARGS__)
#define log_info(...) log_message(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_warning(...) log_message(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_error(...) log_message(LOG_LEVEL_ERROR, __VA_ARGS__)

/* Reads the environment; only the first call does anything. */
CORRAL_PRIVATE void log_init(void);

/* From `level` upward to `fd`, which the log keeps but does not own. */
CORRAL_PRIVATE void log_open(enum log_level level, int fd);
/* The same to whoever takes messages, from any thread. */
typedef void (*log_sink)(enum log_level level, const char *function, const char *text);
CORRAL_PRIVATE void log_open_sink(enum log_level level, log_sink sink);
/* A message as a line, with its end. */
CORRAL_PRIVATE char *log_line(enum log_level level, const char *function, const char *text);

CORRAL_PRIVATE void log_write(enum log_level level, const char *function, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
