/* Signs of life between the daemon and clients that take part. */
#pragma once

#include "core/daemon/client.h"
#include "core/rpc/message.h"

/* The client has asked whether we take part; in the server's thread. */
void daemon_keepalive_start(struct daemon_client *client);
/* Once a second, in the server's thread. */
void daemon_keepalive_tick(struct daemon_client *client, gint64 now);
/* A message of the keepalive program. */
void daemon_keepalive_frame(struct daemon_client *client, const struct rpc_header *header);
