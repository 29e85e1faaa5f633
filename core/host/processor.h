/* The host's processor, as its document tells it. */
#pragma once

#include "conf/cpu_doc.h"

/* What stands in capabilities: model, features, place in its family. Of architectures whose
 * processors cannot be asked little more than the name. */
CORRAL_PRIVATE struct cpu *host_processor(void);
