/* What the table of this kind cannot say. */
#include "conf/domainsnapshot_doc.h"

const struct domainsnapshot_hooks domainsnapshot_hooks = {0};
