/* Where the daemon's log goes. */
#pragma once

#include "core/daemon/config.h"
#include "core/daemon/options.h"

/* Takes over what the configuration says; files are opened anew, so that one that was moved away is
 * let go. -1 with an error, and then nothing has changed. */
int daemon_log_open(const struct options *options, const struct daemon_config *config);
