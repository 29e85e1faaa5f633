#include "core/daemon/auth.h"

#include <unistd.h>

#include "core/base/log.h"
#include "core/daemon/daemon.h"
#include "core/daemon/dispatch.h"
#include "core/daemon/tls.h"
#include "core/object/error.h"
#include "wire.h"

gboolean daemon_client_is_trusted(struct daemon_client *client)
{
    return __atomic_load_n(&client->trusted, __ATOMIC_ACQUIRE);
}

struct access_rights *daemon_client_rights(struct daemon_client *client)
{
    lock_guard(&client->lock);
    if (!client->rights || client->rights->all)
        return NULL;
    return access_rights_ref(client->rights);
}

char *daemon_client_name(struct daemon_client *client)
{
    lock_guard(&client->lock);
    return access_identity_text(&client->identity);
}

/* With the client's lock held. */
static void judge(struct daemon_client *client, struct access_rules *rules)
{
    struct access_rights *before = client->rights;

    client->rights = access_rights_for(rules, &client->identity, client->readonly);
    access_rights_unref(before);
}

/* Names and groups may come from far away: they are looked up only where a rule is about them, and
 * never for the owner. */
void daemon_client_trust(struct daemon_client *client)
{
    struct access_rules *rules = daemon_rules_of(client->daemon);
    g_autofree char *name = NULL;

    lock_take(&client->lock);
    judge(client, rules);
    if (!client->rights->all && access_rules_name_users(rules)) {
        access_identity_fill(&client->identity);
        judge(client, rules);
    }
    name = access_identity_text(&client->identity);
    lock_drop(&client->lock);
    access_rules_unref(rules);
    log_info("client=%" G_GUINT64_FORMAT " who=\"%s\" service=%s", client->peer->id, name,
             client->service->name);
    __atomic_store_n(&client->trusted, TRUE, __ATOMIC_RELEASE);
}

void daemon_client_judge_anew(struct daemon_client *client)
{
    if (daemon_client_is_trusted(client))
        daemon_client_trust(client);
}

/* --- coming --------------------------------------------------------------------------------------
 */

/* The kernel says who it is, and that is enough for the owner. */
static gboolean is_owner(const struct daemon_client *client)
{
    return client->local && (client->identity.uid == 0 || client->identity.uid == geteuid());
}

static gboolean needs_proof(const struct daemon_client *client)
{
    switch (client->service->auth) {
    case DAEMON_AUTH_NONE:
        return client->service->tls;
    case DAEMON_AUTH_POLKIT:
        return !is_owner(client);
    default:
        return TRUE;
    }
}

int daemon_auth_begin(struct daemon_client *client)
{
    if (client->service->tls && daemon_tls_begin(client) < 0)
        return -1;
    if (needs_proof(client)) {
        server_client_set_ticking(client->peer, TRUE);
        return 0;
    }
    daemon_client_trust(client);
    daemon_auth_settle(client);
    return 0;
}

void daemon_auth_settle(struct daemon_client *client)
{
    if (!client->peer->anonymous || !daemon_client_is_trusted(client))
        return;
    server_client_set_ticking(client->peer, FALSE);
    server_client_identified(client->peer);
}

void daemon_auth_tick(struct daemon_client *client, gint64 now)
{
    struct daemon_config *config = daemon_config_of(client->daemon);
    gint64 deadline = client->connected + config->auth_timeout * G_TIME_SPAN_SECOND;

    daemon_config_unref(config);
    if (now < deadline)
        return;
    log_warning("client=%" G_GUINT64_FORMAT " has not proved who it is in time", client->peer->id);
    daemon_client_drop(client, "it has not proved who it is in time");
}

/* --- the procedures ------------------------------------------------------------------------------
 */

int dispatch_auth_list(struct dispatch_call *call, const void *message, void *answer)
{
    wire_auth_list_ret *ret = answer;
    gboolean trusted = daemon_client_is_trusted(call->client);

    (void)message;
    ret->types = g_new(int, 1);
    ret->types[0] = trusted ? DAEMON_AUTH_NONE : call->client->service->auth;
    ret->types_count = 1;
    return 0;
}

static int refuse_auth(const char *what)
{
    error_set(VIR_FROM_RPC, VIR_ERR_AUTH_FAILED, "%s is not offered here", what);
    return -1;
}

/* Where there is D-Bus, it is asked here. */
int dispatch_auth_polkit(struct dispatch_call *call, const void *message, void *answer)
{
    g_autofree char *name = NULL;

    if (call->client->service->auth != DAEMON_AUTH_POLKIT)
        return refuse_auth("polkit");
    if (daemon_client_is_trusted(call->client))
        return 0;
    name = daemon_client_name(call->client);
    error_set(VIR_FROM_POLKIT, VIR_ERR_AUTH_UNAVAILABLE,
              "polkit cannot be asked about %s: this daemon has no D-Bus", name);
    return -1;
}
