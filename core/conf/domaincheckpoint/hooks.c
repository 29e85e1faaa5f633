/* What the table of this kind cannot say. */
#include "conf/domaincheckpoint_doc.h"

const struct domaincheckpoint_hooks domaincheckpoint_hooks = {0};
