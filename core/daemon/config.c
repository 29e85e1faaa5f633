#include "core/daemon/config.h"

#include <stdlib.h>
#include <string.h>

#include "core/daemon/access.h"
#include "core/daemon/config_private.h"
#include "core/object/error.h"

#define AT(member) G_STRUCT_OFFSET(struct daemon_config, member)
#define SWITCH(key, live_, value_, ...)                                                            \
    {                                                                                              \
        .name = #key, .type = CONFIG_SWITCH, .offset = AT(key), .live = (live_), .most = 1,        \
        .value = (value_), .example = (value_), .text = __VA_ARGS__                                \
    }
#define NUMBER(key, live_, least_, most_, value_, ...)                                             \
    {                                                                                              \
        .name = #key, .type = CONFIG_NUMBER, .offset = AT(key), .live = (live_),                   \
        .least = (least_), .most = (most_), .value = (value_), .example = (value_),                \
        .text = __VA_ARGS__                                                                        \
    }
#define STRING(key, live_, one_of_, value_, example_, ...)                                         \
    {                                                                                              \
        .name = #key, .type = CONFIG_STRING, .offset = AT(key), .live = (live_),                   \
        .one_of = (one_of_), .value = (value_), .example = (example_), .text = __VA_ARGS__         \
    }
#define LIST(key, live_, example_, ...)                                                            \
    {                                                                                              \
        .name = #key, .type = CONFIG_LIST, .offset = AT(key), .live = (live_),                     \
        .example = (example_), .text = __VA_ARGS__                                                 \
    }

