/* A connection that a daemon serves: what its files share. */
#pragma once

#include "core/object/connect.h"
#include "core/rpc/client.h"
#include "core/rpc/client_stream.h"
#include "remote_slots.h"

struct remote {
    struct rpc_client *client;
    gboolean opened; /* the daemon has opened what the URI says */
    gboolean encrypted;
    gboolean secure;   /* nobody else can listen in */
    lock_t asking;     /* held across calls: guards the next */
    GHashTable *asked; /* which events the daemon tells of, and its id for that */
};

static inline struct remote *remote_of(virConnectPtr conn)
{
    return conn->data.hypervisor;
}

extern const struct connect_driver remote_connect_driver;

/* Whether the daemon, or its driver, has a feature of the field's: 1, 0, or -1 with an error. */
int remote_supports(virConnectPtr conn, int feature);

/* stream.c: gives a stream what a call that opens it needs; NULL with an error. */
struct rpc_stream *remote_stream_attach(virStreamPtr stream);
/* The call has failed: the stream carries nothing after all. */
void remote_stream_detach(virStreamPtr stream);
