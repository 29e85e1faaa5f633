/* What the files of reconnecting connections share. */
#pragma once

#include "core/drivers/remote/address.h"
#include "core/drivers/remote/inventory.h"
#include "core/drivers/remote/reconnect.h"
#include "core/drivers/remote/remote.h"

/* A callback of our own in the event queue. */
struct reconnect_watch {
    int klass;
    int id;
};

struct reconnect {
    gint refs;
    unsigned int process;
    virConnectPtr conn; /* as long as `closing` is not set, or `busy` is */
    struct remote_address address;
    unsigned int flags;
    struct answers *answers;

    lock_t lock;    /* guards what follows; taken before a client's */
    cond_t changed; /* any of it */
    gboolean closing;
    gboolean threaded;         /* the thread that mends is there */
    gboolean busy;             /* and uses the connection */
    gboolean begun;            /* the gap has been told */
    struct rpc_client *client; /* NULL in a gap */
    struct rpc_client *lost;   /* to be closed by the thread */
    virConnectPtr scratch;     /* what the thread opens with */
    int reason;                /* of the gap */
    gint64 since;              /* when it began */
    gint64 up;                 /* or when the last one ended */
    gint64 delay, next;        /* between attempts, and the next one's time */
    char *problem;             /* of the last one */
    int interval;
    unsigned int count;
    virTypedParameterPtr identity;
    int n_identity;
    unsigned int identity_flags;

    lock_t hold_lock; /* guards what follows; the last to be taken */
    int holds;        /* events wait */
    GQueue held;
    GPtrArray *monitors; /* reconnect_monitor.c's */
    int next_monitor;

    lock_t resync;      /* held while the daemon is asked for what is there; taken first */
    int watchers;       /* guarded by it */
    GArray *watches;    /* struct reconnect_watch */
    unsigned int kinds; /* that the daemon tells of: a bit for each corralGapObject */
    gboolean watching;  /* the same for the loop and the mending; atomic */

    /* What there was when the daemon was last heard of; belongs to what the event queue delivers.
     */
    struct inventory *inventory;
};

void reconnect_ref(struct reconnect *reconnect);

/* reconnect_mend.c: makes a client of the socket and says again what the last daemon was told; then
 * the gap is over. The client, held, or NULL with an error. */
struct rpc_client *reconnect_mend(struct reconnect *reconnect, struct rpc_socket *socket);
/* Events wait until as many releases follow, then go in the order in which they came. */
void reconnect_hold_events(struct reconnect *reconnect);
void reconnect_release_events(struct reconnect *reconnect);

/* reconnect_monitor.c: with hold_lock, the number of an event becomes the one that stands here. */
void reconnect_set_monitor(struct reconnect *reconnect, struct event *event);
/* Asks the daemon for all of them anew, with events on hold; -1 with an error when that is vain. */
int reconnect_ask_monitors(struct reconnect *reconnect, virConnectPtr scratch);
void reconnect_monitor_free(gpointer monitor);

/* reconnect_gap.c */
void reconnect_tell_begin(struct reconnect *reconnect);
/* For the event queue, past those that wait; to be made as long as nobody can open the next gap.
 * `found` is taken over, and may be NULL where nobody watches. */
struct event *reconnect_end_event(struct reconnect *reconnect, struct inventory *found);

/* reconnect_answers.c: asks the user once, and remembers. */
struct answers *answers_new(virConnectAuthPtr auth);
/* For the first opening: hands questions on. */
virConnectAuthPtr answers_first(struct answers *answers);
/* For those after it: NULL when nothing was answered. */
virConnectAuthPtr answers_again(struct answers *answers);
void answers_free(struct answers *answers);
