/* Hooks of the nodedev documents. */
#pragma once

#include "core/conf/doc/doc.h"

int nodedev_hook_device(void *part, const struct doc_call *call);
