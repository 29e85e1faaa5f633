#include "core/rpc/error_wire.h"

#include "core/object/error.h"

#include <string.h>

wire_error wire_error_of(const virError *error)
{
    return (wire_error){
        .code = error->code,
        .domain = error->domain,
        .message = error->message,
        .level = (int)error->level,
        .str1 = error->str1,
        .str2 = error->str2,
        .str3 = error->str3,
        .int1 = error->int1,
        .int2 = error->int2,
    };
}

void wire_error_raise(const wire_error *error)
{
    g_autoptr(virError) made = g_new0(virError, 1);
    made->code = error->code;
    made->domain = error->domain;
    made->message = g_strdup(error->message);
    made->level = (virErrorLevel)error->level;
    made->str1 = g_strdup(error->str1);
    made->str2 = g_strdup(error->str2);
    made->str3 = g_strdup(error->str3);
    made->int1 = error->int1;
    made->int2 = error->int2;
    error_restore(g_steal_pointer(&made));
}
