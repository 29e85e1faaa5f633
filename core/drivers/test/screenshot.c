/* Pictures of guests' screens. The guests have none, so each shows a pattern of its own. */
#include "core/drivers/test/domain.h"
#include "core/drivers/test/slots.h"
#include "core/drivers/test/stream.h"
#include "core/object/error.h"

#include <string.h>

#define WIDTH 64
#define HEIGHT 48

/* A portable pixmap: any viewer reads it, and no library is needed to write it. */
static char *picture(const unsigned char *uuid, size_t *ret_size)
{
    GString *image = g_string_new(NULL);

    g_string_append_printf(image, "P6\n%d %d\n255\n", WIDTH, HEIGHT);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            for (int channel = 0; channel < 3; channel++)
                g_string_append_c(image, uuid[(x / 8 + y / 8 + channel * 5) % VIR_UUID_BUFLEN]);
    *ret_size = image->len;
    return g_string_free(image, FALSE);
}

char *test_domainScreenshot(virDomainPtr dom, virStreamPtr stream, unsigned int screen,
                            unsigned int flags)
{
    g_autofree char *image = NULL;
    size_t size;

    if (flags_check(flags, 0, __func__) < 0)
        return NULL;
    if (screen > 0) {
        error_set(VIR_FROM_TEST, VIR_ERR_INVALID_ARG, "domain '%s' has no screen %u: 0 is accepted",
                  virDomainGetName(dom), screen);
        return NULL;
    }
    {
        WITH_ACTIVE_GUEST(dom, NULL);
    }
    image = picture(dom->uuid, &size);
    if (stream_open_bytes(stream, image, size) < 0)
        return NULL;
    return strdup("image/x-portable-pixmap");
}
