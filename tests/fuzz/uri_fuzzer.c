/* Connection URIs: what is read prints as something that reads the same. */
#include "core/driver/uri.h"

#include "core/object/error.h"
#include "fuzz.h"

#include <string.h>

static void check_stable(GUri *uri)
{
    g_autofree char *text = g_uri_to_string(uri), *again = NULL;
    g_autoptr(GUri) back = text ? uri_parse(text) : NULL;

    /* GLib reads but does not print a path that begins with two slashes where there is no host. */
    if (!text)
        return;
    if (!back)
        fuzz_fail("'%s' is printed but not read", text);
    again = g_uri_to_string(back);
    if (strcmp(text, again) != 0)
        fuzz_fail("'%s' reads as '%s'", text, again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(GUri) uri = NULL;

    error_reset();
    uri = uri_parse(text);
    if (uri)
        check_stable(uri);
    else if (error_code() == 0)
        fuzz_fail("'%s' is refused without an error", text);
    error_reset();
    return 0;
}
