/* A connection that a daemon serves: what its files share. */
#pragma once

#include "core/object/connect.h"
#include "core/rpc/client.h"
#include "core/drivers/remote/address.h"
#include "core/drivers/remote/reconnect.h"
#include "core/rpc/client_stream.h"
#include "remote_slots.h"

struct remote {
    struct rpc_client *client;   /* NULL once it is the reconnect's */
    struct reconnect *reconnect; /* NULL: the daemon's end is the connection's */
    gboolean opened;             /* the daemon has opened what the URI says */
    gboolean local;              /* descriptors can be passed */
    gboolean encrypted;
    gboolean secure;  /* nobody else can listen in */
    lock_t turn_lock; /* guards the next; held for a moment only */
    cond_t turn_over;
    gboolean turn;     /* somebody has it: to change, with calls, what is asked for */
    GHashTable *asked; /* which events the daemon tells of, and its id for that */
    GHashTable *words; /* of the daemon's, which live as long as the connection */
};

static inline struct remote *remote_of(virConnectPtr conn)
{
    return conn->data.hypervisor;
}

extern const struct connect_driver remote_connect_driver;

/* Opens what the address says, which `reconnect` keeps, unless it is NULL. */
int remote_open_at(virConnectPtr conn, const struct remote_address *address, virConnectAuthPtr auth,
                   unsigned int flags, struct reconnect *reconnect);
/* The same through that socket; `hears` is whom the daemon tells of events, and of its end. */
int remote_open_through(virConnectPtr conn, struct rpc_socket *socket,
                        const struct remote_address *address, virConnectAuthPtr auth,
                        unsigned int flags, virConnectPtr hears);
/* Leaves the connection without its client, which is the caller's, and without anything else. */
struct rpc_client *remote_take_client(virConnectPtr conn);
/* The client of the moment: NULL with an error where there is none. Give it to remote_drop_client()
 * then. */
struct rpc_client *remote_hold_client(virConnectPtr conn, struct call *call);
void remote_drop_client(virConnectPtr conn, struct rpc_client *client);
int remote_use_loop(virConnectPtr conn);

/* Those who change what the daemon tells of do it one after the other; the wait has the call's
 * deadline, and ends with a cancel. -1 with an error. */
int remote_take_turn(virConnectPtr conn, const char *function);
/* The same as one of another connection's calls, for who may still be there when the calls of this
 * one are over. */
int remote_take_turn_in(virConnectPtr conn, struct call_group *group, const char *function);
void remote_end_turn(virConnectPtr conn);

int remote_supports_keep_alive(virConnectPtr conn);

/* Whether the daemon, or its driver, has a feature of the field's: 1, 0, or -1 with an error. */
int remote_supports(virConnectPtr conn, int feature);

/* stream.c: gives a stream what a call that opens it needs; NULL with an error. */
struct rpc_stream *remote_stream_attach(virStreamPtr stream);
/* The call has failed: the stream carries nothing after all. */
void remote_stream_detach(virStreamPtr stream);
