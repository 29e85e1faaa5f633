#include "core/drivers/remote/login.h"

#include <stdlib.h>
#include <string.h>

#include "core/drivers/remote/call.h"
#include "core/drivers/remote/credentials.h"
#include "core/drivers/remote/remote.h"
#include "core/object/error.h"
#include "core/rpc/secure.h"

/* Less than that protects nothing; what DES has. */
#define MIN_BITS 56

struct login {
    virConnectPtr conn;
    const struct remote_address *address;
    virConnectAuthPtr auth;
    const struct sasl_module *sasl;
    struct sasl_session *session;
    gboolean complete; /* says the server */
    char *in;          /* what it has said, with a NUL behind it; NULL is not the same as nothing */
    unsigned int n_in;
};

static int fail(char *why)
{
    error_set(VIR_FROM_REMOTE, VIR_ERR_AUTH_FAILED, "%s", why);
    g_free(why);
    return -1;
}

static void take_in(struct login *login, int nil, const char *data, unsigned int n)
{
    g_free(login->in);
    login->in = nil ? NULL : g_malloc0(n + 1);
    login->n_in = nil ? 0 : n;
    if (login->n_in)
        memcpy(login->in, data, n);
}

static int call_start(struct login *login, const char *mechanism, const struct sasl_data *out)
{
    wire_auth_sasl_start_args args = {mechanism, !out->bytes, (char *)out->bytes, out->size};
    wire_auth_sasl_start_ret ret;

    if (remote_call(login->conn, "virConnectOpen", WIRE_PROGRAM_REMOTE, WIRE_PROC_AUTH_SASL_START,
                    &args, &ret) < 0)
        return -1;
    take_in(login, ret.nil, ret.data, ret.data_count);
    login->complete = ret.complete;
    wire_clear(WIRE_AUTH_SASL_START_RET, &ret);
    return 0;
}

static int call_step(struct login *login, const struct sasl_data *out)
{
    wire_auth_sasl_step_args args = {!out->bytes, (char *)out->bytes, out->size};
    wire_auth_sasl_step_ret ret;

    if (remote_call(login->conn, "virConnectOpen", WIRE_PROGRAM_REMOTE, WIRE_PROC_AUTH_SASL_STEP,
                    &args, &ret) < 0)
        return -1;
    take_in(login, ret.nil, ret.data, ret.data_count);
    login->complete = ret.complete;
    wire_clear(WIRE_AUTH_SASL_STEP_RET, &ret);
    return 0;
}

static int answer(struct login *login)
{
    int n;
    struct sasl_question *questions = login->sasl->questions(login->session, &n);

    return credentials_answer(login->address, login->auth, questions, n);
}

static enum sasl_step start(struct login *login, const char *list)
{
    const struct sasl_data none = {0};
    const char *mechanism = NULL;
    struct sasl_data out;
    char *why = NULL;
    enum sasl_step step;

    do {
        step = login->sasl->start(login->session, list, &none, &out, &mechanism, &why);
        if (step == SASL_STEP_FAILED)
            return fail(why);
        if (step == SASL_STEP_ASK && answer(login) < 0)
            return SASL_STEP_FAILED;
    } while (step == SASL_STEP_ASK);
    return call_start(login, mechanism, &out) < 0 ? SASL_STEP_FAILED : step;
}

static enum sasl_step step_once(struct login *login)
{
    struct sasl_data in = {login->in, login->n_in}, out;
    char *why = NULL;
    enum sasl_step step;

    do {
        step = login->sasl->step(login->session, &in, &out, &why);
        if (step == SASL_STEP_FAILED)
            return fail(why);
        if (step == SASL_STEP_ASK && answer(login) < 0)
            return SASL_STEP_FAILED;
    } while (step == SASL_STEP_ASK);
    if (step == SASL_STEP_DONE && login->complete)
        return step;
    return call_step(login, &out) < 0 ? SASL_STEP_FAILED : step;
}

/* Until both sides are satisfied. */
static int negotiate(struct login *login, const char *list)
{
    enum sasl_step step = start(login, list);

    while (step != SASL_STEP_FAILED && !(step == SASL_STEP_DONE && login->complete))
        step = step_once(login);
    return step == SASL_STEP_FAILED ? -1 : 0;
}

static int protect(struct login *login)
{
    struct remote *remote = remote_of(login->conn);
    struct rpc_socket *socket = rpc_client_socket(remote->client);
    int bits;

    if (remote->secure)
        return 0;
    bits = login->sasl->bits(login->session);
    if (bits < MIN_BITS)
        return fail(g_strdup_printf("negotiation SSF %d was not strong enough: the mechanism does "
                                    "not protect the connection, and nothing else does",
                                    bits));
    rpc_socket_set_layer(socket,
                         login->sasl->layer(g_steal_pointer(&login->session), socket->fd, 0));
    remote->encrypted = remote->secure = TRUE;
    return 0;
}

/* What the server offers, or what was asked for of it; NULL with an error. */
static char *choose(const char *offered, const char *mechanism)
{
    g_auto(GStrv) list = g_strsplit_set(offered, ", ", -1);

    if (!mechanism)
        return g_strdup(offered);
    if (g_strv_contains((const char *const *)list, mechanism))
        return g_strdup(mechanism);
    error_set(VIR_FROM_REMOTE, VIR_ERR_AUTH_FAILED,
              "SASL mechanism %s not supported by server: it offers %s", mechanism, offered);
    return NULL;
}

static int begin(struct login *login)
{
    struct remote *remote = remote_of(login->conn);
    const struct rpc_socket *socket = rpc_client_socket(remote->client);
    const struct tls_module *tls = login->address->transport == REMOTE_TLS ? secure_tls() : NULL;
    struct sasl_setup setup = {
        .host = login->address->host ? login->address->host : "localhost",
        .guarded = remote->secure,
        .strength = tls ? tls->strength(socket->layer) : 0,
    };
    char *why = NULL;

    login->session = login->sasl->client(&setup, &why);
    return login->session ? 0 : fail(why);
}

int remote_login(virConnectPtr conn, const struct remote_address *address, virConnectAuthPtr auth,
                 const char *mechanism)
{
    struct login login = {conn, address, auth, secure_sasl(), NULL, FALSE, NULL, 0};
    g_autofree char *list = NULL;
    wire_auth_sasl_init_ret offer;
    int status = -1;

    if (!login.sasl || begin(&login) < 0)
        return -1;
    if (remote_call(conn, "virConnectOpen", WIRE_PROGRAM_REMOTE, WIRE_PROC_AUTH_SASL_INIT, NULL,
                    &offer) == 0) {
        list = choose(offer.mechlist, mechanism);
        wire_clear(WIRE_AUTH_SASL_INIT_RET, &offer);
    }
    if (list && negotiate(&login, list) == 0)
        status = protect(&login);
    login.sasl->free(login.session);
    g_free(login.in);
    return status;
}
