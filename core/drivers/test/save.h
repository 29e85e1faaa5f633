/* Files that keep a guest which was running: a line that says so, and its document. */
#pragma once

#include "core/drivers/test/domain.h"

/* `what` begins the errors. No lock held: these go to the disk. */
int save_write(const char *path, const char *xml, const char *what);
/* The document's text; NULL with an error. */
char *save_read(const char *path);
