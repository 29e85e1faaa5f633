#include "core/daemon/auth.h"

#include <unistd.h>

#include "core/base/log.h"
#include "core/daemon/daemon.h"
#include "core/daemon/dispatch.h"
#include "core/daemon/metrics.h"
#include "core/daemon/polkit.h"
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

/* Its number may be another process's one day, so polkit wants to know since when it has it. */
static void note_process(struct daemon_client *client)
{
    struct access_identity *identity = &client->identity;

    lock_guard(&client->lock);
    if (identity->local && identity->pid && !identity->pid_time)
        identity->pid_time = polkit_process_start(identity->pid);
}

/* Names and groups may come from far away: they are looked up only where a rule is about them, and
 * never for the owner. */
void daemon_client_trust(struct daemon_client *client)
{
    struct access_rules *rules = daemon_rules_of(client->daemon);
    g_autofree char *name = NULL;

    if (access_rules_want_polkit(rules))
        note_process(client);
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

/* Those whom the kernel vouches for are no strangers, however long polkit takes. */
static void begin_proving(struct daemon_client *client)
{
    client->proving = TRUE;
    server_client_set_ticking(client->peer, TRUE);
    if (client->service->auth != DAEMON_AUTH_POLKIT)
        return;
    note_process(client);
    server_client_identified(client->peer);
}

int daemon_auth_begin(struct daemon_client *client)
{
    if (client->service->tls && daemon_tls_begin(client) < 0)
        return -1;
    if (needs_proof(client)) {
        begin_proving(client);
        return 0;
    }
    daemon_client_trust(client);
    server_client_identified(client->peer);
    return 0;
}

void daemon_auth_settle(struct daemon_client *client)
{
    if (!client->proving || !daemon_client_is_trusted(client))
        return;
    client->proving = FALSE;
    server_client_set_ticking(client->peer, FALSE);
    server_client_identified(client->peer);
}

static gboolean is_asked_about(struct daemon_client *client)
{
    lock_guard(&client->lock);
    return client->asked != NULL;
}

void daemon_auth_tick(struct daemon_client *client, gint64 now)
{
    struct daemon_config *config = daemon_config_of(client->daemon);
    gint64 deadline = client->connected + config->auth_timeout * G_TIME_SPAN_SECOND;

    daemon_config_unref(config);
    daemon_auth_settle(client);
    if (!client->proving || now < deadline || is_asked_about(client))
        return;
    log_warning("client=%" G_GUINT64_FORMAT " has not proved who it is in time", client->peer->id);
    daemon_client_drop(client, "it has not proved who it is in time");
}

void daemon_auth_leave(struct daemon_client *client)
{
    lock_guard(&client->lock);
    if (client->asked)
        polkit_cancel(client->asked);
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

/* --- polkit --------------------------------------------------------------------------------------
 */

/* A call whose answer is polkit's. */
struct asking {
    struct server_client *peer; /* held */
    struct rpc_header header;
    const struct wire_procedure *procedure;
    const char *action;
    gint64 began;
};

static void let_in(struct asking *asking)
{
    wire_auth_polkit_ret ret = {.complete = 1};

    daemon_client_trust(asking->peer->data);
    daemon_client_send(asking->peer->data, &asking->header, asking->procedure->ret, &ret, NULL, 0);
}

static void turn_away(struct asking *asking, enum polkit_verdict verdict, const char *why)
{
    struct daemon_client *client = asking->peer->data;
    g_autofree char *name = daemon_client_name(client);

    error_reset();
    polkit_error(asking->action, verdict, why);
    log_warning("client=%" G_GUINT64_FORMAT " who=\"%s\" login failed reason=\"%s\"",
                client->peer->id, name, error_last()->message);
    daemon_client_send_error(client, &asking->header);
}

/* In the event loop's thread, some time. */
static void on_polkit(void *data, enum polkit_verdict verdict, const char *why)
{
    struct asking *asking = data;
    struct daemon_client *client = asking->peer->data;
    gint64 took = g_get_monotonic_time() - asking->began;

    lock_take(&client->lock);
    g_clear_pointer(&client->asked, polkit_unref);
    lock_drop(&client->lock);
    metrics_count(client->daemon->metrics, asking->procedure, took, verdict != POLKIT_YES);
    if (verdict == POLKIT_YES)
        let_in(asking);
    else
        turn_away(asking, verdict, why);
    server_client_unref(asking->peer);
    g_free(asking);
}

static struct asking *asking_new(const struct dispatch_call *call)
{
    struct asking *asking = g_new(struct asking, 1);

    *asking = (struct asking){
        .peer = server_client_ref(call->client->peer),
        .header = call->header,
        .procedure = call->procedure,
        .action = call->client->readonly ? "org.libvirt.unix.monitor" : "org.libvirt.unix.manage",
        .began = call->began,
    };
    asking->header.type = RPC_REPLY;
    return asking;
}

static int ask_polkit(struct dispatch_call *call, int timeout)
{
    struct daemon_client *client = call->client;
    struct asking *asking = asking_new(call);
    struct polkit_question question = {
        .pid = client->identity.pid,
        .start = client->identity.pid_time,
        .uid = client->identity.uid,
        .action = asking->action,
        .may_ask_user = TRUE,
        .timeout = timeout,
    };

    lock_take(&client->lock);
    client->asked = polkit_ask(&question, on_polkit, asking);
    call->later = client->asked != NULL;
    lock_drop(&client->lock);
    if (call->later)
        return 0;
    server_client_unref(asking->peer);
    g_free(asking);
    return -1;
}

/* In the server's thread, which must not wait: the answer goes when polkit has said it. */
int dispatch_auth_polkit(struct dispatch_call *call, const void *message, void *answer)
{
    struct daemon_client *client = call->client;
    struct daemon_config *config = daemon_config_of(client->daemon);
    int timeout = config->polkit_timeout;
    wire_auth_polkit_ret *ret = answer;

    (void)message;
    daemon_config_unref(config);
    if (client->service->auth != DAEMON_AUTH_POLKIT)
        return refuse_auth("polkit");
    ret->complete = 1;
    if (daemon_client_is_trusted(client))
        return 0;
    if (is_asked_about(client)) {
        error_set(VIR_FROM_POLKIT, VIR_ERR_AUTH_FAILED, "polkit is being asked already");
        return -1;
    }
    if (!client->identity.pid_time) {
        error_set(VIR_FROM_POLKIT, VIR_ERR_AUTH_FAILED,
                  "polkit knows processes, and the one that has connected (%d) has ended",
                  (int)client->identity.pid);
        return -1;
    }
    return ask_polkit(call, timeout);
}
