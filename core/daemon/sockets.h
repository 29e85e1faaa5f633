/* What the daemon listens on: sockets of its own, or those that systemd has opened for it. */
#pragma once

#include "core/daemon/daemon.h"
#include "core/daemon/options.h"

/* struct daemon_service, whose sockets listen already. NULL with an error. */
GPtrArray *sockets_open(const struct options *options, const struct daemon_config *config);
/* For the figures; -1 with an error. `address` is a path, or HOST:PORT. */
int sockets_listen_path(const char *path, mode_t mode, const char *group, int backlog);
int sockets_listen_address(const char *address);
/* Removes those of our own that are still ours. */
void sockets_remove(GPtrArray *services);
