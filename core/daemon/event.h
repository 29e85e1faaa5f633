/* Events on their way from the daemon's connections to its clients. */
#pragma once

#include "core/daemon/client.h"
#include "core/event/queue.h"

/* One callback that a client has asked for; the opaque of the generated callbacks. */
struct daemon_callback;

/* What the client knows it by. */
int daemon_callback_id(struct daemon_callback *callback);

/* Sends the message, if the client may know of the object: `subject` is its identity, of wire type
 * `subject_type`. */
void daemon_tell(struct daemon_callback *callback, int procedure, unsigned int type,
                 const void *message, unsigned int subject_type, const void *subject);

/* Generated (daemon_events.c): by event id, with and without the callback's number. */
extern const event_callback daemon_domain_events[];
extern const event_callback daemon_domain_events_legacy[];
extern const event_callback daemon_network_events[];
extern const event_callback daemon_node_device_events[];
extern const event_callback daemon_secret_events[];
extern const event_callback daemon_storage_pool_events[];

/* Ends them all: the client has gone, or its connection. */
void daemon_callbacks_clear(struct daemon_client *client);
