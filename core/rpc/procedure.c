#include "core/rpc/procedure.h"

const struct wire_program *wire_program(guint32 number)
{
    for (size_t i = 0; i < wire_n_programs; i++) {
        if (wire_programs[i].number == number)
            return wire_programs + i;
    }
    return NULL;
}

const struct wire_procedure *wire_procedure(const struct wire_program *program, gint32 number)
{
    if (number < 1 || (guint32)number > program->procedures || !program->procedure[number].name)
        return NULL;
    return program->procedure + number;
}

gboolean wire_acl_applies(const struct wire_acl *acl, const void *args)
{
    guint32 value;
    if (acl->when == WIRE_ALWAYS)
        return TRUE;
    if (acl->when == WIRE_FILTER)
        return FALSE;
    memcpy(&value, (const char *)args + acl->offset, sizeof(value));
    switch (acl->when) {
    case WIRE_IF_FLAG:
        return (value & acl->mask) != 0;
    case WIRE_UNLESS_FLAG:
        return (value & acl->mask) == 0;
    default:
        return value == acl->mask;
    }
}
