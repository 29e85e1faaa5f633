/* The part of capabilities that speaks of the host. */
#pragma once

#include "conf/capabilities_doc.h"

/* Processor, memory, nodes, caches, how it sleeps. What hypervisors add (ways to migrate, security)
 * is theirs to add. The text in `host` is to be freed with the document. */
CORRAL_PRIVATE void host_fill_capabilities(struct capabilities_host *host);

/* The host's own UUID as text: the firmware's, else one made of the installation's; NULL. */
CORRAL_PRIVATE char *host_uuid(void);
