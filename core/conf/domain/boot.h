/* What a guest starts from. */
#pragma once

#include "conf/domain_doc.h"

void domain_set_boot(struct domain *def);
