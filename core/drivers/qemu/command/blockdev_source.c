/* Where images lie: a node for each protocol. */
#include "core/drivers/qemu/command/blockdev.h"

#include <string.h>

static json_t *inet_server(const struct domain_source_content_hosts *host, bool typed)
{
    json_t *server = json_object();

    if (host->transport == DOMAIN_SOURCE_CONTENT_HOSTS_TRANSPORT_UNIX) {
        prop_string(server, "type", "unix");
        prop_string(server, "path", host->socket);
        return server;
    }
    if (typed)
        prop_string(server, "type", "inet");
    prop_string(server, "host", host->name);
    prop_format(server, "port", "%u", host->port);
    return server;
}

static const struct domain_source_content_hosts *
first_host(const struct domain_source_content *source)
{
    static const struct domain_source_content_hosts none;

    return source->n_hosts ? source->hosts : &none;
}

static json_t *nbd(const struct block_image *image)
{
    json_t *node = props_of("driver", "nbd");

    json_object_set_new(node, "server", inet_server(first_host(image->source), true));
    prop_string(node, "export", image->source->name);
    return node;
}

static json_t *sheepdog(const struct block_image *image)
{
    json_t *node = props_of("driver", "sheepdog");

    json_object_set_new(node, "server", inet_server(first_host(image->source), true));
    prop_string(node, "vdi", image->source->name);
    return node;
}

static json_t *gluster(const struct block_image *image)
{
    const struct domain_source_content *source = image->source;
    json_t *node = props_of("driver", "gluster"), *servers = json_array();
    const char *slash = source->name ? strchr(source->name, '/') : NULL;
    g_autofree char *volume =
        slash ? g_strndup(source->name, (gsize)(slash - source->name)) : g_strdup(source->name);

    prop_string(node, "volume", volume);
    prop_string(node, "path", slash ? slash + 1 : "");
    for (size_t i = 0; i < source->n_hosts; i++)
        json_array_append_new(servers, inet_server(&source->hosts[i], true));
    json_object_set_new(node, "server", servers);
    prop_uint(node, "debug", 4);
    return node;
}

/* POOL/NAMESPACE/IMAGE, the middle may be missing. */
static json_t *rbd(const struct block_image *image)
{
    const struct domain_source_content *source = image->source;
    g_auto(GStrv) parts = g_strsplit(source->name ? source->name : "", "/", 3);
    guint n = g_strv_length(parts);
    json_t *node = props_of("driver", "rbd"), *servers = json_array();

    prop_string(node, "pool", n ? parts[0] : "");
    if (n == 3)
        prop_string(node, "namespace", parts[1]);
    prop_string(node, "image", n > 1 ? parts[n - 1] : "");
    prop_string(node, "snapshot", source->snapshot.name);
    prop_string(node, "conf", source->config.file);
    for (size_t i = 0; i < source->n_hosts; i++)
        json_array_append_new(servers, inet_server(&source->hosts[i], false));
    if (source->n_hosts)
        json_object_set_new(node, "server", servers);
    else
        json_decref(servers);
    if (image->auth && image->auth->username) {
        g_autofree char *id = block_node(image, "storage-auth-secret0");

        prop_string(node, "user", image->auth->username);
        json_object_set_new(node, "auth-client-required", json_pack("[ss]", "cephx", "none"));
        prop_string(node, "key-secret", id);
    }
    return node;
}

/* TARGET/LUN, 0 without one. */
static json_t *iscsi(const struct block_image *image)
{
    const struct domain_source_content *source = image->source;
    const struct domain_source_content_hosts *host = first_host(source);
    g_autofree char *target = g_strdup(source->name ? source->name : "");
    char *slash = strrchr(target, '/');
    json_t *node = props_of("driver", "iscsi");

    if (slash)
        *slash = '\0';
    if (host->name && strchr(host->name, ':'))
        prop_format(node, "portal", "[%s]:%u", host->name, host->port);
    else
        prop_format(node, "portal", "%s:%u", host->name ? host->name : "", host->port);
    prop_string(node, "target", target);
    prop_uint(node, "lun", slash ? g_ascii_strtoull(slash + 1, NULL, 10) : 0);
    prop_string(node, "transport", "tcp");
    if (image->auth && image->auth->username) {
        g_autofree char *id = block_node(image, "storage-auth-secret0");

        prop_string(node, "user", image->auth->username);
        prop_string(node, "password-secret", id);
    }
    prop_string(node, "initiator-name", source->initiator.iqn.name);
    return node;
}

static json_t *curl(const struct block_image *image)
{
    const struct domain_source_content *source = image->source;
    const struct domain_source_content_hosts *host = first_host(source);
    const char *scheme = doc_word(&domain_source_content_protocol_words, source->protocol);
    const char *name = source->name ? source->name : "";
    json_t *node = props_of("driver", scheme);

    prop_format(node, "url", "%s://%s:%u%s%s%s%s", scheme, host->name ? host->name : "", host->port,
                *name == '/' ? "" : "/", name, source->query ? "?" : "",
                source->query ? source->query : "");
    if (image->auth && image->auth->username) {
        g_autofree char *id = block_node(image, "storage-auth-secret0");

        prop_string(node, "username", image->auth->username);
        prop_string(node, "password-secret", id);
    }
    prop_tristate(node, "sslverify", source->ssl.verify);
    if (source->cookies.n_cookies) {
        g_autofree char *id = block_node(image, "storage-httpcookie-secret0");

        prop_string(node, "cookie-secret", id);
    }
    if (source->timeout.seconds)
        prop_uint(node, "timeout", source->timeout.seconds);
    if (source->readahead.size)
        prop_uint(node, "readahead", source->readahead.size);
    return node;
}

