#ifndef CORRAL_CORRAL_H
#define CORRAL_CORRAL_H

/* Everything but the calls of single drivers (qemu.h, lxc.h). */

#include <corral/common.h>
#include <corral/farm.h>

#endif
