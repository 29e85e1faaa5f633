/* The kernel's small files. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "core/base/export.h"

/* In front of every path, "" but in tests. */
CORRAL_PRIVATE extern const char *sysfs_root;

/* All of a file without the blanks at its end; NULL, without an error. The path is printed. */
CORRAL_PRIVATE char *sysfs_text(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* `otherwise` when there is no such number. */
CORRAL_PRIVATE gint64 sysfs_number(gint64 otherwise, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* -1 with errno. */
CORRAL_PRIVATE int sysfs_write(const char *text, const char *format, ...) G_GNUC_PRINTF(2, 3);
CORRAL_PRIVATE bool sysfs_has(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* "0-3,8" as numbers in order, none above SYSFS_CPUS_MAX. */
#define SYSFS_CPUS_MAX 65535
CORRAL_PRIVATE GArray *sysfs_list(const char *text);
/* The other way. */
CORRAL_PRIVATE char *sysfs_list_text(const unsigned *numbers, size_t n);

/* Numbers behind a prefix in the names of a folder: "node" in /sys/devices/system/node; in order.
 */
CORRAL_PRIVATE GArray *sysfs_numbered(const char *folder, const char *prefix);
