/* Events for clients about whom polkit is asked. */
#pragma once

#include "core/daemon/client.h"

/* Sends an event when polkit allows it, in the order of these calls; FALSE where the rules have
 * said all that there is to say, so that it may go at once. */
gboolean daemon_hearing_ask(struct daemon_client *client, struct access_rights *rights,
                            gboolean allowed, const struct rpc_header *header, unsigned int type,
                            const void *message, unsigned int subject_type, const void *subject);
/* It hears nothing any more. */
void daemon_hearing_clear(struct daemon_client *client);
