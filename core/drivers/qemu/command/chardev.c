/* Back ends of character devices, written once for the command line and for QMP. */
#include "core/drivers/qemu/command/chardev.h"

#include <string.h>

static void item(struct chardev_backend *backend, const char *option, const char *path,
                 json_t *value)
{
    struct chardev_item new = {option, path, value};

    g_array_append_val(backend->items, new);
}

static void text(struct chardev_backend *backend, const char *option, const char *path,
                 const char *value)
{
    if (value)
        item(backend, option, path, json_string(value));
}

/* `data` of socket addresses. */
static void unix_address(struct chardev_backend *backend, const char *path)
{
    item(backend, NULL, "addr.type", json_string("unix"));
    text(backend, "path", "addr.data.path", path);
}

static void inet_address(struct chardev_backend *backend, const char *host, const char *service)
{
    item(backend, NULL, "addr.type", json_string("inet"));
    text(backend, "host", "addr.data.host", host ? host : "");
    text(backend, "port", "addr.data.port", service ? service : "0");
}

static void server_or_client(struct chardev_backend *backend, bool server,
                             const struct domain_reconnect *reconnect)
{
    if (server) {
        item(backend, "server", "server", json_true());
        item(backend, "wait", "wait", json_false());
        return;
    }
    item(backend, NULL, "server", json_false());
    if (reconnect->enabled == TRISTATE_YES)
        item(backend, "reconnect", "reconnect", json_integer(reconnect->timeout));
    else if (reconnect->enabled == TRISTATE_NO)
        item(backend, "reconnect", "reconnect", json_integer(0));
}

static int socket_tcp(struct chardev_backend *backend, const struct domain_chardev *chardev,
                      const struct launch *launch)
{
    const struct domain_chardev_source *source = &chardev->source;

    if (source->tls == TRISTATE_YES && !launch->for_show)
        return refuse("TLS for character device '%s' needs certificates, and none are configured",
                      backend->id);
    backend->type = "socket";
    inet_address(backend, source->host, source->service);
    if (chardev->protocol.type == DOMAIN_CHARDEV_PROTOCOL_TYPE_TELNET)
        item(backend, "telnet", "telnet", json_true());
    server_or_client(backend, source->mode == DOMAIN_CHARDEV_SOURCE_MODE_BIND, &source->reconnect);
    return 0;
}

static void datagram(struct chardev_backend *backend, const struct domain_chardev *chardev)
{
    const char *local = chardev->bind.host, *port = chardev->bind.service;
    const char *host = chardev->connect.host;

    backend->type = "udp";
    item(backend, NULL, "remote.type", json_string("inet"));
    text(backend, "host", "remote.data.host", host ? host : "");
    text(backend, "port", "remote.data.port", chardev->connect.service);
    item(backend, NULL, "local.type", json_string("inet"));
    text(backend, "localaddr", "local.data.host", local ? local : "");
    text(backend, "localport", "local.data.port", port ? port : "0");
}

static void to_file(struct chardev_backend *backend, const struct domain_chardev_source *source)
{
    backend->type = "file";
    text(backend, "path", "out", source->path);
    if (source->append)
        item(backend, "append", "append", json_boolean(source->append == TRISTATE_ON));
}

static void agent(struct chardev_backend *backend, const struct domain_chardev_source *source)
{
    backend->type = "qemu-vdagent";
    text(backend, "name", NULL, "vdagent");
    if (source->clipboard.copypaste)
        item(backend, "clipboard", "clipboard",
             json_boolean(source->clipboard.copypaste == TRISTATE_YES));
    if (source->mouse.mode)
        item(backend, "mouse", "mouse",
             json_boolean(source->mouse.mode == DOMAIN_CHARDEV_SOURCE_MOUSE_MODE_CLIENT));
}

static const struct {
    unsigned type;
    const char *name, *option, *path;
} with_path[] = {
    {DOMAIN_CHARDEV_TYPE_NULL, "null", NULL, NULL},
    {DOMAIN_CHARDEV_TYPE_VC, "vc", NULL, NULL},
    {DOMAIN_CHARDEV_TYPE_PTY, "pty", NULL, NULL},
    {DOMAIN_CHARDEV_TYPE_STDIO, "stdio", NULL, NULL},
    {DOMAIN_CHARDEV_TYPE_DEV, "serial", "path", "device"},
    {DOMAIN_CHARDEV_TYPE_PIPE, "pipe", "path", "device"},
};

static bool simple(struct chardev_backend *backend, unsigned type,
                   const struct domain_chardev_source *source)
{
    for (size_t i = 0; i < G_N_ELEMENTS(with_path); i++) {
        if (with_path[i].type != type)
            continue;
        backend->type = with_path[i].name;
        if (with_path[i].option)
            text(backend, with_path[i].option, with_path[i].path, source->path);
        return true;
    }
    return false;
}

