/* I/O threads of guests. */
#pragma once

#include "core/drivers/test/domain.h"

/* How a running thread waits for work; made when first asked for. */
struct poller {
    unsigned int id;
    unsigned long long max_ns;
    unsigned int grow, shrink;
};

/* The threads that a document gives a guest: the ids it lists, or the first ones. */
size_t iothreads_count(const struct domain *doc);
unsigned int iothreads_id(const struct domain *doc, size_t at);
struct poller iothread_poller(const struct guest *guest, unsigned int id);
