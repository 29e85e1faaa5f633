/* What a new QEMU is told before its guest runs. */
#pragma once

#include "conf/domain_doc.h"
#include "core/drivers/qemu/qmp/monitor.h"

/* Passwords of graphics, links that are down, limits of disks, the balloon; -1 with an error. */
int settings_apply(struct qemu_monitor *monitor, const struct domain *doc);
