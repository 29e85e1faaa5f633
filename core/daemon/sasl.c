/* Logins by SASL. */
#include <string.h>

#include "core/base/log.h"
#include "core/daemon/client.h"
#include "core/daemon/daemon.h"
#include "core/daemon/dispatch.h"
#include "core/daemon/tls.h"
#include "core/rpc/secure.h"
#include "wire.h"

/* Less than that protects nothing; what DES has. */
#define MIN_BITS 56

enum stage { LOGIN_OFFERED, LOGIN_STARTED, LOGIN_DONE, LOGIN_FAILED };

/* Kept until the client goes: there is one attempt a connection. */
struct login {
    lock_t lock; /* guards the rest: a client may call from several threads */
    enum stage stage;
    const struct sasl_module *sasl;
    struct sasl_session *session; /* NULL when a layer has it */
    struct sasl_session *layered; /* to be put below the messages after this answer */
};

static void login_free(void *data)
{
    struct login *login = data;

    login->sasl->free(login->session);
    lock_clear(&login->lock);
    g_free(login);
}

static int fail(void)
{
    error_set(VIR_FROM_RPC, VIR_ERR_AUTH_FAILED, "authentication failed");
    return -1;
}

/* The log knows more than who tries to get in. */
static int refuse(struct dispatch_call *call, struct login *login, const char *why)
{
    log_warning("client=%" G_GUINT64_FORMAT " login failed reason=\"%s\"", call->client->peer->id,
                why);
    if (login)
        login->stage = LOGIN_FAILED;
    return fail();
}

static struct login *login_of(struct daemon_client *client)
{
    lock_guard(&client->lock);
    return client->auth;
}

/* --- beginning -----------------------------------------------------------------------------------
 */

static struct login *login_new(struct dispatch_call *call)
{
    const struct sasl_module *sasl = secure_sasl();
    struct daemon_client *client = call->client;
    struct sasl_setup setup = {
        .guarded = client->local || client->service->tls,
        .strength = daemon_tls_strength(client),
    };
    struct sasl_session *session;
    g_autofree char *why = NULL;
    struct login *login;

    if (!sasl) {
        refuse(call, NULL, error_last()->message);
        return NULL;
    }
    session = sasl->server(&setup, &why);
    if (!session) {
        refuse(call, NULL, why);
        return NULL;
    }
    login = g_new0(struct login, 1);
    lock_init(&login->lock);
    login->sasl = sasl;
    login->session = session;
    return login;
}

static gboolean adopt(struct daemon_client *client, struct login *login)
{
    lock_guard(&client->lock);
    if (client->auth)
        return FALSE;
    client->auth = login;
    client->auth_free = login_free;
    return TRUE;
}

int dispatch_auth_sasl_init(struct dispatch_call *call, const void *message, void *answer)
{
    wire_auth_sasl_init_ret *ret = answer;
    g_autofree char *why = NULL;
    struct login *login;
    char *list;

    (void)message;
    if (call->client->service->auth != DAEMON_AUTH_SASL || login_of(call->client))
        return refuse(call, NULL, "SASL is not offered here, or was begun before");
    login = login_new(call);
    if (!login)
        return -1;
    list = login->sasl->mechanisms(login->session, &why);
    if (!list || !adopt(call->client, login)) {
        g_free(list);
        login_free(login);
        return refuse(call, NULL, why ? why : "it was begun twice");
    }
    ret->mechlist = list;
    return 0;
}

/* --- stepping ------------------------------------------------------------------------------------
 */

static gboolean is_allowed(struct daemon_client *client, const char *user)
{
    struct daemon_config *config = daemon_config_of(client->daemon);
    char **patterns = config->sasl_allowed_username_list;
    gboolean allowed = !patterns;

    for (char **each = patterns; each && *each && !allowed; each++)
        allowed = g_pattern_match_simple(*each, user);
    daemon_config_unref(config);
    return allowed;
}

/* The answer goes out as it is, and what follows through the layer. */
static void put_layer(struct dispatch_call *call)
{
    struct login *login = login_of(call->client);
    struct server_client *peer = call->client->peer;

    lock_take(&peer->lock);
    rpc_socket_set_layer(&peer->socket,
                         login->sasl->layer(login->layered, peer->socket.fd, peer->outbox.bytes));
    lock_drop(&peer->lock);
    server_client_let_go(peer);
}