/* clang-format off */
const struct config_key config_keys[] = {
    STRING(unix_sock_group, FALSE, NULL, NULL, "\"corral\"",
        "The group that the read-write socket belongs to. Its members may do everything, unless\n"
        "access_rules says otherwise."),
    STRING(unix_sock_ro_perms, FALSE, "MODE", "\"0777\"", "\"0777\"",
        "The mode of the read-only socket, an octal number."),
    STRING(unix_sock_rw_perms, FALSE, "MODE", NULL, "\"0770\"",
        "The mode of the read-write socket: 0700, or 0770 where unix_sock_group is given."),
    STRING(unix_sock_dir, FALSE, NULL, NULL, "\"/run/corral\"",
        "Where the sockets are."),
    SWITCH(libvirt_sockets, FALSE, "0",
        "Whether to listen on libvirt-sock, libvirt-sock-ro and the names of the separate daemons\n"
        "as well, for clients that look there. No other daemon may use them."),
    SWITCH(listen_tls, FALSE, "0", "Whether to listen for TLS connections."),
    SWITCH(listen_tcp, FALSE, "0",
        "Whether to listen for TCP connections. Nothing is encrypted but what SASL encrypts."),
    STRING(tls_port, FALSE, NULL, "\"16514\"", "\"16514\"", "The port for TLS, or a service's name."),
    STRING(tcp_port, FALSE, NULL, "\"16509\"", "\"16509\"", "The port for TCP, or a service's name."),
    STRING(listen_addr, FALSE, NULL, NULL, "\"192.0.2.1\"",
        "The address, or host name, to listen on for TLS and TCP; every address where it is not\n"
        "given."),

    STRING(auth_unix_ro, FALSE, "none sasl polkit", "\"none\"", "\"none\"",
        "How clients of the read-only socket prove who they are: \"none\" (the kernel says it),\n"
        "\"sasl\" or \"polkit\", which is asked for org.libvirt.unix.monitor. Root and the daemon's\n"
        "own user need not."),
    STRING(auth_unix_rw, FALSE, "none sasl polkit", "\"none\"", "\"none\"",
        "How clients of the read-write socket prove who they are; the action that polkit is asked\n"
        "for is org.libvirt.unix.manage."),
    STRING(auth_tcp, FALSE, "none sasl", "\"sasl\"", "\"sasl\"",
        "How clients that come by TCP prove who they are: \"sasl\" or \"none\"."),
    STRING(auth_tls, FALSE, "none sasl", "\"none\"", "\"none\"",
        "What clients that come by TLS have to prove beside their certificate: \"none\" or\n"
        "\"sasl\"."),
    LIST(sasl_allowed_username_list, TRUE, "[\"joe@EXAMPLE.COM\", \"fred@EXAMPLE.COM\"]",
        "Whom SASL may let in, * and ? being accepted; everybody it knows where it is not given. GSSAPI\n"
        "knows users of the default realm by their names alone."),
    LIST(access_rules, TRUE,
        "[\"user alice: domain:read, domain:getattr, connect:* on web-*\", \"group watchers: read-only\"]",
        "Who may do what: \"WHO: PERMISSIONS on NAMES\". WHO is user NAME, group NAME, x509 NAME,\n"
        "sasl NAME or anyone. A PERMISSION is OBJECT:NAME, OBJECT:*, *:NAME, * or read-only, which\n"
        "is what the read-only socket allows. NAMES, which may be left out, are patterns with * and\n"
        "? of the objects' names: POOL/VOLUME for volumes, NETWORK/UUID for ports, the UUID for\n"
        "secrets. What no rule allows is refused. Without this key root, the daemon's own user, the\n"
        "group of the socket and whoever has logged in by TLS or SASL may do everything, and others\n"
        "nothing. Everybody may look around on the read-only socket."),
    LIST(access_drivers, TRUE, "[\"polkit\"]",
        "Who else may allow something: \"polkit\" is asked about users of this host what no rule\n"
        "allows, each permission as org.libvirt.api.OBJECT.PERMISSION with the object's name and UUID\n"
        "(domain_name, domain_uuid and the like) and connect_driver, also on the read-only socket.\n"
        "Then the group of the socket and logins by TLS or SASL allow nothing by themselves."),
    NUMBER(polkit_timeout, TRUE, 1, 3600, "120",
        "How many seconds polkit has to answer, a user with a password to type included. Only the\n"
        "client that it is asked about waits."),
    NUMBER(auth_timeout, TRUE, 1, 3600, "30",
        "How many seconds a client has to prove who it is, but for the time that polkit takes."),

    STRING(key_file, FALSE, NULL, "\"/etc/pki/libvirt/private/serverkey.pem\"",
        "\"/etc/pki/libvirt/private/serverkey.pem\"", "The key of the TLS server."),
    STRING(cert_file, FALSE, NULL, "\"/etc/pki/libvirt/servercert.pem\"",
        "\"/etc/pki/libvirt/servercert.pem\"", "The certificate of the TLS server."),
    STRING(ca_file, FALSE, NULL, "\"/etc/pki/CA/cacert.pem\"", "\"/etc/pki/CA/cacert.pem\"",
        "Who signs the certificates of clients."),
    STRING(crl_file, FALSE, NULL, NULL, "\"/etc/pki/CA/crl.pem\"",
        "Certificates that are not good any more."),
    SWITCH(tls_no_verify_certificate, FALSE, "0",
        "Whether clients may come without a good certificate. Then anybody may, unless auth_tls is\n"
        "\"sasl\"."),
    LIST(tls_allowed_dn_list, TRUE, "[\"O=Example,CN=one\", \"O=Example,CN=*\"]",
        "The names in certificates that may come in, * and ? being accepted; all where it is not\n"
        "given."),
    STRING(tls_priority, FALSE, NULL, NULL, "\"NORMAL\"", "What TLS may use, as GnuTLS has it."),

    NUMBER(max_clients, TRUE, 1, 1000000, "5000",
        "How many clients there may be at once; others wait."),
    NUMBER(max_queued_clients, FALSE, 1, 1000000, "1000",
        "How many of them may wait to be accepted, for each socket."),
    NUMBER(max_anonymous_clients, TRUE, 1, 1000000, "20",
        "How many clients may be connected that have not proved yet who they are."),
    NUMBER(min_workers, TRUE, 0, 10000, "2", "How many threads stay for calls that take time."),
    NUMBER(max_workers, TRUE, 1, 10000, "20", "How many of them there may be."),
    NUMBER(max_client_requests, TRUE, 1, 100000, "20",
        "How many calls of one client run at once. One that sends more is read from when others of\n"
        "its calls are done; it is not cut off."),
    NUMBER(keepalive_interval, TRUE, -1, 86400, "5",
        "After how many seconds of silence a client is asked whether it is still there, if it takes\n"
        "part; -1: never."),
    NUMBER(keepalive_count, TRUE, 0, 1000, "5",
        "How often it is asked before it is taken for gone."),
    NUMBER(drain_timeout, TRUE, 0, 86400, "15",
        "How many seconds calls and streams have to finish when the daemon is asked to end."),

    NUMBER(log_level, TRUE, 1, 4, "3",
        "From what level on things are logged: 1 debug, 2 information, 3 warnings, 4 errors."),
    STRING(log_outputs, TRUE, NULL, NULL, "\"2:file:/var/log/corrald.log\"",
        "Where the log goes, with a space between several: \"LEVEL:stderr\", \"LEVEL:file:PATH\",\n"
        "\"LEVEL:syslog:NAME\" or \"LEVEL:journald\", which gets the KEY=VALUE pairs of messages as\n"
        "fields CORRAL_KEY; to stderr where it is not given. SIGHUP opens files anew: whoever rotates\n"
        "them moves them away and sends it."),
    NUMBER(log_slow_calls, TRUE, 0, 3600000, "1000",
        "Calls that take longer than so many milliseconds are logged as warnings; 0: none are."),
    STRING(metrics_socket, FALSE, NULL, NULL, "\"/run/corral/metrics\"",
        "A Unix socket on which the daemon tells its figures, in OpenMetrics' format by HTTP."),
    STRING(metrics_listen, FALSE, NULL, NULL, "\"127.0.0.1:9178\"",
        "An address and port for the same; whoever reaches it reads them."),
    LIST(metrics_uris, TRUE, "[\"qemu:///system\"]",
        "The connections whose guests are counted among the figures."),
};
/* clang-format on */
const size_t config_n_keys = G_N_ELEMENTS(config_keys);

