#include "core/object/flags.h"

#include <string.h>

#include "core/object/error.h"

int flags_refuse(int domain, unsigned int flags, const char *function)
{
    const char *slot = strchr(function, '_');
    g_autofree char *name =
        slot ? g_strdup_printf("vir%c%s", g_ascii_toupper(slot[1]), slot + 2) : NULL;

    function = name ? name : function;
    error_set_argument(domain, "flags", function, "unsupported flags (0x%x) in function %s", flags,
                       function);
    return -1;
}
