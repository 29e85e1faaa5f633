/* Figures of the daemon, in OpenMetrics' format, by HTTP on sockets of their own. */
#pragma once

#include <glib.h>

struct daemon;
struct metrics;
struct wire_procedure;

struct metrics *metrics_new(void);
/* Nobody is answered any more. */
void metrics_end(struct metrics *metrics);
void metrics_free(struct metrics *metrics);

/* A call has been answered. `procedure` may be NULL: there was none of that number. */
void metrics_count(struct metrics *metrics, const struct wire_procedure *procedure, gint64 took_us,
                   gboolean failed);

/* Begins to answer on the descriptor, which is the metrics' from now on. */
int metrics_serve(struct metrics *metrics, struct daemon *daemon, int fd);

/* The whole text. */
GString *metrics_text(struct metrics *metrics, struct daemon *daemon);