static json_t *tftp_or_ftp(const struct block_image *image)
{
    return curl(image);
}

static unsigned long long identity(const char *text)
{
    return g_ascii_strtoull(*text == '+' ? text + 1 : text, NULL, 10);
}

static json_t *nfs(const struct block_image *image)
{
    const struct domain_source_content *source = image->source;
    json_t *node = props_of("driver", "nfs"), *server = props_of("host", first_host(source)->name);

    prop_string(server, "type", "inet");
    json_object_set_new(node, "server", server);
    prop_string(node, "path", source->name);
    if (source->identity.user)
        prop_uint(node, "user", identity(source->identity.user));
    if (source->identity.group)
        prop_uint(node, "group", identity(source->identity.group));
    return node;
}

static json_t *ssh(const struct block_image *image)
{
    json_t *node = props_of("driver", "ssh");

    prop_string(node, "path", image->source->name);
    json_object_set_new(node, "server", inet_server(first_host(image->source), false));
    if (image->auth)
        prop_string(node, "user", image->auth->username);
    return node;
}

static const struct {
    unsigned protocol;
    json_t *(*node)(const struct block_image *image);
} protocols[] = {
    {DOMAIN_SOURCE_CONTENT_PROTOCOL_NBD, nbd},
    {DOMAIN_SOURCE_CONTENT_PROTOCOL_RBD, rbd},
    {DOMAIN_SOURCE_CONTENT_PROTOCOL_SHEEPDOG, sheepdog},
    {DOMAIN_SOURCE_CONTENT_PROTOCOL_GLUSTER, gluster},
    {DOMAIN_SOURCE_CONTENT_PROTOCOL_ISCSI, iscsi},
    {DOMAIN_SOURCE_CONTENT_PROTOCOL_HTTP, curl},
    {DOMAIN_SOURCE_CONTENT_PROTOCOL_HTTPS, curl},
    {DOMAIN_SOURCE_CONTENT_PROTOCOL_FTP, tftp_or_ftp},
    {DOMAIN_SOURCE_CONTENT_PROTOCOL_FTPS, tftp_or_ftp},
    {DOMAIN_SOURCE_CONTENT_PROTOCOL_TFTP, tftp_or_ftp},
    {DOMAIN_SOURCE_CONTENT_PROTOCOL_SSH, ssh},
    {DOMAIN_SOURCE_CONTENT_PROTOCOL_NFS, nfs},
};

static json_t *network(const struct block_image *image)
{
    for (size_t i = 0; i < G_N_ELEMENTS(protocols); i++)
        if (protocols[i].protocol == image->source->protocol)
            return protocols[i].node(image);
    refuse("images over protocol '%s' are not supported",
           doc_word(&domain_source_content_protocol_words, image->source->protocol));
    return NULL;
}

static void set_aio(json_t *node, const struct domain_disk *disk)
{
    if (disk && disk->driver.io)
        prop_string(node, "aio", doc_word(&domain_disk_driver_io_words, disk->driver.io));
}

static json_t *local_file(const struct block_image *image)
{
    json_t *node = props_of("driver", "file");

    prop_string(node, "filename", image->source->file);
    set_aio(node, image->disk);
    return node;
}

static json_t *host_device(const struct block_image *image)
{
    json_t *node = props_of("driver", "host_device");

    prop_string(node, "filename", image->source->dev);
    set_aio(node, image->disk);
    return node;
}

static json_t *folder(const struct block_image *image)
{
    json_t *node = props_of("driver", "vvfat");

    prop_string(node, "dir", image->source->dir);
    prop_bool(node, "floppy", image->disk && image->disk->device == DOMAIN_DISK_DEVICE_FLOPPY);
    prop_bool(node, "rw", !image->readonly);
    return node;
}

static json_t *nvme(const struct block_image *image)
{
    const struct common_pci_address *at = &image->source->nvme.address;
    json_t *node = props_of("driver", "nvme");

    prop_format(node, "device", "%04x:%02x:%02x.%x", at->domain, at->bus, at->slot, at->function);
    prop_uint(node, "namespace", image->source->nvme.namespace);
    return node;
}

json_t *block_protocol(const struct block_image *image)
{
    switch (image->type) {
    case DOMAIN_DISK_TYPE_BLOCK:
        return host_device(image);
    case DOMAIN_DISK_TYPE_DIR:
        return folder(image);
    case DOMAIN_DISK_TYPE_NETWORK:
        return network(image);
    case DOMAIN_DISK_TYPE_NVME:
        return nvme(image);
    case DOMAIN_DISK_TYPE_VOLUME:
        refuse("volume '%s' of pool '%s' has no place yet: volumes are looked up when a guest "
               "starts",
               image->source->volume, image->source->pool);
        return NULL;
    case DOMAIN_DISK_TYPE_VHOSTUSER:
        refuse("a vhost-user disk has no image");
        return NULL;
    default:
        return local_file(image);
    }
}
