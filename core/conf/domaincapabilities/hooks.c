/* What the table of this kind cannot say. */
#include "conf/domaincapabilities_doc.h"

const struct domaincapabilities_hooks domaincapabilities_hooks = {0};
