/* Hooks of the cpu documents. */
#pragma once

#include "core/conf/doc/doc.h"

int cpu_hook_processor(void *part, const struct doc_call *call);
