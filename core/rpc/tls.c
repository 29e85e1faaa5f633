#include "core/rpc/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#include "core/base/lock.h"

struct tls_credentials {
    gint refs;
    gnutls_certificate_credentials_t x509;
    char *priority;
};

struct tls_layer {
    struct rpc_layer base;
    struct tls_credentials *credentials;
    tls_judge judge; /* a server's */
    void *data;
    gboolean ready; /* hands are shaken; messages may pass */

    lock_t lock; /* guards the rest: one thread reads while another writes */
    gnutls_session_t session;
    gboolean unsent; /* a record that the socket did not take whole */
    char *problem;
};

static char *failed(const char *what, int code)
{
    return g_strdup_printf("%s: %s", what, gnutls_strerror(code));
}

/* --- credentials ---------------------------------------------------------------------------------
 */

static void credentials_unref(struct tls_credentials *credentials)
{
    if (!credentials || !g_atomic_int_dec_and_test(&credentials->refs))
        return;
    gnutls_certificate_free_credentials(credentials->x509);
    g_free(credentials->priority);
    g_free(credentials);
}

static struct tls_credentials *credentials_ref(struct tls_credentials *credentials)
{
    g_atomic_int_inc(&credentials->refs);
    return credentials;
}

/* Said before GnuTLS says it: it does not name the file. */
static gboolean can_read(const char *what, const char *path, char **ret_why)
{
    g_autoptr(GError) problem = NULL;
    g_autofree char *text = NULL;

    if (g_file_get_contents(path, &text, NULL, &problem))
        return TRUE;
    *ret_why = g_strdup_printf("Cannot read %s '%s': %s", what, path, problem->message);
    return FALSE;
}

/* One that has run out is refused by everybody: better to hear it from here. */
static gboolean is_valid_now(const char *what, const char *path, char **ret_why)
{
    g_autofree char *text = NULL;
    gnutls_x509_crt_t *list = NULL;
    gnutls_datum_t datum = {0};
    unsigned int n = 0;
    gsize size = 0;
    time_t now = time(NULL);

    if (!g_file_get_contents(path, &text, &size, NULL))
        return TRUE;
    datum.data = (unsigned char *)text;
    datum.size = size;
    if (gnutls_x509_crt_list_import2(&list, &n, &datum, GNUTLS_X509_FMT_PEM, 0) < 0)
        return TRUE; /* GnuTLS finds out what is wrong with it */
    for (unsigned int i = 0; i < n; i++) {
        if (gnutls_x509_crt_get_expiration_time(list[i]) < now && !*ret_why)
            *ret_why = g_strdup_printf("The %s '%s' has expired", what, path);
        if (gnutls_x509_crt_get_activation_time(list[i]) > now && !*ret_why)
            *ret_why = g_strdup_printf("The %s '%s' is not yet active", what, path);
        gnutls_x509_crt_deinit(list[i]);
    }
    gnutls_free(list);
    return !*ret_why;
}

static gboolean check_files(const struct tls_files *files, char **ret_why)
{
    const char *own = files->server ? "server certificate" : "client certificate";

    if (files->ca && (!can_read("CA certificate", files->ca, ret_why) ||
                      (!files->no_sanity && !is_valid_now("CA certificate", files->ca, ret_why))))
        return FALSE;
    if (files->crl && !can_read("list of revoked certificates", files->crl, ret_why))
        return FALSE;
    if (!files->cert)
        return TRUE;
    return can_read(own, files->cert, ret_why) &&
           can_read(files->server ? "server private key" : "client private key", files->key,
                    ret_why) &&
           (files->no_sanity || is_valid_now(own, files->cert, ret_why));
}

static gboolean read_files(gnutls_certificate_credentials_t x509, const struct tls_files *files,
                           char **ret_why)
{
    int code = 0;

    if (files->ca &&
        (code = gnutls_certificate_set_x509_trust_file(x509, files->ca, GNUTLS_X509_FMT_PEM)) < 0)
        *ret_why = g_strdup_printf("Unable to set x509 CA certificate '%s': %s", files->ca,
                                   gnutls_strerror(code));
    else if (files->crl && (code = gnutls_certificate_set_x509_crl_file(x509, files->crl,
                                                                        GNUTLS_X509_FMT_PEM)) < 0)
        *ret_why = g_strdup_printf("Unable to set x509 certificate revocation list '%s': %s",
                                   files->crl, gnutls_strerror(code));
    else if (files->cert && (code = gnutls_certificate_set_x509_key_file(
                                 x509, files->cert, files->key, GNUTLS_X509_FMT_PEM)) < 0)
        *ret_why = g_strdup_printf("Unable to set x509 key and certificate '%s', '%s': %s",
                                   files->key, files->cert, gnutls_strerror(code));
    return code >= 0;
}

