/* Where a disk's data is: what the form of a source asks for. */
#include "core/conf/domain/devices.h"

#define IS(value) DOMAIN_DISK_TYPE_##value

enum { MAX_PORTS = DOMAIN_SOURCE_CONTENT_PROTOCOL_NFS + 1 };

static const unsigned default_ports[MAX_PORTS] = {
    [DOMAIN_SOURCE_CONTENT_PROTOCOL_NBD] = 10809,
    [DOMAIN_SOURCE_CONTENT_PROTOCOL_SHEEPDOG] = 7000,
    [DOMAIN_SOURCE_CONTENT_PROTOCOL_GLUSTER] = 24007,
    [DOMAIN_SOURCE_CONTENT_PROTOCOL_ISCSI] = 3260,
    [DOMAIN_SOURCE_CONTENT_PROTOCOL_HTTP] = 80,
    [DOMAIN_SOURCE_CONTENT_PROTOCOL_HTTPS] = 443,
    [DOMAIN_SOURCE_CONTENT_PROTOCOL_FTP] = 21,
    [DOMAIN_SOURCE_CONTENT_PROTOCOL_FTPS] = 990,
    [DOMAIN_SOURCE_CONTENT_PROTOCOL_TFTP] = 69,
    [DOMAIN_SOURCE_CONTENT_PROTOCOL_SSH] = 22,
    [DOMAIN_SOURCE_CONTENT_PROTOCOL_VXHS] = 9999,
};

static int read_host(struct domain_source_content_hosts *host, unsigned protocol,
                     const struct doc_call *call)
{
    bool local = host->transport == DOMAIN_SOURCE_CONTENT_HOSTS_TRANSPORT_UNIX;

    if (local && !host->socket) {
        doc_error(call, VIR_ERR_XML_ERROR, "missing socket for unix transport");
        return -1;
    }
    if (!local && host->socket) {
        doc_error(call, VIR_ERR_XML_ERROR, "transport '%s' does not support socket attribute",
                  host->transport
                      ? doc_word(&domain_source_content_hosts_transport_words, host->transport)
                      : "tcp");
        return -1;
    }
    if (local) {
        g_clear_pointer(&host->name, g_free);
        host->port = 0;
        return 0;
    }
    if (!host->name) {
        doc_error(call, VIR_ERR_XML_ERROR, "missing name for host");
        return -1;
    }
    if (!host->port && host->transport != DOMAIN_SOURCE_CONTENT_HOSTS_TRANSPORT_RDMA)
        host->port = default_ports[protocol];
    return 0;
}

/* Images of these stand in a pool or volume that the name begins with. */
static int check_image_path(const char *name, const struct doc_call *call)
{
    const char *slash = strchr(name, '/');

    if (slash && slash != name)
        return 0;
    doc_error(call, VIR_ERR_XML_ERROR,
              "can't split path '%s' into pool name and image name: POOL/IMAGE is expected", name);
    return -1;
}

static bool valid_cookie_text(const char *text, const char *refused)
{
    for (; *text; text++) {
        if (*text < 0x20 || *text == 0x7f || strchr(refused, *text))
            return false;
    }
    return true;
}

/* Quotes may stand around a value, not in it. */
static bool valid_cookie_value(const char *value)
{
    size_t length = strlen(value);
    bool quoted = length > 1 && value[0] == '"' && value[length - 1] == '"';
    g_autofree char *inner = quoted ? g_strndup(value + 1, length - 2) : g_strdup(value);

    return valid_cookie_text(inner, " \",;\\");
}

static int check_cookie(const struct domain_source_content_cookies *cookies, size_t at,
                        const struct doc_call *call)
{
    const char *name = cookies->cookies[at].name, *value = cookies->cookies[at].text;

    if (!*name || !valid_cookie_text(name, "()<>@,;:\\\"/[]?={} \t"))
        doc_error(call, VIR_ERR_XML_ERROR, "cookie name '%s' contains invalid characters", name);
    else if (!value || !*value)
        doc_error(call, VIR_ERR_XML_ERROR, "missing value for cookie '%s'", name);
    else if (!valid_cookie_value(value))
        doc_error(call, VIR_ERR_XML_ERROR, "value of cookie '%s' contains invalid characters",
                  name);
    else
        return 0;
    return -1;
}

static int check_cookies(const struct domain_source_content_cookies *cookies,
                         const struct doc_call *call)
{
    for (size_t i = 0; i < cookies->n_cookies; i++) {
        if (check_cookie(cookies, i, call) < 0)
            return -1;
        for (size_t k = 0; k < i; k++) {
            if (!strcmp(cookies->cookies[k].name, cookies->cookies[i].name)) {
                doc_error(call, VIR_ERR_XML_ERROR, "duplicate cookie '%s'",
                          cookies->cookies[i].name);
                return -1;
            }
        }
    }
    return 0;
}

