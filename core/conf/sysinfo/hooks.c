/* What the table of this kind cannot say. */
#include "conf/sysinfo_doc.h"

const struct sysinfo_hooks sysinfo_hooks = {0};
