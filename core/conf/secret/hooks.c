/* What the table of this kind cannot say. */
#include "conf/secret_doc.h"

const struct secret_hooks secret_hooks = {0};
