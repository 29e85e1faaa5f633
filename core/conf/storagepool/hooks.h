/* Hooks of the storagepool documents, one file each. */
#pragma once

#include "core/conf/doc/doc.h"

int storagepool_hook_pool(void *part, const struct doc_call *call);
