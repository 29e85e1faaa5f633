/* Hooks of the nodedev documents. */
#pragma once

#include "core/conf/doc/doc.h"

/* As doc_context.opaque: the device is yet to be made, and gets its name and number then. */
extern char nodedev_to_be_made[];

struct nodedev;

int nodedev_hook_identity_read(void *part, const struct doc_call *call);
int nodedev_hook_device(void *part, const struct doc_call *call);
int nodedev_hook_vpd(void *part, const struct doc_call *call);

/* Whether what stands inside of the capabilities is of a type that may stand there. */
int nodedev_check_nested(const struct nodedev *def, const struct doc_call *call);
