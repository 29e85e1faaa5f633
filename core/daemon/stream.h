/* Streams of clients. */
#pragma once

#include "core/daemon/client.h"
#include "core/daemon/dispatch.h"

/* The call has opened its stream: from now on frames for it are taken, and once it is started what
 * it carries is sent. */
int daemon_stream_add(struct dispatch_call *call);
void daemon_stream_start(struct dispatch_call *call);

void daemon_stream_frame(struct daemon_client *client, const struct rpc_header *header,
                         guint8 *payload, size_t size);
/* There is room to send again. */
void daemon_streams_drained(struct daemon_client *client);
/* The client has gone. */
void daemon_streams_clear(struct daemon_client *client);
