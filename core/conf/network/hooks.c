/* What the table of this kind cannot say. */
#include "conf/network_doc.h"

const struct network_hooks network_hooks = {0};
