#include "core/daemon/client.h"

#include <string.h>

#include "core/base/log.h"
#include "core/daemon/auth.h"
#include "core/daemon/daemon.h"
#include "core/daemon/event.h"
#include "core/daemon/frame.h"
#include "core/daemon/hearing.h"
#include "core/daemon/keepalive.h"
#include "core/daemon/stream.h"
#include "core/object/connect.h"
#include "core/object/error.h"
#include "core/rpc/codec.h"
#include "core/rpc/error_wire.h"
#include "core/rpc/message.h"
#include "wire.h"

static int on_connected(struct server_client *peer)
{
    struct daemon_client *client = g_new0(struct daemon_client, 1);
    struct rpc_peer other;

    lock_init(&client->lock);
    client->peer = peer;
    client->daemon = server_data(peer->server);
    client->service = peer->service->data;
    client->readonly = peer->service->readonly;
    client->connected = g_get_monotonic_time();
    client->callbacks = g_ptr_array_new();
    client->local = rpc_socket_peer(&peer->socket, &other);
    if (client->local)
        client->identity = (struct access_identity){
            .local = TRUE, .uid = other.uid, .gid = other.gid, .pid = other.pid};
    peer->data = client;
    return daemon_auth_begin(client);
}

static void on_closed(struct server_client *peer)
{
    struct daemon_client *client = peer->data;

    if (!client)
        return;
    log_info("client=%" G_GUINT64_FORMAT " closed reason=\"%s\"", peer->id,
             peer->reason ? peer->reason : "the client hung up");
    daemon_auth_leave(client);
    daemon_client_disconnect(client);
}

static void on_freed(struct server_client *peer)
{
    struct daemon_client *client = peer->data;

    if (!client)
        return;
    if (client->auth)
        client->auth_free(client->auth);
    access_identity_clear(&client->identity);
    access_rights_unref(client->rights);
    g_ptr_array_unref(client->callbacks);
    lock_clear(&client->lock);
    g_free(client);
}

static void on_drained(struct server_client *peer)
{
    daemon_streams_drained(peer->data);
}

static void on_tick(struct server_client *peer, gint64 now)
{
    struct daemon_client *client = peer->data;

    if (client && client->proving)
        daemon_auth_tick(client, now);
    else if (client)
        daemon_keepalive_tick(client, now);
}

const struct server_handler daemon_handler = {
    .connected = on_connected,
    .frame = daemon_frame,
    .drained = on_drained,
    .tick = on_tick,
    .closed = on_closed,
    .freed = on_freed,
};

void daemon_client_drop(struct daemon_client *client, const char *reason)
{
    client->peer->reason = reason;
    server_client_close(client->peer);
}

virConnectPtr daemon_client_connection(struct daemon_client *client)
{
    lock_guard(&client->lock);
    if (!client->conn) {
        error_set(VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "connection not open");
        return NULL;
    }
    return object_ref(&client->conn->base);
}

/* What waits for the client is given up, and what it has opened is closed with the last call. */
void daemon_client_disconnect(struct daemon_client *client)
{
    virConnectPtr conn;

    daemon_callbacks_clear(client);
    daemon_hearing_clear(client);
    daemon_streams_clear(client);
    lock_take(&client->lock);
    conn = g_steal_pointer(&client->conn);
    lock_drop(&client->lock);
    if (!conn)
        return;
    call_group_cancel(&conn->calls);
    virConnectClose(conn);
}

/* --- sending
 * -------------------------------------------------------------------------------------- */

int daemon_client_write(GByteArray *bytes, const struct rpc_header *header, unsigned int type,
                        const void *message, int n_fds)
{
    size_t before = rpc_frame_begin(bytes, header);
    struct xdr_out out;

    xdr_out_begin(&out, bytes, RPC_MESSAGE_MAX - RPC_HEADER_BYTES);
    if ((n_fds && !xdr_put_u32(&out, n_fds)) || wire_encode(&out, type, message) < 0) {
        xdr_out_drop(&out);
        return -1;
    }
    xdr_out_end(&out);
    if (rpc_frame_end(bytes, before))
        return 0;
    error_set(VIR_FROM_RPC, VIR_ERR_RPC, "the answer is larger than %d bytes", RPC_MESSAGE_MAX);
    return -1;
}

static int send_frame(struct daemon_client *client, const struct rpc_header *header,
                      unsigned int type, const void *message, const int *fds, int n_fds)
{
    GByteArray *bytes = server_client_send(client->peer);
    size_t before;

    if (!bytes)
        return 0;
    before = bytes->len;
    if (daemon_client_write(bytes, header, type, message, n_fds) < 0) {
        server_client_unsend(client->peer, before);
        return -1;
    }
    server_client_sent(client->peer, before, fds, n_fds);
    return 0;
}

void daemon_client_send(struct daemon_client *client, const struct rpc_header *header,
                        unsigned int type, const void *message, const int *fds, int n_fds)
{
    if (send_frame(client, header, type, message, fds, n_fds) == 0)
        return;
    if (header->type == RPC_MESSAGE)
        log_warning("event %d cannot be sent: %s", header->procedure, error_last()->message);
    else
        daemon_client_send_error(client, header);
}

void daemon_client_send_error(struct daemon_client *client, const struct rpc_header *header)
{
    struct rpc_header answer = *header;
    wire_error error;

    if (!error_last())
        error_set(VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "procedure %d failed and did not say why",
                  header->procedure);
    error = wire_error_of(error_last());
    answer.status = RPC_ERROR;
    if (answer.type == RPC_REPLY_WITH_FDS)
        answer.type = RPC_REPLY;
    if (send_frame(client, &answer, WIRE_ERROR, &error, NULL, 0) < 0)
        server_client_close(client->peer);
}
