/* How the host's processors and memory are grouped. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "core/base/export.h"

struct host_cpu {
    unsigned id, socket, die, core;
    bool online;
    char *siblings; /* those of its core, "0,4" */
};

struct host_node {
    unsigned id;
    bool real;                 /* false where the kernel knows no nodes, and this one is all */
    unsigned long long memory; /* KiB */
    struct host_cpu *cpus;
    size_t n_cpus;
    GArray *distances; /* unsigned; in the order of the nodes; empty: not known */
};

struct host_topology {
    struct host_node *nodes;
    size_t n_nodes;
    GArray *pages; /* unsigned: sizes in KiB, the smallest first */
    /* for each node, and 1 where that does not come out */
    unsigned sockets, dies, cores, threads;
    unsigned online;
    bool even; /* the product of all is the number of processors */
};

CORRAL_PRIVATE struct host_topology *host_topology_read(void);
CORRAL_PRIVATE void host_topology_free(struct host_topology *topology);
typedef struct host_topology host_topology;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(host_topology, host_topology_free)

/* The processors there are, by their numbers; where /sys is not to be seen, those that run. */
CORRAL_PRIVATE GArray *host_cpu_ids(void);
/* One number out of /proc/meminfo, in KiB; a node's with an id, of all with -1. 0 without it. */
CORRAL_PRIVATE unsigned long long host_memory(int node, const char *name);
/* Where the pages of one size are counted: a folder below /sys, without the root. */
CORRAL_PRIVATE char *host_pages_folder(int node, unsigned size);
/* In all, of that node. */
CORRAL_PRIVATE unsigned long long host_pages(const struct host_node *node, unsigned size,
                                             bool free_ones);
