/* TLS between the descriptor and the messages, with certificates on both sides. In a module of its
 * own, which shares nothing with the library but this: what went wrong comes back as text. */
#pragma once

#include "core/rpc/socket.h"

/* Bumped with every change here: an old module is not taken. */
#define TLS_MODULE_VERSION 1
#define TLS_MODULE_SYMBOL "corral_tls_module"

/* The byte that a server sends, first of all, to a client that it lets in; the field's. */
#define TLS_ACCEPTED '\1'

struct tls_credentials; /* shared by connections, counted */

struct tls_files {
    const char *ca;
    const char *crl;  /* NULL: none */
    const char *cert; /* NULL together with `key`: none to show */
    const char *key;
    const char *priority; /* NULL: the library's choice */
    gboolean server;
    gboolean no_sanity; /* take certificates of our own that the peer will refuse */
};

/* Whom a server lets in. `name` is that of the peer's certificate, NULL without one; `refused` says
 * why the certificate is no good, NULL when it is. FALSE to refuse. */
typedef gboolean (*tls_judge)(void *data, const char *name, const char *refused);

struct tls_module {
    int version;
    /* NULL with `*ret_why`. */
    struct tls_credentials *(*load)(const struct tls_files *files, char **ret_why);
    struct tls_credentials *(*ref)(struct tls_credentials *credentials);
    void (*unref)(struct tls_credentials *credentials);

    /* A client's end. The descriptor stays the caller's, and outlives the layer. */
    struct rpc_layer *(*connect)(struct tls_credentials *credentials, int fd, const char *host,
                                 char **ret_why);
    /* As far as it goes at once: 1 when it is done, 0 with what to wait for in `*ret_events`
     * (poll's), -1 with `*ret_why`. Then the peer's certificate, then its acceptance of ours. */
    int (*handshake)(struct rpc_layer *layer, short *ret_events, char **ret_why);
    int (*verify)(struct rpc_layer *layer, const char *host, char **ret_why);

    /* A server's end: shakes hands within the first reads, and asks `judge`. */
    struct rpc_layer *(*accept)(struct tls_credentials *credentials, int fd, tls_judge judge,
                                void *data, char **ret_why);
    int (*strength)(struct rpc_layer *layer); /* bits of the cipher's key */
};
