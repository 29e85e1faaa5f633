#include "core/rpc/sasl.h"

#include <corral/corral.h>
#include <errno.h>
#include <sasl/sasl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/hostname.h"
#include "core/base/lock.h"

/* The field's names: what keys and accounts are issued for, and the configuration is called. */
#define SERVICE "libvirt"
#define MIN_BITS 56 /* where nothing else protects the connection; what DES has */
#define BUFFER_MAX 65536
#define QUESTIONS_MAX 8

struct sasl_session {
    sasl_conn_t *conn;
    gboolean server;
    sasl_interact_t *interact; /* of the step that is to be taken again */
    struct sasl_question questions[QUESTIONS_MAX];
    int n_questions;
};

struct sasl_layer {
    struct rpc_layer base;
    struct sasl_session *session;
    int fd;

    lock_t lock; /* guards the rest: one thread reads while another writes */
    size_t plain;
    unsigned int at_once; /* bytes that may be wrapped together */
    const char *decoded;  /* the session's, until the next decoding */
    unsigned int n_decoded;
    const char *encoded; /* likewise, until the next encoding */
    unsigned int n_encoded;
    size_t wrapped; /* bytes of the caller's that `encoded` is made from */
};

static char *failed(struct sasl_session *session, const char *what, int code)
{
    const char *detail =
        session && session->conn ? sasl_errdetail(session->conn) : sasl_errstring(code, NULL, NULL);

    return g_strdup_printf("%s: %d (%s)", what, code, detail);
}

/* --- beginning -----------------------------------------------------------------------------------
 */

/* Loading mechanisms is not for several threads at once, and never undone. */
static int begin_library(gboolean server)
{
    static lock_t lock = LOCK_INITIALIZER;
    static int begun[2];
    int code = SASL_OK;

    lock_guard(&lock);
    if (!begun[server])
        code = server ? sasl_server_init(NULL, SERVICE) : sasl_client_init(NULL);
    begun[server] = code == SASL_OK;
    return code;
}

static void session_free(struct sasl_session *session)
{
    if (!session)
        return;
    for (int i = 0; i < session->n_questions; i++)
        g_free(session->questions[i].answer);
    if (session->conn)
        sasl_dispose(&session->conn);
    g_free(session);
}

/* A password may be sent where nobody can listen in; elsewhere the mechanism has to protect what
 * follows, too. */
static int set_security(struct sasl_session *session, const struct sasl_setup *setup)
{
    sasl_ssf_t external = setup->strength;
    sasl_security_properties_t properties = {
        .min_ssf = setup->guarded ? 0 : MIN_BITS,
        .max_ssf = setup->guarded ? 0 : 100000,
        .maxbufsize = BUFFER_MAX,
        .security_flags =
            SASL_SEC_NOANONYMOUS | (setup->guarded ? 0 : (unsigned int)SASL_SEC_NOPLAINTEXT),
    };
    int code = SASL_OK;

    if (external)
        code = sasl_setprop(session->conn, SASL_SSF_EXTERNAL, &external);
    if (code == SASL_OK)
        code = sasl_setprop(session->conn, SASL_SEC_PROPS, &properties);
    return code;
}

static struct sasl_session *session_new(const struct sasl_setup *setup, gboolean server,
                                        char **ret_why)
{
    /* without functions: what is missing comes back as questions */
    static const sasl_callback_t ask[] = {
        {SASL_CB_USER, NULL, NULL},       {SASL_CB_AUTHNAME, NULL, NULL},
        {SASL_CB_PASS, NULL, NULL},       {SASL_CB_GETREALM, NULL, NULL},
        {SASL_CB_ECHOPROMPT, NULL, NULL}, {SASL_CB_NOECHOPROMPT, NULL, NULL},
        {SASL_CB_LIST_END, NULL, NULL},
    };
    struct sasl_session *session = g_new0(struct sasl_session, 1);
    g_autofree char *host = setup->host ? g_strdup(setup->host) : hostname_dup();
    int code = begin_library(server);

    session->server = server;
    if (code == SASL_OK && server)
        code = sasl_server_new(SERVICE, NULL, NULL, setup->local, setup->remote, NULL,
                               SASL_SUCCESS_DATA, &session->conn);
    else if (code == SASL_OK)
        code = sasl_client_new(SERVICE, host, setup->local, setup->remote, ask, SASL_SUCCESS_DATA,
                               &session->conn);
    if (code == SASL_OK)
        code = set_security(session, setup);
    if (code == SASL_OK)
        return session;
    *ret_why = failed(session, "Failed to set up SASL", code);
    session_free(session);
    return NULL;
}

