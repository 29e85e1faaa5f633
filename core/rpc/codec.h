/* Structures to and from the wire, by tables that the description is made into (wire.h). One
 * interpreter serves every message of every program: what it checks, it checks everywhere. */
#pragma once

#include "core/base/export.h"
#include "core/rpc/xdr.h"

/* What a field is in C, and so on the wire. */
enum wire_kind {
    WIRE_I32, /* and unsigned, and enums */
    WIRE_I64, /* and unsigned, and double: the bits are what counts */
    WIRE_U8,
    WIRE_I8,
    WIRE_U16,
    WIRE_U8_INT, /* an int in C, but no more than an unsigned char on the wire */
    WIRE_I8_INT,
    WIRE_STRING,
    WIRE_STRING_BUFFER, /* a string inside a char array */
    WIRE_UUID,
    WIRE_BYTES,
    WIRE_CHARS,            /* a char array, four bytes on the wire for each */
    WIRE_CHAR_LIST,        /* pointer and count, four bytes each as well */
    WIRE_CHAR_LIST_BUFFER, /* the same out of a char array, with the zero byte at its end */
    WIRE_RECORD,
    WIRE_RECORD_OPTIONAL, /* a pointer, or NULL */
    WIRE_RECORDS,         /* pointer and count */
    WIRE_RECORD_POINTERS, /* pointer to pointers, and count */
    WIRE_I32S,
    WIRE_I64S,
    WIRE_STRINGS,
    WIRE_PARAMS, /* virTypedParameter */
};

enum wire_flag {
    WIRE_NULLABLE = 1 << 0,
    WIRE_BLANK = 1 << 1,    /* NULL goes as an empty string */
    WIRE_COUNT64 = 1 << 2,  /* the count is a size_t */
    WIRE_BORROWED = 1 << 3, /* a record whose strings stay in the message, whatever it is part of */
};

struct wire_field {
    guint16 name; /* into wire_names */
    guint8 kind;
    guint8 flags;
    guint16 offset;
    guint16 count; /* offset of a list's count */
    guint16 type;  /* of a record */
    guint16 room;  /* of a char array */
    guint32 max;   /* elements of a list, bytes of a string */
};

struct wire_type {
    guint16 name;
    guint16 first; /* into wire_fields */
    guint16 fields;
    guint16 size;  /* in C */
    guint32 least; /* bytes on the wire */
    gboolean owned;
};

/* Generated. Offsets instead of pointers: nothing to relocate when the library is loaded. */
CORRAL_PRIVATE extern const char wire_names[];
CORRAL_PRIVATE extern const struct wire_field wire_fields[];
CORRAL_PRIVATE extern const struct wire_type wire_types[];

static inline const char *wire_type_name(unsigned int type)
{
    return wire_names + wire_types[type].name;
}

/* Appends `value`, a structure of that type. -1 with an error that names message and field.
 * WIRE_NONE, which is 0, is a message without anything. */
CORRAL_PRIVATE int wire_encode(struct xdr_out *out, unsigned int type, const void *value);

/* The same behind a frame's header, with the protocol's limit for messages; after a failure `array`
 * is as it was. */
int wire_append(GByteArray *array, unsigned int type, const void *value);

/* Fills `value`, for wire_clear() to empty. -1 with an error, and nothing to clear. In a reply's
 * structure (…_ret) strings and lists are copies that may be taken out of it, to be freed with
 * free(); elsewhere, and in the identities of objects everywhere, what is pointed to is part of the
 * message and only lists are allocated. */
CORRAL_PRIVATE int wire_decode(struct xdr_in *in, unsigned int type, void *value);

/* Frees what the structure owns by that rule. Structures that borrow everything, as a caller's
 * arguments do, are not to be cleared. */
CORRAL_PRIVATE void wire_clear(unsigned int type, void *value);
