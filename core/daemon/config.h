/* The daemon's configuration: one table says what keys there are, of what type, and what they mean.
 */
#pragma once

#include <glib.h>
#include <stdio.h>

struct daemon_config {
    gint refs;
    char *path; /* NULL: there was no file, everything is as it comes */

    char *unix_sock_group;
    char *unix_sock_ro_perms;
    char *unix_sock_rw_perms;
    char *unix_sock_dir;
    gboolean libvirt_sockets;
    gboolean listen_tls;
    gboolean listen_tcp;
    char *tls_port;
    char *tcp_port;
    char *listen_addr;

    char *auth_unix_ro;
    char *auth_unix_rw;
    char *auth_tcp;
    char *auth_tls;
    char **sasl_allowed_username_list; /* NULL: everybody who has logged in */
    char **access_rules;
    char **access_drivers; /* NULL: the rules alone */
    int polkit_timeout;
    int auth_timeout;

    char *key_file;
    char *cert_file;
    char *ca_file;
    char *crl_file;
    gboolean tls_no_verify_certificate;
    char **tls_allowed_dn_list; /* NULL: every certificate that is good */
    char *tls_priority;

    int max_clients;
    int max_queued_clients;
    int max_anonymous_clients;
    int min_workers;
    int max_workers;
    int max_client_requests;
    int keepalive_interval;
    int keepalive_count;
    int drain_timeout;

    int log_level;
    char *log_outputs;
    int log_slow_calls;
    char *metrics_socket;
    char *metrics_listen;
    char **metrics_uris;
};

/* What is true where nothing is said. */
struct daemon_config *daemon_config_new(void);
struct daemon_config *daemon_config_ref(struct daemon_config *config);
void daemon_config_unref(struct daemon_config *config); /* NULL is fine */

/* NULL with an error that says where: "FILE:LINE: …". */
struct daemon_config *daemon_config_load(const char *path);
struct daemon_config *daemon_config_parse(const char *path, const char *text);

/* Whether access_drivers has polkit. */
gboolean daemon_config_asks_polkit(const struct daemon_config *config);

/* An example with every key. */
void daemon_config_print(FILE *to);
/* Keys that are not the same in both, and that a running daemon does not take over. */
GPtrArray *daemon_config_fixed_changes(const struct daemon_config *from,
                                       const struct daemon_config *to);
