/* What the table of this kind cannot say. */
#include "conf/domain_doc.h"

const struct domain_hooks domain_hooks = {0};
