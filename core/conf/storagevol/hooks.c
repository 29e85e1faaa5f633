/* What the table of this kind cannot say. */
#include "conf/storagevol_doc.h"

const struct storagevol_hooks storagevol_hooks = {0};
