/* Hooks of the domain documents, one file each. */
#pragma once

#include "core/conf/doc/doc.h"

int domain_hook_alias(void *part, const struct doc_call *call);
int domain_hook_post_parse(void *part, const struct doc_call *call);