static struct sasl_session *new_server(const struct sasl_setup *setup, char **ret_why)
{
    return session_new(setup, TRUE, ret_why);
}

static struct sasl_session *new_client(const struct sasl_setup *setup, char **ret_why)
{
    return session_new(setup, FALSE, ret_why);
}

/* --- a login -------------------------------------------------------------------------------------
 */

static char *mechanisms(struct sasl_session *session, char **ret_why)
{
    const char *list = NULL;
    int code = sasl_listmech(session->conn, NULL, "", ",", "", &list, NULL, NULL);

    if (code == SASL_OK && *list)
        return g_strdup(list);
    *ret_why = code == SASL_OK ? g_strdup("no SASL mechanism is good enough for this connection")
                               : failed(session, "cannot list SASL mechanisms", code);
    return NULL;
}

static int api_type(unsigned long id)
{
    switch (id) {
    case SASL_CB_USER:
        return VIR_CRED_USERNAME;
    case SASL_CB_AUTHNAME:
        return VIR_CRED_AUTHNAME;
    case SASL_CB_PASS:
        return VIR_CRED_PASSPHRASE;
    case SASL_CB_GETREALM:
        return VIR_CRED_REALM;
    case SASL_CB_ECHOPROMPT:
        return VIR_CRED_ECHOPROMPT;
    default:
        return VIR_CRED_NOECHOPROMPT;
    }
}

static struct sasl_question *questions(struct sasl_session *session, int *ret_n)
{
    sasl_interact_t *each = session->interact;

    for (int i = 0; i < session->n_questions; i++)
        g_free(session->questions[i].answer);
    session->n_questions = 0;
    for (; each && each->id != SASL_CB_LIST_END && session->n_questions < QUESTIONS_MAX; each++)
        session->questions[session->n_questions++] = (struct sasl_question){
            api_type(each->id), each->challenge, each->prompt, each->defresult, NULL};
    *ret_n = session->n_questions;
    return session->questions;
}

static void give_answers(struct sasl_session *session)
{
    for (int i = 0; session->interact && i < session->n_questions; i++) {
        const char *answer = session->questions[i].answer;

        session->interact[i].result = answer ? answer : "";
        session->interact[i].len = answer ? strlen(answer) : 0;
    }
}

static enum sasl_step judge(struct sasl_session *session, const char *what, int code,
                            char **ret_why)
{
    switch (code) {
    case SASL_OK:
        return SASL_STEP_DONE;
    case SASL_CONTINUE:
        return SASL_STEP_MORE;
    case SASL_INTERACT:
        return SASL_STEP_ASK;
    default:
        *ret_why = failed(session, what, code);
        return SASL_STEP_FAILED;
    }
}

static enum sasl_step start(struct sasl_session *session, const char *mechanism,
                            const struct sasl_data *in, struct sasl_data *out,
                            const char **ret_mechanism, char **ret_why)
{
    int code;

    *out = (struct sasl_data){0};
    if (session->server) {
        code = sasl_server_start(session->conn, mechanism, in->bytes, in->size, &out->bytes,
                                 &out->size);
    } else {
        give_answers(session);
        code = sasl_client_start(session->conn, mechanism, &session->interact, &out->bytes,
                                 &out->size, ret_mechanism);
    }
    return judge(session, "Failed to start SASL negotiation", code, ret_why);
}

static enum sasl_step step(struct sasl_session *session, const struct sasl_data *in,
                           struct sasl_data *out, char **ret_why)
{
    int code;

    *out = (struct sasl_data){0};
    if (session->server) {
        code = sasl_server_step(session->conn, in->bytes, in->size, &out->bytes, &out->size);
    } else {
        give_answers(session);
        code = sasl_client_step(session->conn, in->bytes, in->size, &session->interact, &out->bytes,
                                &out->size);
    }
    return judge(session, "Failed to step SASL negotiation", code, ret_why);
}

