/* What the table of this kind cannot say. */
#include "conf/storagepool_doc.h"

const struct storagepool_hooks storagepool_hooks = {0};
