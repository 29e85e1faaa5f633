/* The daemon as a whole: what all its clients share. */
#pragma once

#include "core/base/lock.h"
#include "core/daemon/access.h"
#include "core/daemon/config.h"
#include "core/rpc/server.h"

struct metrics;
struct options;
struct tls_credentials;

enum daemon_auth { /* the protocol's numbers */
                   DAEMON_AUTH_NONE = 0,
                   DAEMON_AUTH_SASL = 1,
                   DAEMON_AUTH_POLKIT = 2,
};

/* A listening socket, and how those who come there prove who they are. */
struct daemon_service {
    struct server_service server; /* whose `data` is this */
    enum daemon_auth auth;
    gboolean local; /* a Unix socket */
    gboolean tls;   /* begins with TLS, before any message */
    char *name;
    char *path; /* to be removed at the end; NULL for one that was handed to us */
};

struct daemon {
    struct server *server;
    struct metrics *metrics;
    const struct options *options;
    GPtrArray *services;
    gboolean draining; /* with __atomic: no new calls */

    lock_t lock; /* guards the rest */
    struct daemon_config *config;
    struct access_rules *rules;
    struct tls_credentials *tls; /* NULL: no TLS */
    int slow_ms;                 /* with __atomic */
};

/* Held. */
struct daemon_config *daemon_config_of(struct daemon *daemon);
struct access_rules *daemon_rules_of(struct daemon *daemon);

/* Takes over what may change in a running daemon; -1 with an error, and then nothing has. */
int daemon_apply(struct daemon *daemon, struct daemon_config *config);
