/* Hooks of the common documents, one file each. */
#pragma once

#include "core/conf/doc/doc.h"
#include "core/base/export.h"

int common_hook_pci_address(void *part, const struct doc_call *call);
int common_hook_bandwidth_rate(void *part, const struct doc_call *call);
int common_hook_secret_names(void *part, const struct doc_call *call);
int common_hook_encryption(void *part, const struct doc_call *call);
int common_hook_metadata(void *part, const struct doc_call *call);
int common_hook_vlan(void *part, const struct doc_call *call);
int common_hook_virtualport(void *part, const struct doc_call *call);
