/* Hooks of the nwfilterbinding documents. */
#pragma once

#include "core/conf/doc/doc.h"

int nwfilterbinding_hook_filterref(void *part, const struct doc_call *call);
