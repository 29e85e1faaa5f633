/* Definitions on disk: what was written is there after a crash, or what was there before. */
#pragma once

#include <glib.h>

#include "core/base/export.h"

/* FOLDER/NAME gets the text: written beside it, synced, renamed, and the folder synced. The text
 * before it stays in FOLDER/.last/NAME. -1 with an error, and then the old one is still there. */
CORRAL_PRIVATE int store_write(const char *folder, const char *name, const char *text, int mode);
/* Gone for good when it comes back; one that is not there is fine. */
CORRAL_PRIVATE int store_remove(const char *folder, const char *name);
/* FOLDER/LINK leads to FOLDER's TARGET ("../NAME.xml"), or to nothing any more for NULL. */
CORRAL_PRIVATE int store_link(const char *folder, const char *link, const char *target);

/* `each` gets the name without the suffix, and the text; a file that cannot be read, or for which
 * `each` fails, is reported to the log and passed over. */
typedef int (*store_each_fn)(const char *name, const char *text, void *opaque);
CORRAL_PRIVATE void store_each(const char *folder, const char *suffix, store_each_fn each,
                               void *opaque);
