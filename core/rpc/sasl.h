/* Logins by SASL, and the layer that some of its mechanisms put below the messages. In a module of
 * its own, which shares nothing with the library but this. */
#pragma once

#include "core/rpc/socket.h"

#define SASL_MODULE_VERSION 1
#define SASL_MODULE_SYMBOL "corral_sasl_module"

struct sasl_session;

/* What a client is asked for, in the API's terms (virConnectCredentialType). */
struct sasl_question {
    int type;
    const char *challenge;
    const char *prompt;
    const char *fallback;
    char *answer; /* filled in by the one who asked, freed by the session */
};

struct sasl_setup {
    const char *host;  /* the server's name, where mechanisms bind to it; NULL: this host's */
    const char *local; /* "ADDRESS;PORT", NULL where there are none */
    const char *remote;
    gboolean guarded; /* nobody can listen in: passwords may be sent as they are */
    int strength;     /* bits of what protects it; 0: nothing that SASL would count */
};

enum sasl_step {
    SASL_STEP_FAILED = -1,
    SASL_STEP_MORE = 0,
    SASL_STEP_DONE = 1,
    SASL_STEP_ASK = 2, /* a client's: answer the questions, and take the same step again */
};

struct sasl_data {
    const char *bytes; /* NULL is something else than empty */
    unsigned int size;
};

struct sasl_module {
    int version;
    /* NULL with `*ret_why`. */
    struct sasl_session *(*server)(const struct sasl_setup *setup, char **ret_why);
    struct sasl_session *(*client)(const struct sasl_setup *setup, char **ret_why);
    void (*free)(struct sasl_session *session);

    /* A server's mechanisms, separated by commas; NULL with `*ret_why`. */
    char *(*mechanisms)(struct sasl_session *session, char **ret_why);
    /* A server begins with the mechanism that a client has chosen, a client with all that there
     * are: `*ret_mechanism` is its choice. */
    enum sasl_step (*start)(struct sasl_session *session, const char *mechanism,
                            const struct sasl_data *in, struct sasl_data *out,
                            const char **ret_mechanism, char **ret_why);
    enum sasl_step (*step)(struct sasl_session *session, const struct sasl_data *in,
                           struct sasl_data *out, char **ret_why);
    /* After SASL_STEP_ASK. */
    struct sasl_question *(*questions)(struct sasl_session *session, int *ret_n);

    /* Of a login that is done: who it is; NULL with `*ret_why`. */
    const char *(*user)(struct sasl_session *session, char **ret_why);
    int (*bits)(struct sasl_session *session); /* of protection that it brings; 0: no layer */
    /* The session goes with the layer. The next `plain` bytes written are not protected yet. */
    struct rpc_layer *(*layer)(struct sasl_session *session, int fd, size_t plain);
};
