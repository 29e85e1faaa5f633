/* What the table of this kind cannot say. */
#include "conf/capabilities_doc.h"

const struct capabilities_hooks capabilities_hooks = {0};
