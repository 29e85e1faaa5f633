/* What the table of this kind cannot say. */
#include "conf/networkport_doc.h"

const struct networkport_hooks networkport_hooks = {0};
