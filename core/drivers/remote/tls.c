#include "core/drivers/remote/tls.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "core/drivers/remote/dial.h"
#include "core/object/error.h"
#include "core/rpc/secure.h"

#define SYSTEM_CA "/etc/pki/CA/cacert.pem"
#define SYSTEM_CERT "/etc/pki/libvirt/clientcert.pem"
#define SYSTEM_KEY "/etc/pki/libvirt/private/clientkey.pem"

struct places {
    char *ca, *cert, *key;
};

static void places_clear(struct places *places)
{
    g_free(places->ca);
    g_free(places->cert);
    g_free(places->key);
}

static struct places places_in(const char *folder)
{
    return (struct places){
        .ca = g_build_filename(folder, "cacert.pem", NULL),
        .cert = g_build_filename(folder, "clientcert.pem", NULL),
        .key = g_build_filename(folder, "clientkey.pem", NULL),
    };
}

static gboolean exists(const char *path)
{
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void replace(char **path, const char *with)
{
    g_free(*path);
    *path = g_strdup(with);
}

/* What a user does not have is the system's; a certificate and its key belong together. */
static struct places find_places(const struct remote_address *address)
{
    const char *given = remote_option(address, "pkipath");
    g_autofree char *folder = g_build_filename(g_get_home_dir(), ".pki", "libvirt", NULL);
    struct places places = places_in(given ? given : folder);

    if (given)
        return places;
    if (geteuid() == 0 || !exists(places.ca))
        replace(&places.ca, SYSTEM_CA);
    if (geteuid() == 0 || (!exists(places.cert) && !exists(places.key))) {
        replace(&places.cert, SYSTEM_CERT);
        replace(&places.key, SYSTEM_KEY);
    }
    return places;
}

static int fail(char *why)
{
    error_set(VIR_FROM_RPC, VIR_ERR_SYSTEM_ERROR, "%s", why);
    g_free(why);
    return -1;
}

/* Without a certificate of ours a server may still let us in: it says when it does not. */
static struct tls_credentials *load(const struct tls_module *tls,
                                    const struct remote_address *address, gboolean verify,
                                    gboolean no_sanity)
{
    struct places places = find_places(address);
    gboolean none = !exists(places.cert) && !exists(places.key);
    struct tls_files files = {
        .ca = !verify && !exists(places.ca) ? NULL : places.ca,
        .cert = none ? NULL : places.cert,
        .key = none ? NULL : places.key,
        .priority = remote_option(address, "tls_priority"),
        .no_sanity = no_sanity,
    };
    char *why = NULL;
    struct tls_credentials *credentials = tls->load(&files, &why);

    if (!credentials)
        fail(why);
    places_clear(&places);
    return credentials;
}

/* Up to the moment `until`, whatever trickles in meanwhile. */
static int wait_for(int fd, short events, gint64 until)
{
    struct pollfd poll_fd = {.fd = fd, .events = events};
    int ready;

    do {
        gint64 left = until - g_get_monotonic_time();

        ready = left > 0 ? poll(&poll_fd, 1, left / 1000 + 1) : 0;
    } while (ready < 0 && errno == EINTR);
    if (ready > 0)
        return 0;
    if (ready < 0)
        error_set_system(VIR_FROM_RPC, errno, "the daemon cannot be waited for");
    else
        error_set(VIR_FROM_RPC, VIR_ERR_OPERATION_TIMEOUT,
                  "the daemon has not finished the TLS handshake within its limit of %d ms",
                  remote_patience());
    return -1;
}

static int shake_hands(const struct tls_module *tls, struct rpc_socket *socket, gint64 until)
{
    int done;

    do {
        short events = 0;
        char *why = NULL;

        done = tls->handshake(socket->layer, &events, &why);
        if (done < 0)
            return fail(why);
        if (!done && wait_for(socket->fd, events, until) < 0)
            return -1;
    } while (!done);
    return 0;
}

/* The server says first whether it lets us in, so that we need not wait for our first call to find
 * out. */
static int wait_for_acceptance(struct rpc_socket *socket, gint64 until)
{
    char byte = 0;
    ssize_t n;

    while ((n = rpc_socket_read(socket, &byte, 1)) < 0 && errno == EAGAIN)
        if (!rpc_socket_pending(socket) && wait_for(socket->fd, POLLIN, until) < 0)
            return -1;
    if (n == 1 && byte == TLS_ACCEPTED)
        return 0;
    error_set(VIR_FROM_RPC, VIR_ERR_RPC,
              "server verification (of our certificate or IP address) failed%s%s",
              n < 0 ? ": " : "", n < 0 ? rpc_socket_problem(socket, errno) : "");
    return -1;
}

int remote_secure(const struct remote_address *address, struct rpc_socket *socket)
{
    const struct tls_module *tls = secure_tls();
    int no_verify = remote_switch(address, "no_verify");
    int no_sanity = remote_switch(address, "no_sanity");
    const char *host = address->host ? address->host : "localhost";
    struct tls_credentials *credentials;
    struct rpc_layer *layer;
    gint64 until = g_get_monotonic_time() + remote_patience() * G_GINT64_CONSTANT(1000);
    char *why = NULL;

    if (!tls || no_verify < 0 || no_sanity < 0)
        return -1;
    credentials = load(tls, address, !no_verify, no_sanity);
    if (!credentials)
        return -1;
    layer = tls->connect(credentials, socket->fd, host, &why);
    tls->unref(credentials);
    if (!layer)
        return fail(why);
    rpc_socket_set_layer(socket, layer);
    if (shake_hands(tls, socket, until) < 0)
        return -1;
    if (!no_verify && tls->verify(layer, host, &why) < 0)
        return fail(why);
    return wait_for_acceptance(socket, until);
}
