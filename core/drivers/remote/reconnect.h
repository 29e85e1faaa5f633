/* Connections that outlive their daemon (remote->reconnect): what the driver's other files ask of
 * them. */
#pragma once

#include "core/driver/registry.h"
#include "core/object/connect.h"
#include "core/rpc/client_share.h"

struct reconnect;

/* Opens the URI; from then on a thread of the connection's own looks for lost daemons. */
int reconnect_open(virConnectPtr conn, GUri *uri, virConnectAuthPtr auth, unsigned int flags);
void reconnect_unref(void *reconnect);
/* Ends the looking; returns the client that is left to be closed, NULL in a gap. */
struct rpc_client *reconnect_end(struct reconnect *reconnect);

/* The client of the moment, to be dropped after use; NULL with an error in a gap that the call's
 * deadline does not let it wait for. Without a call, or where this thread is in a hurry, nothing
 * waits. */
struct rpc_client *reconnect_hold(struct reconnect *reconnect, struct call *call);
/* Waits for the end of a gap as a call would; -1 with an error. */
int reconnect_wait(struct reconnect *reconnect, const char *function);
/* A call of the connection's, asked again where that changes nothing. */
int reconnect_call(struct reconnect *reconnect, struct call *call,
                   const struct rpc_request *request, gboolean repeatable,
                   struct rpc_result *result);
/* This thread holds what the mending may need: its calls fail rather than wait for that. */
void reconnect_hurry(int change);
/* -1 with an error in a child of the process. */
int reconnect_check_process(const struct reconnect *reconnect);
gboolean reconnect_is_up(struct reconnect *reconnect);
/* After a call through any connection of the driver's has failed: asking for more is vain. */
gboolean reconnect_hopeless(virConnectPtr conn);

/* From the loop: a client of this connection has ended. */
void reconnect_look(struct reconnect *reconnect);
/* An event for the connection's queue, which waits where another has to be told first. */
void reconnect_push(struct reconnect *reconnect, struct event *event);

/* What has to be said to each daemon anew. */
void reconnect_keep_alive(struct reconnect *reconnect, int interval, unsigned int count);
void reconnect_identity(struct reconnect *reconnect, virTypedParameterPtr params, int n,
                        unsigned int flags);

/* connect_driver's: gaps are to be told. */
int remote_watch_gaps(virConnectPtr conn);
void remote_unwatch_gaps(virConnectPtr conn);
