/* The order of devices that reading a printed guest gives. */
#pragma once

#include "conf/domain_doc.h"

/* Controllers that a guest got without saying so stand last until its text is read again. */
bool domain_controllers_ordered(const struct domain *def);
void domain_order_controllers(struct domain *def);
