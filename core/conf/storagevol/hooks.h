/* Hooks of the storagevol documents, one file each. */
#pragma once

#include "core/conf/doc/doc.h"

int storagevol_hook_volume(void *part, const struct doc_call *call);
int storagevol_hook_features(void *part, const struct doc_call *call);
int storagevol_hook_capacity(void *part, const struct doc_call *call);
