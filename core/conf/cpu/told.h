/* Processors as hypervisors tell of them: by the names that those have for features. */
#pragma once

#include "conf/cpu_doc.h"

/* A guest's processor with exactly these features, in as few words as possible; those that nobody
 * knows are left out. `maker` is its name or NULL. NULL, without an error, for architectures whose
 * features are not known. */
CORRAL_PRIVATE struct cpu *cpu_of_features(enum cpu_arch arch, const char *const *features,
                                           const char *maker);

/* Whether guests may name the model; `ret_maker` is whose it is, NULL for anybody's. */
CORRAL_PRIVATE bool cpu_knows_model(enum cpu_arch arch, const char *model, const char **ret_maker);
