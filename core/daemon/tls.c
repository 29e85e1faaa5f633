#include "core/daemon/tls.h"

#include "core/base/log.h"
#include "core/daemon/daemon.h"
#include "core/object/error.h"
#include "core/rpc/secure.h"

struct tls_credentials *daemon_tls_load(const struct daemon_config *config)
{
    const struct tls_module *tls = secure_tls();
    struct tls_files files = {
        .ca = config->ca_file,
        .crl = config->crl_file,
        .cert = config->cert_file,
        .key = config->key_file,
        .priority = config->tls_priority,
        .server = TRUE,
    };
    struct tls_credentials *credentials;
    char *why = NULL;

    if (!tls)
        return NULL;
    credentials = tls->load(&files, &why);
    if (!credentials)
        error_set(VIR_FROM_RPC, VIR_ERR_SYSTEM_ERROR, "%s", why);
    g_free(why);
    return credentials;
}

void daemon_tls_unload(struct tls_credentials *credentials)
{
    if (credentials)
        secure_tls()->unref(credentials);
}

/* --- whom we let in ------------------------------------------------------------------------------
 */

static gboolean is_allowed(char **patterns, const char *name)
{
    for (char **each = patterns; each && *each; each++)
        if (g_pattern_match_simple(*each, name))
            return TRUE;
    return !patterns;
}

static gboolean refuse(struct daemon_client *client, const char *name, const char *why)
{
    log_warning("client=%" G_GUINT64_FORMAT " x509=\"%s\" refused reason=\"%s\"", client->peer->id,
                name ? name : "", why);
    client->peer->reason = "its certificate was refused";
    return FALSE;
}

/* In the server's thread, when hands have been shaken or could not be. */
static gboolean judge(void *data, const char *name, const char *refused)
{
    struct daemon_client *client = data;
    struct daemon_config *config = daemon_config_of(client->daemon);
    gboolean lenient = config->tls_no_verify_certificate;
    gboolean allowed = name ? is_allowed(config->tls_allowed_dn_list, name)
                            : lenient && !config->tls_allowed_dn_list;

    daemon_config_unref(config);
    if (refused && !lenient)
        return refuse(client, name, refused);
    if (!allowed)
        return refuse(client, name, "tls_allowed_dn_list does not have that name");
    lock_take(&client->lock);
    client->identity.x509 = refused ? NULL : g_strdup(name); /* a name that nobody vouches for */
    lock_drop(&client->lock);
    log_info("client=%" G_GUINT64_FORMAT " x509=\"%s\"", client->peer->id, name ? name : "");
    if (client->service->auth == DAEMON_AUTH_NONE)
        daemon_client_trust(client);
    return TRUE;
}

static struct tls_credentials *credentials_of(struct daemon *daemon)
{
    lock_guard(&daemon->lock);
    return daemon->tls ? secure_tls()->ref(daemon->tls) : NULL;
}

int daemon_tls_begin(struct daemon_client *client)
{
    struct tls_credentials *credentials = credentials_of(client->daemon);
    struct rpc_layer *layer;
    char *why = NULL;

    if (!credentials) { /* a socket that was handed to us, and the configuration knows nothing */
        log_error("client=%" G_GUINT64_FORMAT " wants TLS, and listen_tls is not set",
                  client->peer->id);
        return -1;
    }
    layer = secure_tls()->accept(credentials, client->peer->socket.fd, judge, client, &why);
    secure_tls()->unref(credentials);
    if (!layer) {
        log_error("client=%" G_GUINT64_FORMAT " %s", client->peer->id, why);
        g_free(why);
        return -1;
    }
    rpc_socket_set_layer(&client->peer->socket, layer);
    return 0;
}

int daemon_tls_strength(struct daemon_client *client)
{
    return client->service->tls ? secure_tls()->strength(client->peer->socket.layer) : 0;
}
