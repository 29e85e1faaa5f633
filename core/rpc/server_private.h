/* What the server's files share. */
#pragma once

#include "core/rpc/server.h"

struct server {
    struct server_limits limits;
    const struct server_handler *handler;
    void *data;
    struct workers *workers;
    struct workers *waiters; /* for jobs that wait for somebody who may never answer */
    int epoll_fd;
    int wake_fd; /* an eventfd: something for the server's thread to look at */
    pthread_t thread;
    gboolean started;

    /* the server's thread only */
    GPtrArray *gone; /* clients closed in this round: events of theirs may still be in the batch */
    int n_ticking;
    gint64 next_tick;

    lock_t lock;        /* guards the rest; taken with no client's lock held */
    GArray *services;   /* struct server_service *; those that are accepted from */
    gboolean accepting; /* they are in the epoll set */
    gint64 starved; /* when it had no descriptor for another client; 0: not so */
    gboolean stop_accepting;
    gboolean ending;
    GQueue clients;
    int anonymous;
    guint64 next_id;
    GQueue woken; /* clients that another thread wants looked at, held */
};

/* server_client.c, in the server's thread: */
void server_client_new(struct server *server, const struct server_service *service, int fd);
/* What epoll says of a client. */
void server_client_event(struct server_client *client, guint32 events);
/* After another thread has changed something: closes it, or reads from it again. */
void server_client_look(struct server_client *client);
/* Takes it out of everything, and tells the handler. */
void server_client_end(struct server_client *client);

/* server.c */
void server_wake(struct server *server);
/* Begins or ends accepting as the limits want it. */
void server_balance(struct server *server);
