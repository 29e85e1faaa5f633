/* A processor's document where a host's is wanted. */
#pragma once

#include "conf/cpu_doc.h"
#include "core/base/export.h"

/* For cpu_parse(): what only guests have is overlooked, but a mode is refused. */
CORRAL_PRIVATE extern const struct doc_context cpu_host_context;

/* -1 with an error for a guest's, and for one without architecture or model. */
CORRAL_PRIVATE int cpu_require_host(const struct cpu *cpu);
