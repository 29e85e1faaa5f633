/* A socket on which JSON goes both ways, a line each: what a monitor and a guest agent have in
 * common. Callers send and wait in threads of their own; one loop reads. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

struct call;
struct channel;

struct channel_ops {
    /* What nobody has asked for, and all that it takes is told by true; in the loop's thread. */
    bool (*message)(void *opaque, json_t *message);
    /* The peer has gone, or said what is not to be understood; once, in the loop's thread. */
    void (*eof)(void *opaque, const char *why);
    void (*gone)(void *opaque); /* the loop has let go */
    bool tolerant;              /* lines that make no sense are passed over */
};

/* Takes the descriptor. */
struct channel *channel_new(GMainContext *context, int fd, const struct channel_ops *ops,
                            void *opaque);
struct channel *channel_ref(struct channel *channel);
void channel_unref(struct channel *channel);
void channel_close(struct channel *channel);
bool channel_is_open(struct channel *channel);
/* Why it is closed, for the caller to free; NULL when it is open or was closed on this side. */
char *channel_why(struct channel *channel);
bool channel_in_loop(struct channel *channel);

/* Whether this message is what a caller waits for. */
typedef bool (*channel_accepts)(json_t *message, gint64 id);

struct channel_exchange {
    const char *text; /* a line with its end, NULL to wait only */
    size_t length;
    int fd; /* goes along with the first byte; -1 for none */
    channel_accepts accepts;
    gint64 id;
    gint64 deadline; /* monotonic */
    struct call *call;
};

enum channel_result {
    CHANNEL_ANSWERED,
    CHANNEL_TIMED_OUT,
    CHANNEL_CLOSED,
    CHANNEL_ABORTED, /* by `call`, with an error */
};

/* Sends, and waits for the message that `accepts` takes. */
enum channel_result channel_exchange(struct channel *channel,
                                     const struct channel_exchange *exchange, json_t **ret);
