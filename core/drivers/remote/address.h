/* Where a connection's daemon is, and how one gets there: what the URI says about it. */
#pragma once

#include <glib.h>

enum remote_transport {
    REMOTE_UNIX,
    REMOTE_TLS,
    REMOTE_TCP,
    REMOTE_SSH,
    REMOTE_EXT, /* a command of the user's */
};

struct remote_address {
    enum remote_transport transport;
    char *name; /* the URI for the daemon to open; empty: its default */
    char *user, *host;
    int port;         /* 0: the transport's own */
    gboolean session; /* the user's daemon, not the system's */
    gboolean readonly;
    GHashTable *options; /* what the query says for us: socket, command, keyfile, ... */
};

/* 1, 0 when the URI is not for a daemon, -1 with an error that says what is wrong with it. */
int remote_address_parse(struct remote_address *address, GUri *uri, gboolean readonly);
void remote_address_clear(struct remote_address *address);

/* NULL when the query does not say. */
const char *remote_option(const struct remote_address *address, const char *name);
/* 1 and 0 are what a switch may be: 0 when it is not there; -1 with an error for anything else. */
int remote_switch(const struct remote_address *address, const char *name);
