/* Firmware that is installed for guests. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Files with UEFI for such guests, in the order of preference that its packagers give; `ret_secure`
 * tells of one that starts only what is signed. Never NULL. */
GStrv host_firmware(const char *arch, const char *machine, bool *ret_secure);

bool host_has_program(const char *name);