static gboolean check_priority(const char *priority, char **ret_why)
{
    const char *where = "";
    gnutls_priority_t cache;
    int code;

    if (!priority)
        return TRUE;
    code = gnutls_priority_init(&cache, priority, &where);
    if (code < 0) {
        *ret_why = g_strdup_printf("Failed to set TLS session priority to '%s': %s, at '%s'",
                                   priority, gnutls_strerror(code), where);
        return FALSE;
    }
    gnutls_priority_deinit(cache);
    return TRUE;
}

static struct tls_credentials *load(const struct tls_files *files, char **ret_why)
{
    struct tls_credentials *credentials;
    int code;

    if (!check_files(files, ret_why) || !check_priority(files->priority, ret_why))
        return NULL;
    credentials = g_new0(struct tls_credentials, 1);
    credentials->refs = 1;
    credentials->priority = g_strdup(files->priority);
    code = gnutls_certificate_allocate_credentials(&credentials->x509);
    if (code < 0) {
        *ret_why = failed("Unable to allocate x509 credentials", code);
        g_free(credentials->priority);
        g_free(credentials);
        return NULL;
    }
    if (read_files(credentials->x509, files, ret_why))
        return credentials;
    credentials_unref(credentials);
    return NULL;
}

/* --- what a certificate says ---------------------------------------------------------------------
 */

/* NULL without one. */
static gnutls_x509_crt_t peer_certificate(gnutls_session_t session)
{
    unsigned int n = 0;
    const gnutls_datum_t *list = gnutls_certificate_get_peers(session, &n);
    gnutls_x509_crt_t crt;

    if (!list || !n || gnutls_x509_crt_init(&crt) < 0)
        return NULL;
    if (gnutls_x509_crt_import(crt, &list[0], GNUTLS_X509_FMT_DER) == 0)
        return crt;
    gnutls_x509_crt_deinit(crt);
    return NULL;
}

static char *name_of(gnutls_x509_crt_t crt)
{
    gnutls_datum_t name = {0};
    char *copy;

    if (gnutls_x509_crt_get_dn3(crt, &name, GNUTLS_X509_DN_FLAG_COMPAT) < 0)
        return NULL;
    copy = g_strndup((char *)name.data, name.size);
    gnutls_free(name.data);
    return copy;
}

/* The hosts that it is for, as text; its own name when it says nothing else. */
static char *hosts_of(gnutls_x509_crt_t crt)
{
    GString *text = g_string_new("");
    int type = 0;

    for (unsigned int i = 0; type >= 0; i++) {
        char name[256];
        size_t size = sizeof(name);

        type = gnutls_x509_crt_get_subject_alt_name(crt, i, name, &size, NULL);
        if (type == GNUTLS_SAN_DNSNAME) {
            g_string_append_printf(text, "%s%.*s", text->len ? ", " : "", (int)size, name);
        } else if (type == GNUTLS_SAN_IPADDRESS) {
            char spelled[INET6_ADDRSTRLEN] = "";

            inet_ntop(size == 4 ? AF_INET : AF_INET6, name, spelled, sizeof(spelled));
            g_string_append_printf(text, "%s%s", text->len ? ", " : "", spelled);
        }
    }
    if (!text->len) {
        g_autofree char *name = name_of(crt);

        g_string_append(text, name ? name : "nobody");
    }
    return g_string_free(text, FALSE);
}

static char *bad_status(gnutls_session_t session, unsigned int status)
{
    gnutls_datum_t text = {0};
    const char *reason =
        status & GNUTLS_CERT_EXPIRED              ? "The certificate has expired"
        : status & GNUTLS_CERT_NOT_ACTIVATED      ? "The certificate is not yet active"
        : status & GNUTLS_CERT_REVOKED            ? "The certificate has been revoked"
        : status & GNUTLS_CERT_SIGNER_NOT_FOUND   ? "The certificate hasn't got a known issuer"
        : status & GNUTLS_CERT_SIGNER_NOT_CA      ? "The certificate's issuer is no CA"
        : status & GNUTLS_CERT_INSECURE_ALGORITHM ? "The certificate uses an insecure algorithm"
                                                  : NULL;
    char *copy;

    if (reason)
        return g_strdup(reason);
    if (gnutls_certificate_verification_status_print(
            status, gnutls_certificate_type_get2(session, GNUTLS_CTYPE_PEERS), &text, 0) < 0)
        return g_strdup("The certificate is not trusted.");
    copy = g_strndup((char *)text.data, text.size);
    gnutls_free(text.data);
    return copy;
}

