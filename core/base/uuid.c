#include "core/base/uuid.h"

#include <corral/corral.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "core/object/error.h"

gboolean uuid_parse(const char *text, unsigned char uuid[UUID_BYTES])
{
    unsigned char bytes[UUID_BYTES];
    int n = 0;

    if (!text)
        return FALSE;
    while (g_ascii_isspace(*text))
        text++;
    while (n < UUID_BYTES) {
        if (*text == '-' || *text == ' ') {
            text++;
            continue;
        }
        /* The second digit is only looked at behind a good first one, so never behind the end. */
        if (!g_ascii_isxdigit(text[0]) || !g_ascii_isxdigit(text[1]))
            return FALSE;
        bytes[n++] = g_ascii_xdigit_value(text[0]) << 4 | g_ascii_xdigit_value(text[1]);
        text += 2;
    }
    while (g_ascii_isspace(*text))
        text++;
    if (*text)
        return FALSE;
    memcpy(uuid, bytes, sizeof(bytes));
    return TRUE;
}

char *uuid_format(const unsigned char uuid[UUID_BYTES], char text[UUID_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    char *p = text;

    for (int i = 0; i < UUID_BYTES; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *p++ = '-';
        *p++ = digits[uuid[i] >> 4];
        *p++ = digits[uuid[i] & 15];
    }
    *p = '\0';
    return text;
}

int uuid_generate(unsigned char uuid[UUID_BYTES])
{
    unsigned char bytes[UUID_BYTES];
    ssize_t got;

    do {
        got = getrandom(bytes, sizeof(bytes), 0);
    } while (got < 0 && errno == EINTR);
    if (got != sizeof(bytes)) {
        error_set_system(VIR_FROM_NONE, got < 0 ? errno : EIO, "no random bytes for a new UUID");
        return -1;
    }
    bytes[6] = (bytes[6] & 0x0f) | 0x40; /* version 4: random */
    bytes[8] = (bytes[8] & 0x3f) | 0x80; /* the variant of RFC 4122 */
    memcpy(uuid, bytes, sizeof(bytes));
    return 0;
}

gboolean uuid_is_valid(const unsigned char uuid[UUID_BYTES])
{
    return memcmp(uuid, uuid + 1, UUID_BYTES - 1) != 0;
}
