/* The order of devices that reading a printed guest gives. */
#pragma once

#include "conf/domain_doc.h"
#include "core/base/export.h"

/* Controllers that a guest got without saying so stand last until its text is read again. */
CORRAL_PRIVATE bool domain_controllers_ordered(const struct domain *def);
CORRAL_PRIVATE void domain_order_controllers(struct domain *def);
