/* What the table of this kind cannot say. */
#include "conf/node_doc.h"

const struct node_hooks node_hooks = {0};
