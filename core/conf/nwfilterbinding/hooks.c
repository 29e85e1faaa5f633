/* What the table of this kind cannot say. */
#include "conf/nwfilterbinding_doc.h"

const struct nwfilterbinding_hooks nwfilterbinding_hooks = {0};
