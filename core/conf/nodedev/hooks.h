/* Hooks of the nodedev documents. */
#pragma once

#include "core/conf/doc/doc.h"

/* As doc_context.opaque: the device is yet to be made, and gets its name and number then. */
extern char nodedev_to_be_made[];

int nodedev_hook_device(void *part, const struct doc_call *call);