static int check_network(struct domain_source_content *source, const struct doc_call *call)
{
    unsigned protocol = source->protocol;

    if (!protocol)
        return 0;
    if (!source->name && protocol != DOMAIN_SOURCE_CONTENT_PROTOCOL_NBD) {
        doc_error(call, VIR_ERR_XML_ERROR, "missing name for disk source");
        return -1;
    }
    if ((protocol == DOMAIN_SOURCE_CONTENT_PROTOCOL_RBD ||
         protocol == DOMAIN_SOURCE_CONTENT_PROTOCOL_GLUSTER) &&
        check_image_path(source->name, call) < 0)
        return -1;
    if (protocol != DOMAIN_SOURCE_CONTENT_PROTOCOL_HTTP &&
        protocol != DOMAIN_SOURCE_CONTENT_PROTOCOL_HTTPS)
        g_clear_pointer(&source->query, g_free);
    for (size_t i = 0; i < source->n_hosts; i++) {
        if (read_host(&source->hosts[i], protocol, call) < 0)
            return -1;
    }
    if (source->name && !*source->name)
        g_clear_pointer(&source->name, g_free);
    return check_cookies(&source->cookies, call);
}

static int check_nvme(struct domain_source_content_nvme *nvme, const struct doc_call *call)
{
    if (!nvme->type)
        return 0;
    if (!nvme->namespace) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "NVMe namespace can't be zero");
        return -1;
    }
    if (!nvme->address.has_domain) {
        doc_error(call, VIR_ERR_XML_ERROR, "NVMe disk source is missing address");
        return -1;
    }
    if (!nvme->managed)
        nvme->managed = TRISTATE_YES;
    return 0;
}

static int check_login(const struct common_auth *auth, const struct doc_call *call)
{
    const char *type = auth->secret.type;

    if (!type || (strcmp(type, "ceph") != 0 && strcmp(type, "iscsi") != 0)) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "unknown secret type '%s': 'ceph' and 'iscsi' are possible", type ? type : "");
        return -1;
    }
    return 0;
}

/* Only images on the network ask for a login, and each kind of server for a secret of its own. */
int domain_check_auth(const struct common_auth *auth, unsigned protocol,
                      const struct doc_call *call)
{
    const char *usage = NULL;

    if (!auth->username || !protocol)
        return 0;
    if (check_login(auth, call) < 0)
        return -1;
    if (protocol == DOMAIN_SOURCE_CONTENT_PROTOCOL_ISCSI)
        usage = "iscsi";
    else if (protocol == DOMAIN_SOURCE_CONTENT_PROTOCOL_RBD)
        usage = "ceph";
    if (protocol >= DOMAIN_SOURCE_CONTENT_PROTOCOL_HTTP &&
        protocol <= DOMAIN_SOURCE_CONTENT_PROTOCOL_SSH)
        return 0;
    if (!usage) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "authentication is not supported for protocol '%s'",
                  WORD(domain_source_content_protocol_words, protocol));
        return -1;
    }
    if (g_strcmp0(auth->secret.type, usage) != 0) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "invalid secret type '%s': '%s' is expected",
                  auth->secret.type ? auth->secret.type : "", usage);
        return -1;
    }
    return 0;
}

static int check_volume(const struct domain_source_content *source, const struct doc_call *call)
{
    if (!source->pool == !source->volume)
        return 0;
    doc_error(call, VIR_ERR_XML_ERROR,
              "'pool' and 'volume' must be specified together for 'pool' type source");
    return -1;
}

static void drop_empty(char **text)
{
    if (*text && !**text)
        g_clear_pointer(text, g_free);
}

static void drop_empty_paths(struct domain_source_content *source)
{
    drop_empty(&source->file);
    drop_empty(&source->dev);
    drop_empty(&source->dir);
}

/* `type` counts as in the disk's own type attribute. */
int domain_check_source(struct domain_source_content *source, unsigned type,
                        const struct doc_call *call)
{
    int rc = 0;

    if (type == IS(NETWORK))
        rc = check_network(source, call);
    else if (type == IS(VOLUME))
        rc = check_volume(source, call);
    else if (type == IS(NVME))
        rc = check_nvme(&source->nvme, call);
    if (rc == 0)
        drop_empty_paths(source);
    return rc;
}

static bool no_text(const char *text)
{
    return !text || !*text;
}

bool domain_source_is_empty(const struct domain_source_content *source, unsigned type)
{
    switch (type) {
    case IS(FILE):
        return no_text(source->file);
    case IS(BLOCK):
        return no_text(source->dev);
    case IS(DIR):
        return no_text(source->dir);
    case IS(NETWORK):
        return !source->protocol;
    default:
        return false;
    }
}
