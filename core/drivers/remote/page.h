/* Lists that are longer than an answer may be, piece by piece; see core/rpc/page.h. */
#pragma once

#include "core/object/connect.h"
#include "wire.h"

struct page {
    const char *function;
    unsigned int stats, flags;
    wire_connect_get_all_domain_stats_ret answer; /* the piece */
    gboolean begun;
    char *name; /* of the last guest */
    unsigned char uuid[VIR_UUID_BUFLEN];
};

/* After a call has failed: it may be for its length, and pieces the way round it. */
gboolean page_helps(void);
/* What the attempt by pieces has come to, or the first error where it has failed. */
int page_or(int result, virErrorPtr first);

/* 1 with the next piece, which is freed by the next call; 0 at the end, -1 with an error. Both free
 * what there is. */
int page_next(virConnectPtr conn, struct page *page);
