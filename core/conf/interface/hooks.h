/* Hooks of the interface documents. */
#pragma once

#include "core/conf/doc/doc.h"

int interface_hook_protocol(void *part, const struct doc_call *call);
int interface_hook_mtu(void *part, const struct doc_call *call);
int interface_hook_bridge(void *part, const struct doc_call *call);
int interface_hook_bond(void *part, const struct doc_call *call);
