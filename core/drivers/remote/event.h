/* Events that a daemon tells of. */
#pragma once

#include "core/object/connect.h"
#include "core/rpc/message.h"

void remote_event(void *conn, const struct rpc_header *header, guint8 *payload, size_t size);
void remote_closed(void *conn, int reason);

/* Before registering: there is a daemon, and the loop reads what it tells. -1 with an error. */
int remote_ready(virConnectPtr conn);
/* Asks through `scratch` for all events that `asked` has, and notes the new daemon's ids; -1 with
 * an error when that is vain. */
int remote_ask_again(virConnectPtr scratch, GHashTable *asked);
