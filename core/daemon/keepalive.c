#include "core/daemon/keepalive.h"

#include "core/base/log.h"
#include "core/daemon/daemon.h"
#include "wire.h"

static void send_ping(struct daemon_client *client)
{
    struct rpc_header ping = {.program = RPC_KEEPALIVE_PROGRAM,
                              .version = RPC_KEEPALIVE_VERSION,
                              .procedure = RPC_KEEPALIVE_PING,
                              .type = RPC_MESSAGE};

    daemon_client_send(client, &ping, WIRE_NONE, NULL, NULL, 0);
}

void daemon_keepalive_start(struct daemon_client *client)
{
    client->pinged = g_get_monotonic_time();
    server_client_set_ticking(client->peer, TRUE);
}

/* The client's own questions wait behind what we do not read from it, so it hears from us without
 * having asked; and its silence is ours. */
static void comfort(struct daemon_client *client, gint64 now)
{
    client->pinged = now;
    client->pings = 0;
    send_ping(client);
}

void daemon_keepalive_tick(struct daemon_client *client, gint64 now)
{
    g_autofree char *name = NULL;
    struct daemon_config *config = daemon_config_of(client->daemon);
    gint64 interval = config->keepalive_interval * G_TIME_SPAN_SECOND;
    int count = config->keepalive_count;

    daemon_config_unref(config);
    if (interval <= 0)
        return;
    if (!client->peer->reading) {
        comfort(client, now);
        return;
    }
    if (client->peer->heard > client->pinged)
        client->pings = 0;
    if (now - MAX(client->peer->heard, client->pinged) < interval)
        return;
    if (client->pings >= count) {
        name = daemon_client_name(client);
        log_warning("client=%" G_GUINT64_FORMAT " %s has not answered %d keepalive messages",
                    client->peer->id, name, client->pings);
        daemon_client_drop(client, "keepalive: no sign of life");
        return;
    }
    client->pings++;
    client->pinged = now;
    send_ping(client);
}

void daemon_keepalive_frame(struct daemon_client *client, const struct rpc_header *header)
{
    struct rpc_header pong = *header;

    if (header->procedure != RPC_KEEPALIVE_PING)
        return;
    pong.procedure = RPC_KEEPALIVE_PONG;
    daemon_client_send(client, &pong, WIRE_NONE, NULL, NULL, 0);
}
