/* Hooks of the secret documents. */
#pragma once

#include "core/conf/doc/doc.h"

int secret_hook_usage(void *part, const struct doc_call *call);
