/* Lists that are longer than an answer may be, piece by piece; see core/rpc/page.h. */
#pragma once

#include "core/daemon/dispatch.h"
#include "wire.h"

/* The guests of the piece that is asked for, NULL-terminated, each a reference; they are those that
 * the client may see. NULL with an error. */
virDomainPtr *page_domains(struct dispatch_call *call,
                           const wire_connect_get_all_domain_stats_args *args);
