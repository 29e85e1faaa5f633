/* Events that a daemon tells of. */
#pragma once

#include "core/object/connect.h"
#include "core/rpc/message.h"

void remote_event(void *conn, const struct rpc_header *header, guint8 *payload, size_t size);
void remote_closed(void *conn, int reason);