/* Nothing is read from the client before the layer is there. */
static int finish(struct dispatch_call *call, struct login *login)
{
    struct daemon_client *client = call->client;
    gboolean guarded = client->local || client->service->tls;
    int bits = login->sasl->bits(login->session);
    g_autofree char *why = NULL;
    const char *user = login->sasl->user(login->session, &why);

    if (!user)
        return refuse(call, login, why);
    if (!guarded && bits < MIN_BITS)
        return refuse(call, login, "the mechanism does not protect the connection");
    if (!is_allowed(client, user)) {
        why = g_strdup_printf("sasl_allowed_username_list does not have '%s'", user);
        return refuse(call, login, why);
    }
    log_info("client=%" G_GUINT64_FORMAT " sasl=\"%s\"", client->peer->id, user);
    lock_take(&client->lock);
    g_free(client->identity.sasl);
    client->identity.sasl = g_strdup(user);
    lock_drop(&client->lock);
    login->stage = LOGIN_DONE;
    if (!guarded) {
        login->layered = g_steal_pointer(&login->session);
        server_client_hold(client->peer);
        call->after = put_layer;
    }
    daemon_client_trust(client);
    return 0;
}

/* What the mechanism has said may be the last word, and is gone with the session's next. */
static int take_step(struct dispatch_call *call, struct login *login, enum sasl_step step,
                     const struct sasl_data *out, wire_auth_sasl_start_ret *ret, const char *why)
{
    if (step == SASL_STEP_FAILED || step == SASL_STEP_ASK)
        return refuse(call, login, why ? why : "the mechanism asks questions");
    ret->nil = !out->bytes;
    ret->data_count = out->bytes ? out->size : 0;
    ret->data = ret->data_count ? g_memdup2(out->bytes, out->size) : NULL;
    ret->complete = step == SASL_STEP_DONE;
    login->stage = LOGIN_STARTED;
    if (!ret->complete || finish(call, login) == 0)
        return 0;
    g_clear_pointer(&ret->data, g_free);
    ret->data_count = 0;
    return -1;
}

/* NULL is no data, and "" is data without bytes: mechanisms know the difference. */
static struct sasl_data data_of(int nil, const char *data, unsigned int n)
{
    return (struct sasl_data){nil ? NULL : n ? data : "", nil ? 0 : n};
}

static struct login *login_at(struct dispatch_call *call, enum stage stage)
{
    struct login *login = login_of(call->client);

    if (!login) {
        refuse(call, NULL, "it is stepped before its beginning");
        return NULL;
    }
    lock_take(&login->lock);
    if (login->stage == stage)
        return login;
    refuse(call, NULL, "its steps are out of order");
    lock_drop(&login->lock);
    return NULL;
}

/* Both steps' answers are the same. */
G_STATIC_ASSERT(sizeof(wire_auth_sasl_start_ret) == sizeof(wire_auth_sasl_step_ret) &&
                offsetof(wire_auth_sasl_start_ret, data) ==
                    offsetof(wire_auth_sasl_step_ret, data));

/* The first has a mechanism, which is NULL later. */
static int run_step(struct dispatch_call *call, const char *mechanism, const struct sasl_data *in,
                    void *answer)
{
    struct login *login = login_at(call, mechanism ? LOGIN_OFFERED : LOGIN_STARTED);
    g_autofree char *why = NULL;
    struct sasl_data out;
    enum sasl_step step;
    int status;

    if (!login)
        return -1;
    step = mechanism ? login->sasl->start(login->session, mechanism, in, &out, NULL, &why)
                     : login->sasl->step(login->session, in, &out, &why);
    status = take_step(call, login, step, &out, answer, why);
    lock_drop(&login->lock);
    return status;
}

int dispatch_auth_sasl_start(struct dispatch_call *call, const void *message, void *answer)
{
    const wire_auth_sasl_start_args *args = message;
    struct sasl_data in = data_of(args->nil, args->data, args->data_count);

    return run_step(call, args->mech, &in, answer);
}

int dispatch_auth_sasl_step(struct dispatch_call *call, const void *message, void *answer)
{
    const wire_auth_sasl_step_args *args = message;
    struct sasl_data in = data_of(args->nil, args->data, args->data_count);

    return run_step(call, NULL, &in, answer);
}
