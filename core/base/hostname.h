/* The name of this machine as it is now. GLib remembers the first one, behind a lock of its own
 * that ThreadSanitizer does not see. */
#pragma once

#include <glib.h>
#include <sys/utsname.h>

static inline char *hostname_dup(void)
{
    struct utsname machine;

    return g_strdup(uname(&machine) == 0 ? machine.nodename : "localhost");
}