/* NULL when there is nothing wrong with the peer's certificate, chain and all. */
static char *judge_certificate(gnutls_session_t session)
{
    unsigned int status = 0;
    int code = gnutls_certificate_verify_peers2(session, &status);

    if (code == GNUTLS_E_NO_CERTIFICATE_FOUND)
        return g_strdup("no certificate was shown");
    if (code < 0)
        return failed("Unable to verify TLS peer", code);
    return status ? bad_status(session, status) : NULL;
}

/* --- the layer -----------------------------------------------------------------------------------
 */

/* The first is kept for whoever tells the user. With the lock held. */
static ssize_t fail(struct tls_layer *layer, char *problem, int error)
{
    if (layer->problem)
        g_free(problem);
    else
        layer->problem = problem;
    errno = error;
    return -1;
}

static ssize_t fail_code(struct tls_layer *layer, const char *what, int code)
{
    if (code == GNUTLS_E_AGAIN || code == GNUTLS_E_INTERRUPTED) {
        errno = EAGAIN;
        return -1;
    }
    if (code == GNUTLS_E_FATAL_ALERT_RECEIVED) {
        const char *alert = gnutls_alert_get_name(gnutls_alert_get(layer->session));

        return fail(layer, g_strdup_printf("%s: the peer refuses: %s", what, alert), EPROTO);
    }
    return fail(layer, failed(what, code), EPROTO);
}

/* The peer learns that it was refused and not cut off. */
static ssize_t refuse(struct tls_layer *layer, const char *why)
{
    gnutls_alert_send(layer->session, GNUTLS_AL_FATAL, GNUTLS_A_ACCESS_DENIED);
    return fail(layer, g_strdup(why), EACCES);
}

/* A server's part before messages may pass: 0 or -1 with errno. With the lock held. */
static int let_in(struct tls_layer *layer)
{
    g_autofree char *name = NULL, *why = NULL;
    gnutls_x509_crt_t crt;
    char accepted = TLS_ACCEPTED;
    ssize_t n = gnutls_handshake(layer->session);

    if (n < 0 && !gnutls_error_is_fatal(n)) {
        errno = EAGAIN;
        return -1;
    }
    if (n < 0) {
        fail_code(layer, "TLS handshake failed", n);
        layer->judge(layer->data, NULL, layer->problem);
        errno = EPROTO;
        return -1;
    }
    crt = peer_certificate(layer->session);
    name = crt ? name_of(crt) : NULL;
    if (crt)
        gnutls_x509_crt_deinit(crt);
    why = judge_certificate(layer->session);
    if (!layer->judge(layer->data, name, why))
        return refuse(layer, why ? why : "the certificate's name is not allowed");
    n = gnutls_record_send(layer->session, &accepted, 1);
    layer->unsent = n == GNUTLS_E_AGAIN;
    layer->ready = TRUE;
    return 0;
}

static ssize_t tls_read(struct rpc_layer *base, void *buffer, size_t size)
{
    struct tls_layer *layer = (struct tls_layer *)base;
    ssize_t n;

    lock_guard(&layer->lock);
    if (!layer->ready && layer->judge && let_in(layer) < 0)
        return -1;
    n = gnutls_record_recv(layer->session, buffer, size);
    if (n >= 0)
        return n;
    if (n == GNUTLS_E_PREMATURE_TERMINATION)
        return 0;
    return gnutls_error_is_fatal(n) ? fail_code(layer, "TLS", n)
                                    : fail_code(layer, "TLS", GNUTLS_E_AGAIN);
}

/* A record that was taken in part is GnuTLS's to finish: it knows what it said. */
static ssize_t tls_write(struct rpc_layer *base, const void *bytes, size_t size)
{
    struct tls_layer *layer = (struct tls_layer *)base;
    ssize_t n;

    lock_guard(&layer->lock);
    if (!layer->ready) {
        errno = EAGAIN;
        return -1;
    }
    n = layer->unsent ? gnutls_record_send(layer->session, NULL, 0)
                      : gnutls_record_send(layer->session, bytes, size);
    layer->unsent = n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED;
    return n < 0 ? fail_code(layer, "TLS", n) : n;
}

static gboolean tls_pending(struct rpc_layer *base)
{
    struct tls_layer *layer = (struct tls_layer *)base;

    lock_guard(&layer->lock);
    return gnutls_record_check_pending(layer->session) > 0;
}

static void tls_free(struct rpc_layer *base)
{
    struct tls_layer *layer = (struct tls_layer *)base;

    if (layer->ready)
        gnutls_bye(layer->session, GNUTLS_SHUT_WR);
    gnutls_deinit(layer->session);
    credentials_unref(layer->credentials);
    pthread_mutex_destroy(&layer->lock);
    g_free(layer->problem);
    g_free(layer);
}