static int of_type(struct chardev_backend *backend, unsigned type,
                   const struct domain_chardev *chardev, const struct launch *launch)
{
    const struct domain_chardev_source *source = &chardev->source;

    switch (type) {
    case DOMAIN_CHARDEV_TYPE_FILE:
        to_file(backend, source);
        return 0;
    case DOMAIN_CHARDEV_TYPE_UDP:
        datagram(backend, chardev);
        return 0;
    case DOMAIN_CHARDEV_TYPE_TCP:
        return socket_tcp(backend, chardev, launch);
    case DOMAIN_CHARDEV_TYPE_UNIX:
        backend->type = "socket";
        unix_address(backend, source->path);
        server_or_client(backend, source->mode == DOMAIN_CHARDEV_SOURCE_MODE_BIND,
                         &source->reconnect);
        return 0;
    case DOMAIN_CHARDEV_TYPE_SPICEPORT:
        backend->type = "spiceport";
        text(backend, "name", "fqdn", source->channel);
        return 0;
    case DOMAIN_CHARDEV_TYPE_QEMU_VDAGENT:
        agent(backend, source);
        return 0;
    case DOMAIN_CHARDEV_TYPE_DBUS:
        backend->type = "dbus";
        text(backend, "name", "name", source->channel);
        return 0;
    default:
        return refuse("character device '%s' cannot be of type '%s'", backend->id,
                      doc_word(&domain_chardev_type_words, type));
    }
}

/* What a SPICE channel is for follows from the device behind it. */
static void spice(struct chardev_backend *backend, const char *alias)
{
    const char *name = "vdagent";

    if (g_str_has_prefix(alias, "redir"))
        name = "usbredir";
    else if (g_str_has_prefix(alias, "smartcard"))
        name = "smartcard";
    backend->type = "spicevmc";
    text(backend, "name", "type", name);
}

int chardev_backend_of(struct chardev_backend *backend, const char *alias, unsigned type,
                       const struct domain_chardev *chardev, const struct launch *launch)
{
    backend->id = g_strdup_printf("char%s", alias);
    backend->items = g_array_new(FALSE, FALSE, sizeof(struct chardev_item));
    if (type == DOMAIN_CHARDEV_TYPE_SPICEVMC) {
        spice(backend, alias);
    } else if (!simple(backend, type, &chardev->source) &&
               of_type(backend, type, chardev, launch) < 0) {
        chardev_backend_clear(backend);
        return -1;
    }
    if (chardev->log.file) {
        text(backend, "logfile", "logfile", chardev->log.file);
        if (chardev->log.append)
            item(backend, "logappend", "logappend",
                 json_boolean(chardev->log.append == TRISTATE_ON));
    }
    return 0;
}

void chardev_backend_clear(struct chardev_backend *backend)
{
    for (guint i = 0; i < backend->items->len; i++)
        json_decref(g_array_index(backend->items, struct chardev_item, i).value);
    g_array_unref(backend->items);
    g_free(backend->id);
}

char *chardev_option(const struct chardev_backend *backend)
{
    g_autoptr(GString) option = g_string_new(backend->type);

    g_string_append_printf(option, ",id=%s", backend->id);
    for (guint i = 0; i < backend->items->len; i++) {
        const struct chardev_item *one = &g_array_index(backend->items, struct chardev_item, i);

        if (!one->option)
            continue;
        g_string_append_printf(option, ",%s=", one->option);
        if (json_is_string(one->value))
            append_value(option, json_string_value(one->value));
        else if (json_is_integer(one->value))
            g_string_append_printf(option, "%" JSON_INTEGER_FORMAT, json_integer_value(one->value));
        else
            g_string_append(option, json_is_true(one->value) ? "on" : "off");
    }
    return g_string_free(g_steal_pointer(&option), FALSE);
}

/* "addr.data.path": objects are made on the way. */
static void put(json_t *data, const char *path, json_t *value)
{
    g_auto(GStrv) steps = g_strsplit(path, ".", -1);
    size_t n = g_strv_length(steps);

    for (size_t i = 0; i + 1 < n; i++) {
        json_t *inner = json_object_get(data, steps[i]);

        if (!inner) {
            inner = json_object();
            json_object_set_new(data, steps[i], inner);
        }
        data = inner;
    }
    json_object_set(data, steps[n - 1], value);
}

json_t *chardev_json(const struct chardev_backend *backend)
{
    json_t *data = json_object(), *whole = props_of("id", backend->id), *inner;

    for (guint i = 0; i < backend->items->len; i++) {
        const struct chardev_item *one = &g_array_index(backend->items, struct chardev_item, i);

        if (one->path)
            put(data, one->path, one->value);
    }
    inner = props_of("type", backend->type);
    json_object_set_new(inner, "data", data);
    json_object_set_new(whole, "backend", inner);
    return whole;
}

json_t *chardev_props(const char *alias, unsigned type, const struct domain_chardev *chardev,
                      const struct launch *launch)
{
    struct chardev_backend backend = {0};
    json_t *props;

    if (chardev_backend_of(&backend, alias, type, chardev, launch) < 0)
        return NULL;
    props = chardev_json(&backend);
    chardev_backend_clear(&backend);
    return props;
}

int add_chardev(struct builder *build, const char *alias, unsigned type,
                const struct domain_chardev *chardev)
{
    struct chardev_backend backend = {0};
    g_autofree char *option = NULL;

    if (chardev_backend_of(&backend, alias, type, chardev, build->launch) < 0)
        return -1;
    option = chardev_option(&backend);
    add_option(build, "-chardev", option);
    chardev_backend_clear(&backend);
    return 0;
}

void add_socket_chardev(struct builder *build, const char *id, const char *path,
                        const struct domain_reconnect *reconnect, bool server)
{
    g_autoptr(GString) option = g_string_new(NULL);

    g_string_append_printf(option, "socket,id=%s,path=", id);
    append_value(option, path ? path : "");
    if (server)
        g_string_append(option, ",server=on");
    else if (reconnect && reconnect->enabled == TRISTATE_YES)
        g_string_append_printf(option, ",reconnect=%u", reconnect->timeout);
    add_option(build, "-chardev", option->str);
}
