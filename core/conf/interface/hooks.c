/* What the table of this kind cannot say. */
#include "conf/interface_doc.h"

const struct interface_hooks interface_hooks = {0};
