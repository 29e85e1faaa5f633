/* Hooks of the storagepool documents, one file each. */
#pragma once

#include "core/conf/doc/doc.h"

int storagepool_hook_pool(void *part, const struct doc_call *call);
int storagepool_hook_source(void *part, const struct doc_call *call);
int storagepool_hook_adapter(void *part, const struct doc_call *call);
int storagepool_hook_validate(void *part, const struct doc_call *call);
