/* Consoles of guests: a stream each, taken over only by those who say so. */
#pragma once

#include "core/drivers/qemu/guest.h"

/* With the end of a run; lock held. */
void consoles_close(struct qemu_guest *guest);
