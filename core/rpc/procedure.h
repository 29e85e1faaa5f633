/* What there is to know about a procedure without decoding anything. Generated (wire_tables.c). */
#pragma once

#include "core/base/export.h"
#include "core/rpc/codec.h"

enum wire_stream {
    WIRE_STREAM_NONE,
    WIRE_STREAM_READ, /* the client reads it */
    WIRE_STREAM_WRITE,
    WIRE_STREAM_BOTH,
};

/* When a permission is asked for. */
enum wire_when {
    WIRE_ALWAYS,
    WIRE_IF_FLAG,     /* one of the flags is set */
    WIRE_UNLESS_FLAG, /* none of them is */
    WIRE_IF_VALUE,    /* the argument is just that */
    WIRE_FILTER,      /* of each object that is listed or told about */
};

/* A permission, as "domain" and "write". */
struct wire_acl {
    guint16 object; /* into wire_names */
    guint16 permission;
    guint16 offset; /* of the flags in the arguments' structure */
    guint16 when;
    guint32 mask;
};

#define WIRE_NO_SUBJECT G_MAXUINT16

struct wire_procedure {
    guint16 name; /* into wire_names; 0 where the number is not taken */
    guint16 args; /* type; that of the message for an event */
    guint16 ret;
    guint16 subject; /* offset in the arguments of the object that it is about */
    guint16 subject_type;
    guint16 acl; /* into wire_acls */
    guint8 acls;
    guint8 stream;
    gboolean high : 1; /* answered without waiting for anything */
    gboolean event : 1;
    gboolean write : 1; /* not for read-only connections */
};

struct wire_program {
    const char *name;
    guint32 number;
    guint32 version;
    guint32 procedures;                     /* the highest number */
    const struct wire_procedure *procedure; /* by number */
};

CORRAL_PRIVATE extern const struct wire_acl wire_acls[];
CORRAL_PRIVATE extern const struct wire_program wire_programs[];
CORRAL_PRIVATE extern const size_t wire_n_programs;

/* NULL for a program that nobody has. */
CORRAL_PRIVATE const struct wire_program *wire_program(guint32 number);

/* NULL for a number that is not taken. */
CORRAL_PRIVATE const struct wire_procedure *wire_procedure(const struct wire_program *program,
                                                           gint32 number);

static inline const char *wire_procedure_name(const struct wire_procedure *procedure)
{
    return wire_names + procedure->name;
}

/* Whether the permission is asked for in this call; filters are not. `args` may be NULL for
 * procedures without any. */
CORRAL_PRIVATE gboolean wire_acl_applies(const struct wire_acl *acl, const void *args);
