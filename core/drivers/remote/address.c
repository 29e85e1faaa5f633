#include "core/drivers/remote/address.h"

#include <string.h>

#include "core/object/error.h"

static const char *const transports[] = {
    [REMOTE_UNIX] = "unix", [REMOTE_TLS] = "tls", [REMOTE_TCP] = "tcp",
    [REMOTE_SSH] = "ssh",   [REMOTE_EXT] = "ext",
};

/* Parts of the query that are for us; the daemon's driver gets the others. */
static const char *const ours[] = {
    "auth",    "authfile", "command", "keyfile",   "known_hosts",  "known_hosts_verify",
    "mode",    "name",     "netcat",  "no_sanity", "no_tty",       "no_verify",
    "pkipath", "proxy",    "socket",  "sshauth",   "tls_priority", NULL,
};

static int find_transport(const char *word, enum remote_transport *ret_transport)
{
    for (size_t i = 0; i < G_N_ELEMENTS(transports); i++) {
        if (strcmp(word, transports[i]) == 0) {
            *ret_transport = i;
            return 0;
        }
    }
    /* other implementations of the same way */
    if (strcmp(word, "libssh") == 0 || strcmp(word, "libssh2") == 0) {
        *ret_transport = REMOTE_SSH;
        return 0;
    }
    error_set(VIR_FROM_REMOTE, VIR_ERR_INVALID_ARG,
              "transport '%s' in URL not recognised (should be unix|ssh|ext|tcp|tls)", word);
    return -1;
}

/* "qemu+ssh" is driver and transport; without one a host means TLS, none the local daemon. */
static int parse_scheme(struct remote_address *address, const char *scheme, char **ret_driver)
{
    const char *plus = strchr(scheme, '+');

    if (!plus) {
        address->transport = address->host ? REMOTE_TLS : REMOTE_UNIX;
        *ret_driver = g_strdup(scheme);
        return 0;
    }
    if (find_transport(plus + 1, &address->transport) < 0)
        return -1;
    *ret_driver = g_strndup(scheme, plus - scheme);
    if (address->transport == REMOTE_UNIX && address->host) {
        error_set(VIR_FROM_REMOTE, VIR_ERR_INVALID_ARG,
                  "using unix socket and remote server '%s' is not supported.", address->host);
        return -1;
    }
    return 0;
}

static gboolean is_ours(const char *key)
{
    return g_strv_contains(ours, key);
}

/* Keeps our parts of the query, and puts the others together again for the daemon. */
static int parse_query(struct remote_address *address, const char *query, GString *others)
{
    g_auto(GStrv) parts = g_strsplit_set(query ? query : "", "&;", -1);

    for (char **part = parts; *part; part++) {
        char *equals = strchr(*part, '=');
        g_autofree char *key = g_uri_unescape_segment(*part, equals, NULL);
        g_autofree char *value = equals ? g_uri_unescape_string(equals + 1, NULL) : g_strdup("");

        if (!**part)
            continue;
        if (!key || !value) {
            error_set(VIR_FROM_URI, VIR_ERR_INVALID_ARG, "'%s' of the query is not well escaped",
                      *part);
            return -1;
        }
        if (is_ours(key) && !*value) {
            error_set(VIR_FROM_REMOTE, VIR_ERR_INVALID_ARG, "'%s' of the query has no value", key);
            return -1;
        }
        if (is_ours(key))
            g_hash_table_replace(address->options, g_steal_pointer(&key), g_steal_pointer(&value));
        else
            g_string_append_printf(others, "%s%s", others->len ? "&" : "", *part);
    }
    return 0;
}

/* A daemon that was named by nothing but "remote" opens what it thinks best. */
static char *daemon_name(const char *driver, const char *path, const char *others)
{
    if (strcmp(driver, "remote") == 0)
        return g_strdup("");
    return g_strdup_printf("%s://%s%s%s", driver, path && *path ? path : "/", *others ? "?" : "",
                           others);
}

static const char *or_null(const char *text)
{
    return text && *text ? text : NULL;
}

int remote_address_parse(struct remote_address *address, GUri *uri, gboolean readonly)
{
    g_autofree char *driver = NULL;
    g_autoptr(GString) others = g_string_new("");
    const char *path = g_uri_get_path(uri), *name;

    memset(address, 0, sizeof(*address));
    address->options = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    address->host = g_strdup(or_null(g_uri_get_host(uri)));
    address->user = g_strdup(or_null(g_uri_get_user(uri)));
    address->port = MAX(g_uri_get_port(uri), 0);
    address->readonly = readonly;
    address->session = path && strcmp(path, "/session") == 0;
    if (parse_scheme(address, g_uri_get_scheme(uri), &driver) < 0 ||
        parse_query(address, g_uri_get_query(uri), others) < 0) {
        remote_address_clear(address);
        return -1;
    }
    name = remote_option(address, "name");
    address->name = name ? g_strdup(name) : daemon_name(driver, path, others->str);
    return 1;
}

void remote_address_clear(struct remote_address *address)
{
    g_free(address->name);
    g_free(address->user);
    g_free(address->host);
    g_hash_table_unref(address->options);
    memset(address, 0, sizeof(*address));
}

const char *remote_option(const struct remote_address *address, const char *name)
{
    return g_hash_table_lookup(address->options, name);
}

int remote_switch(const struct remote_address *address, const char *name)
{
    const char *value = remote_option(address, name);

    if (!value || strcmp(value, "0") == 0)
        return 0;
    if (strcmp(value, "1") == 0)
        return 1;
    error_set(VIR_FROM_REMOTE, VIR_ERR_INVALID_ARG, "%s=%s: 0 or 1 is accepted", name, value);
    return -1;
}
