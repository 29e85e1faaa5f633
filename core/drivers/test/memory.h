/* Memory of guests. */
#pragma once

#include "core/drivers/test/domain.h"

/* At most `max` numbers of a running guest; how many they are. */
int guest_memory_stats(const struct guest *guest, virDomainMemoryStatPtr stats, unsigned int max);
