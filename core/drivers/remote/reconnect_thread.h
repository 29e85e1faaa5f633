/* The thread that looks for lost daemons. */
#pragma once

#include "core/drivers/remote/reconnect_private.h"

/* Microseconds. Between attempts: the first pause, and the longest; what has lasted so long is
 * worth running after at once. */
#define RECONNECT_FIRST (100 * 1000)
#define RECONNECT_LONGEST (10 * G_USEC_PER_SEC)
#define RECONNECT_STEADY G_USEC_PER_SEC

static inline gint64 reconnect_longer(gint64 delay)
{
    return delay ? MIN(2 * delay, RECONNECT_LONGEST) : RECONNECT_FIRST;
}

/* Starts it, with a reference; with the record's lock held. -1 without an error: there is none to
 * be had. */
int reconnect_thread(struct reconnect *reconnect);

/* reconnect.c: the gap begins when the client has ended. */
void reconnect_check_client(struct reconnect *reconnect, struct rpc_client *client);
