/* Character devices of guests that run. */
#pragma once

#include <jansson.h>

#include "conf/domain_doc.h"

/* Puts the terminals that QEMU has opened (the answer of query-chardev) into the document. */
void chardevs_take_paths(struct domain *doc, json_t *answer);
