/* Sockets that daemons listen on. */
#pragma once

#include "core/drivers/remote/address.h"

/* How long in milliseconds a daemon may take to let this thread in, at each step: the thread's own
 * limit, or a patient one. */
int remote_patience(void);

/* -1 with errno. */
int remote_dial_unix(const char *path);
/* At the address's host, and its port or `port`; -1 with an error. */
int remote_dial_tcp(const struct remote_address *address, const char *port);
