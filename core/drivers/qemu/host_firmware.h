/* Firmware that is installed for guests. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Files with UEFI for such guests, in the order of preference that its packagers give; `ret_secure`
 * tells of one that starts only what is signed. Never NULL. */
GStrv host_firmware(const char *arch, const char *machine, bool *ret_secure);

/* One of them, as its packagers describe it. */
struct firmware {
    const char *executable, *variables; /* variables: a template for a guest's own; NULL: none */
    bool secure_boot, enrolled_keys, needs_smm;
};

/* True ends the walk. */
typedef bool firmware_fn(const struct firmware *firmware, void *opaque);
void host_firmware_each(const char *arch, const char *machine, firmware_fn *each, void *opaque);

bool host_has_program(const char *name);
