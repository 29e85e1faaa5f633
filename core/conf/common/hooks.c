/* What the table of this kind cannot say. */
#include "conf/common_doc.h"

const struct common_hooks common_hooks = {0};