static const char *user(struct sasl_session *session, char **ret_why)
{
    const void *name = NULL;
    int code = sasl_getprop(session->conn, SASL_USERNAME, &name);

    if (code == SASL_OK && name)
        return name;
    *ret_why = failed(session, "cannot tell the SASL username", code);
    return NULL;
}

static int bits(struct sasl_session *session)
{
    const void *value = NULL;

    if (sasl_getprop(session->conn, SASL_SSF, &value) != SASL_OK || !value)
        return 0;
    return *(const sasl_ssf_t *)value;
}

/* --- the layer -----------------------------------------------------------------------------------
 */

/* One packet's worth at most: it is decoded whole, or kept until the rest of it is there. */
static ssize_t sasl_read(struct rpc_layer *base, void *buffer, size_t size)
{
    struct sasl_layer *layer = (struct sasl_layer *)base;
    char raw[8192];

    lock_guard(&layer->lock);
    while (!layer->n_decoded) {
        ssize_t n = recv(layer->fd, raw, sizeof(raw), MSG_DONTWAIT);

        if (n <= 0)
            return n;
        if (sasl_decode(layer->session->conn, raw, n, &layer->decoded, &layer->n_decoded) !=
            SASL_OK) {
            errno = EPROTO;
            return -1;
        }
    }
    size = MIN(size, layer->n_decoded);
    memcpy(buffer, layer->decoded, size);
    layer->decoded += size;
    layer->n_decoded -= size;
    return size;
}

static ssize_t send_plain(struct sasl_layer *layer, const void *bytes, size_t size)
{
    ssize_t n = send(layer->fd, bytes, MIN(size, layer->plain), MSG_NOSIGNAL | MSG_DONTWAIT);

    if (n > 0)
        layer->plain -= n;
    return n;
}

/* The caller's bytes count as written when all that they became has gone; it comes back with the
 * same ones until then. */
static ssize_t sasl_write(struct rpc_layer *base, const void *bytes, size_t size)
{
    struct sasl_layer *layer = (struct sasl_layer *)base;

    lock_guard(&layer->lock);
    if (layer->plain)
        return send_plain(layer, bytes, size);
    if (!layer->n_encoded) {
        layer->wrapped = MIN(size, layer->at_once);
        if (sasl_encode(layer->session->conn, bytes, layer->wrapped, &layer->encoded,
                        &layer->n_encoded) != SASL_OK) {
            errno = EPROTO;
            return -1;
        }
    }
    while (layer->n_encoded) {
        ssize_t n = send(layer->fd, layer->encoded, layer->n_encoded, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (n < 0)
            return -1;
        layer->encoded += n;
        layer->n_encoded -= n;
    }
    return layer->wrapped;
}

static gboolean sasl_pending(struct rpc_layer *base)
{
    struct sasl_layer *layer = (struct sasl_layer *)base;

    lock_guard(&layer->lock);
    return layer->n_decoded > 0;
}

static void sasl_layer_free(struct rpc_layer *base)
{
    struct sasl_layer *layer = (struct sasl_layer *)base;

    session_free(layer->session);
    pthread_mutex_destroy(&layer->lock);
    g_free(layer);
}

static const struct rpc_layer_class layer_class = {
    .read = sasl_read,
    .write = sasl_write,
    .pending = sasl_pending,
    .free = sasl_layer_free,
};

static struct rpc_layer *layer_new(struct sasl_session *session, int fd, size_t plain)
{
    struct sasl_layer *layer = g_new0(struct sasl_layer, 1);
    const void *at_once = NULL;

    layer->base.klass = &layer_class;
    layer->session = session;
    layer->fd = fd;
    layer->plain = plain;
    layer->at_once = 4096;
    if (sasl_getprop(session->conn, SASL_MAXOUTBUF, &at_once) == SASL_OK && at_once &&
        *(const unsigned int *)at_once)
        layer->at_once = *(const unsigned int *)at_once;
    pthread_mutex_init(&layer->lock, NULL);
    return &layer->base;
}

__attribute__((visibility("default"))) const struct sasl_module corral_sasl_module = {
    .version = SASL_MODULE_VERSION,
    .server = new_server,
    .client = new_client,
    .free = session_free,
    .mechanisms = mechanisms,
    .start = start,
    .step = step,
    .questions = questions,
    .user = user,
    .bits = bits,
    .layer = layer_new,
};
