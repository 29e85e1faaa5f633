/* How clients prove who they are, and what follows from it. Every service says which way is its;
 * a layer (TLS, SASL) is put on by whoever serves it, who calls daemon_client_trust() in the end.
 */
#pragma once

#include "core/daemon/client.h"

/* A client has come; in the server's thread. -1 to turn it away. */
int daemon_auth_begin(struct daemon_client *client);
/* Once a second until it is trusted. */
void daemon_auth_tick(struct daemon_client *client, gint64 now);
/* It has gone: nobody is asked about it any more. */
void daemon_auth_leave(struct daemon_client *client);
/* Before each frame, in the server's thread: one that has been let in meanwhile counts no longer
 * among the anonymous. */
void daemon_auth_settle(struct daemon_client *client);
