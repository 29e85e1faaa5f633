/* Guests' log files: what was started, and what QEMU says. */
#pragma once

#include <glib.h>

/* Opens FOLDER/NAME.log behind what is there, or a new one when that has become too long: the old
 * ones stay as NAME.log.0 to .2. -1 with an error. */
int logfile_open(const char *folder, const char *name);
/* A line with the time in front. */
void logfile_write(int fd, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* What was written behind that place, but for our own lines: at most the last few, to be freed. */
char *logfile_tail(int fd, goffset from);
