/* What a guest starts from. */
#pragma once

#include "conf/domain_doc.h"
#include "core/base/export.h"

CORRAL_PRIVATE void domain_set_boot(struct domain *def);