static void set_default(struct daemon_config *config, const struct config_key *key)
{
    void *member = G_STRUCT_MEMBER_P(config, key->offset);

    if (!key->value)
        return;
    if (key->type == CONFIG_STRING)
        *(char **)member = g_strndup(key->value + 1, strlen(key->value) - 2);
    else
        *(int *)member = atoi(key->value);
}

struct daemon_config *daemon_config_new(void)
{
    struct daemon_config *config = g_new0(struct daemon_config, 1);

    config->refs = 1;
    for (size_t i = 0; i < config_n_keys; i++)
        set_default(config, &config_keys[i]);
    return config;
}

struct daemon_config *daemon_config_ref(struct daemon_config *config)
{
    g_atomic_int_inc(&config->refs);
    return config;
}

void daemon_config_unref(struct daemon_config *config)
{
    if (!config || !g_atomic_int_dec_and_test(&config->refs))
        return;
    for (size_t i = 0; i < config_n_keys; i++) {
        void *member = G_STRUCT_MEMBER_P(config, config_keys[i].offset);

        if (config_keys[i].type == CONFIG_STRING)
            g_free(*(char **)member);
        else if (config_keys[i].type == CONFIG_LIST)
            g_strfreev(*(char ***)member);
    }
    g_free(config->path);
    g_free(config);
}

gboolean daemon_config_asks_polkit(const struct daemon_config *config)
{
    return config->access_drivers &&
           g_strv_contains((const char *const *)config->access_drivers, "polkit");
}

static int check_mode(const char *value)
{
    char *end;
    guint64 mode = g_ascii_strtoull(value, &end, 8);

    return *value && g_ascii_isdigit(*value) && !*end && mode <= 0777 ? 0 : -1;
}

int config_check_string(const struct config_key *key, const char *value, const char *where)
{
    g_auto(GStrv) words = key->one_of ? g_strsplit(key->one_of, " ", -1) : NULL;

    if (!words)
        return 0;
    if (!strcmp(key->one_of, "MODE")) {
        if (check_mode(value) == 0)
            return 0;
        error_set(VIR_FROM_CONF, VIR_ERR_CONF_SYNTAX,
                  "%s: %s: '%s' is no mode: an octal number up to 0777 is accepted", where,
                  key->name, value);
        return -1;
    }
    if (g_strv_contains((const char *const *)words, value))
        return 0;
    error_set(VIR_FROM_CONF, VIR_ERR_CONF_SYNTAX, "%s: %s: '%s' is none of: %s", where, key->name,
              value, key->one_of);
    return -1;
}

static void print_commented(FILE *to, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line; line++)
        fprintf(to, "# %s\n", *line);
}

void daemon_config_print(FILE *to)
{
    fputs("# Configuration of corrald. Every key is here, with an example, or with what is true\n"
          "# where it is not given.\n",
          to);
    for (size_t i = 0; i < config_n_keys; i++) {
        const struct config_key *key = &config_keys[i];

        fputc('\n', to);
        print_commented(to, key->text);
        if (!key->live)
            fputs("# (A change takes effect when the daemon starts.)\n", to);
        fprintf(to, "#%s = %s\n", key->name, key->value ? key->value : key->example);
    }
}

static gboolean is_same(const struct config_key *key, const struct daemon_config *one,
                        const struct daemon_config *other)
{
    const void *a = G_STRUCT_MEMBER_P(one, key->offset), *b = G_STRUCT_MEMBER_P(other, key->offset);

    switch (key->type) {
    case CONFIG_STRING:
        return !g_strcmp0(*(char *const *)a, *(char *const *)b);
    case CONFIG_LIST: {
        char **left = *(char **const *)a, **right = *(char **const *)b;

        return left && right ? g_strv_equal((const char *const *)left, (const char *const *)right)
                             : left == right;
    }
    default:
        return *(const int *)a == *(const int *)b;
    }
}

GPtrArray *daemon_config_fixed_changes(const struct daemon_config *from,
                                       const struct daemon_config *to)
{
    GPtrArray *names = g_ptr_array_new();

    for (size_t i = 0; i < config_n_keys; i++)
        if (!config_keys[i].live && !is_same(&config_keys[i], from, to))
            g_ptr_array_add(names, (char *)config_keys[i].name);
    return names;
}
