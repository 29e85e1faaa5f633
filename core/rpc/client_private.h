/* What the client's files share. The functions want the client's lock held unless they say
 * otherwise. */
#pragma once

#include "core/base/lock.h"
#include "core/rpc/client.h"
#include "core/rpc/inbox.h"
#include "core/rpc/outbox.h"
#include "core/rpc/xdr.h"

/* What a thread sleeps on. Counted, and a thread's for all its calls: who wakes it does so without
 * the lock, when it may have woken for another reason and gone. */
struct rpc_sleeper {
    gint refs;
    cond_t cond;
};

/* A thread that waits for something of this connection, on its own stack. */
struct rpc_waiter {
    struct rpc_waiter *next, *prev;
    struct rpc_sleeper *sleeper;
    gboolean ready; /* what it waits for has come, or it is to look again */
    gboolean reads; /* it is the one that reads */
};

/* A call that has been sent. */
#define RPC_SMALL_ANSWER 1024

struct rpc_pending {
    struct rpc_pending *next, *prev;
    struct rpc_waiter *waiter;
    guint32 serial;
    gboolean answered;
    struct rpc_header header;
    guint8 *payload; /* is `small` or allocated */
    size_t size;
    guint8 *small; /* the caller's thread's, RPC_SMALL_ANSWER bytes */
    int fds[RPC_FDS_MAX];
    int n_fds;
};

/* Woken together; more of them are woken one by one. */
#define RPC_WOKEN_MAX 32

struct rpc_client {
    const struct rpc_client_handler *handler;
    void *data;
    unsigned int forks; /* how often the process had forked when it was made */
    union {
        struct {
            int wake_fd;  /* an eventfd, lent to the caller that reads */
            int epoll_fd; /* what the loop sees: the socket and the next two */
            int nudge_fd; /* an eventfd: something to do that no descriptor tells */
            int timer_fd; /* keepalive */
        };
        int own_fds[4]; /* the same: -1 before their first use */
    };
    struct rpc_inbox inbox;   /* the reader's, with or without the lock */
    struct rpc_socket socket; /* reading is the reader's, writing needs the lock */

    lock_t lock; /* guards the rest */
    int refs;
    struct rpc_outbox outbox;
    guint32 serial;
    gboolean sending; /* somebody does, without the lock */
    gboolean reading; /* somebody does */
    gboolean polling; /* and sleeps, for all that is known */
    struct rpc_waiter *waiters;
    struct rpc_sleeper *woken[RPC_WOKEN_MAX]; /* when the reader drops the lock */
    int n_woken;
    struct rpc_pending *pending;
    struct rpc_stream *streams;

    gboolean mute; /* nothing can be sent any more; what has come is still read */
    gboolean dead;
    int reason;   /* virConnectCloseReason */
    char *excuse; /* what the calls that waited are told */

    /* client_loop.c */
    int watch;        /* the handle in the event loop; -1 without one */
    guint32 watched;  /* epoll's events of the socket */
    gboolean told;    /* handler->closed() was called, or is not to be */
    gboolean telling; /* it runs just now, in `teller` */
    pthread_t teller;
    cond_t has_told;
    gint64 heard;            /* monotonic, when bytes came last */
    int interval;            /* seconds between pings; 0 for none */
    unsigned int pings;      /* that may go unanswered */
    unsigned int pings_left; /* of them */
};

/* How often this process has been forked from another. */
extern unsigned int rpc_forks;

struct rpc_client *rpc_client_ref(struct rpc_client *client);
void rpc_client_unref(struct rpc_client *client); /* without the lock */

/* client.c */
/* 0 when it may be used, -1 with an error. */
int rpc_client_check(struct rpc_client *client);
/* FALSE in a child of the process that opened it; without the lock. */
gboolean rpc_client_is_ours(const struct rpc_client *client);
/* Ends it; only the first reason counts. */
void rpc_client_die(struct rpc_client *client, int reason, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* Handles all complete frames that have been read. */
void rpc_client_take_frames(struct rpc_client *client);
/* Reads once, as the one who may; drops the lock meanwhile. */
void rpc_client_read(struct rpc_client *client);
/* Somebody else reads from now on: a caller that still waits, else the loop. */
void rpc_client_pass_on_reading(struct rpc_client *client);
/* Sends what the socket takes. */
void rpc_client_flush(struct rpc_client *client);
/* Appends a frame; the payload is written by `write`, which returns -1 with an error. */
typedef int (*rpc_write)(struct xdr_out *out, const void *data);
int rpc_client_send(struct rpc_client *client, const struct rpc_header *header, rpc_write write,
                    const void *data, const int *fds, int n_fds);
/* Waits until waiter->ready, reading if nobody else does. -1 with an error when the call is over
 * before, or the connection. */
void rpc_waiter_init(struct rpc_client *client, struct rpc_waiter *waiter);
/* Something is to be sent that the socket did not take: who reads, or else the loop, sends it. */
void rpc_client_wait_for_room(struct rpc_client *client);
int rpc_client_wait(struct rpc_client *client, struct rpc_waiter *waiter, struct call *call);
void rpc_waiter_clear(struct rpc_client *client, struct rpc_waiter *waiter);
void rpc_waiter_wake(struct rpc_waiter *waiter);
/* For the reader: wakes it only when the lock is dropped, so that it does not meet the lock. */
void rpc_waiter_wake_later(struct rpc_client *client, struct rpc_waiter *waiter);
/* Drops the lock; needed in place of lock_drop() where the reader may be. */
void rpc_client_unlock(struct rpc_client *client);

typedef struct rpc_client *rpc_client_guard_t;
static inline void rpc_client_guard_drop(rpc_client_guard_t *guard)
{
    rpc_client_unlock(*guard);
}
#define rpc_client_guard(client)                                                                   \
    __attribute__((cleanup(rpc_client_guard_drop), unused)) rpc_client_guard_t guard =             \
        (lock_take(&(client)->lock), (client))

/* client_loop.c */
/* After the reading has changed hands, something was left unsent, or the end: the loop watches for
 * what nobody else does. */
void rpc_client_watch(struct rpc_client *client);
/* The loop has something to do. */
void rpc_client_nudge(struct rpc_client *client);
/* A frame of the keepalive program. */
void rpc_client_keepalive_frame(struct rpc_client *client, const struct rpc_header *header);
/* Out of the loop, for good; without the lock. */
void rpc_client_leave_loop(struct rpc_client *client);

/* client_stream.c */
/* The stream listens for what answers the call. -1 with an error when it is open already. */
int rpc_stream_open(struct rpc_client *client, struct rpc_stream *stream,
                    const struct rpc_request *request, guint32 serial);
/* All that waited has been sent. */
void rpc_client_streams_sent(struct rpc_client *client);
/* A frame of a stream; FALSE when it belongs to none. */
gboolean rpc_client_stream_frame(struct rpc_client *client, const struct rpc_header *header,
                                 guint8 *payload, size_t size);
/* All streams have come to their end. */
void rpc_client_streams_die(struct rpc_client *client);
/* From the loop; drops the lock while callbacks run. */
void rpc_client_stream_callbacks(struct rpc_client *client);
/* Streams hold so much that nobody should read for the sake of reading. */
gboolean rpc_client_streams_full(struct rpc_client *client);
