/* Pieces of a guest's memory. */
#pragma once

#include "core/drivers/qemu/command/props.h"

/* x86's pages when a definition asks for large ones and no size. */
enum { DEFAULT_HUGEPAGE_KIB = 2048 };

struct ram_request {
    const char *id;
    unsigned long long kib;
    int cell;        /* -1: none */
    unsigned access; /* domain_memory_device_access, 0: the guest's */
    enum tristate discard;
    const char *path; /* a file that is given */
    const char *nodeset;
    unsigned long long page_kib, align_kib;
    bool main, prealloc, pmem;
};

/* QEMU counts in whole MiB. */
unsigned long long rounded_kib(unsigned long long kib);
json_t *object_ram(const struct domain *doc, const struct launch *launch,
                   const struct ram_request *request);
