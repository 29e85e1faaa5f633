/* The service manager's protocol: sockets that it has opened, and what it is told. No library is
 * needed for either. */
#pragma once

#include <glib.h>

struct activated {
    int fd;
    char name[128]; /* the last part of its path */
    gboolean local;
    gboolean readonly; /* its name ends in -ro */
    gboolean tls;      /* it listens on the port for that */
};

/* How many sockets have been handed over; forgets about it, so that no child believes the same. */
int activation_count(void);
/* -1 with an error when it is not a listening stream socket. */
int activation_look(int index, const char *tls_port, struct activated *ret);

/* Tells the service manager, if there is one: "READY=1". */
void notify_manager(const char *text);
