/* As much of HTTP as it takes to be scraped. */
#pragma once

#include "core/daemon/metrics.h"

struct metrics_http;

/* A thread of its own; the descriptor, a listening socket, is its. NULL with an error. */
struct metrics_http *metrics_http_new(struct metrics *metrics, struct daemon *daemon, int fd);
void metrics_http_free(struct metrics_http *http);
