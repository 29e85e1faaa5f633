/* UUIDs: 16 bytes, and their 36 characters of text. */
#pragma once

#include <glib.h>

#include "core/base/export.h"

#define UUID_BYTES 16
#define UUID_TEXT 37 /* with the closing NUL */

/* Reads 32 hexadecimal digits of either case. Dashes and spaces may stand in front of any pair of
 * digits, white space around the whole. FALSE, and `uuid` untouched, for any other text; no error
 * is recorded, since only the caller knows what the text was to name. */
CORRAL_PRIVATE gboolean uuid_parse(const char *text, unsigned char uuid[UUID_BYTES]);

/* Writes lower-case text in groups of 8-4-4-4-12 and returns it. */
CORRAL_PRIVATE char *uuid_format(const unsigned char uuid[UUID_BYTES], char text[UUID_TEXT]);

/* A random one (version 4); -1 with an error when the kernel gives no random bytes. */
CORRAL_PRIVATE int uuid_generate(unsigned char uuid[UUID_BYTES]);

/* FALSE when all bytes are equal: firmware and people fill in 0s or Fs for "none". */
CORRAL_PRIVATE gboolean uuid_is_valid(const unsigned char uuid[UUID_BYTES]);
