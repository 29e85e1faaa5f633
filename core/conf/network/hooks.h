/* Hooks of the network documents, one file each. */
#pragma once

#include "core/conf/doc/doc.h"

int network_hook_forward(void *part, const struct doc_call *call);
int network_hook_lease(void *part, const struct doc_call *call);
