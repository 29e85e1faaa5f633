/* What the table of this kind cannot say. */
#include "conf/nwfilter_doc.h"

const struct nwfilter_hooks nwfilter_hooks = {0};