static const char *tls_problem(struct rpc_layer *base)
{
    struct tls_layer *layer = (struct tls_layer *)base;

    lock_guard(&layer->lock);
    return layer->problem;
}

static const struct rpc_layer_class layer_class = {
    .read = tls_read,
    .write = tls_write,
    .pending = tls_pending,
    .free = tls_free,
    .problem = tls_problem,
};

static struct tls_layer *layer_new(struct tls_credentials *credentials, int fd, unsigned int flags,
                                   char **ret_why)
{
    struct tls_layer *layer;
    gnutls_session_t session;
    int code = gnutls_init(&session, flags | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);

    if (code < 0) {
        *ret_why = failed("Failed to initialize TLS session", code);
        return NULL;
    }
    if (credentials->priority)
        code = gnutls_priority_set_direct(session, credentials->priority, NULL);
    else
        code = gnutls_set_default_priority(session);
    if (code >= 0)
        code = gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials->x509);
    if (code < 0) {
        *ret_why = failed("Failed to set TLS credentials", code);
        gnutls_deinit(session);
        return NULL;
    }
    gnutls_transport_set_int(session, fd);
    layer = g_new0(struct tls_layer, 1);
    layer->base.klass = &layer_class;
    layer->credentials = credentials_ref(credentials);
    layer->session = session;
    pthread_mutex_init(&layer->lock, NULL);
    return layer;
}

/* --- a server's ----------------------------------------------------------------------------------
 */

static struct rpc_layer *tls_accept(struct tls_credentials *credentials, int fd, tls_judge judge,
                                    void *data, char **ret_why)
{
    struct tls_layer *layer = layer_new(credentials, fd, GNUTLS_SERVER, ret_why);

    if (!layer)
        return NULL;
    layer->judge = judge;
    layer->data = data;
    gnutls_certificate_server_set_request(layer->session, GNUTLS_CERT_REQUEST);
    /* clients that are not told whose certificates we want show what they have: the log says more
     */
    gnutls_certificate_send_x509_rdn_sequence(layer->session, 1);
    return &layer->base;
}

/* --- a client's ----------------------------------------------------------------------------------
 */

static struct rpc_layer *tls_connect(struct tls_credentials *credentials, int fd, const char *host,
                                     char **ret_why)
{
    struct tls_layer *layer = layer_new(credentials, fd, GNUTLS_CLIENT, ret_why);

    if (!layer)
        return NULL;
    if (host && !g_hostname_is_ip_address(host)) /* addresses have no place there */
        gnutls_server_name_set(layer->session, GNUTLS_NAME_DNS, host, strlen(host));
    return &layer->base;
}

static int tls_handshake(struct rpc_layer *base, short *ret_events, char **ret_why)
{
    struct tls_layer *layer = (struct tls_layer *)base;
    int code = gnutls_handshake(layer->session);

    if (code >= 0) {
        layer->ready = TRUE;
        return 1;
    }
    if (!gnutls_error_is_fatal(code)) {
        *ret_events = gnutls_record_get_direction(layer->session) ? POLLOUT : POLLIN;
        return 0;
    }
    fail_code(layer, "TLS handshake failed", code);
    *ret_why = g_strdup(layer->problem);
    return -1;
}

static int tls_verify(struct rpc_layer *base, const char *host, char **ret_why)
{
    struct tls_layer *layer = (struct tls_layer *)base;
    g_autofree char *why = judge_certificate(layer->session), *hosts = NULL;
    gnutls_x509_crt_t crt;
    gboolean fits;

    if (why) {
        *ret_why = g_strdup_printf("the certificate of '%s' is refused: %s", host, why);
        return -1;
    }
    crt = peer_certificate(layer->session);
    fits = crt && gnutls_x509_crt_check_hostname(crt, host);
    hosts = crt ? hosts_of(crt) : g_strdup("nobody");
    if (crt)
        gnutls_x509_crt_deinit(crt);
    if (fits)
        return 0;
    *ret_why = g_strdup_printf("Certificate's owner does not match the hostname %s: it is for %s",
                               host, hosts);
    return -1;
}

static int tls_strength(struct rpc_layer *base)
{
    gnutls_session_t session = ((struct tls_layer *)base)->session;

    return gnutls_cipher_get_key_size(gnutls_cipher_get(session)) * 8;
}

__attribute__((visibility("default"))) const struct tls_module corral_tls_module = {
    .version = TLS_MODULE_VERSION,
    .load = load,
    .ref = credentials_ref,
    .unref = credentials_unref,
    .connect = tls_connect,
    .handshake = tls_handshake,
    .verify = tls_verify,
    .accept = tls_accept,
    .strength = tls_strength,
};
