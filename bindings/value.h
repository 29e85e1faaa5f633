/* What goes between the generated shim and a scripting language: one tagged tree, whatever the call.
 *
 * Results: the shim fills a bind_value, the language converts it and calls bind_clear(). Everything in a
 * result belongs to the tree; objects carry one reference each, which a converter takes over by setting
 * `borrowed`. Arguments: the language fills a bind_value from the script's value; strings, bytes and
 * objects in it are `borrowed` from the script for the length of the call, lists and dictionaries are the
 * tree's own. */
#pragma once

#include <corral/corral.h>
#include <stdbool.h>
#include <stddef.h>

enum bind_kind {
    BIND_NULL,
    BIND_BOOL,
    BIND_INT,    /* i: 64 bits, signed */
    BIND_UINT,   /* u: 64 bits; a result has this kind only above 2^63-1 */
    BIND_DOUBLE,
    BIND_STRING, /* s, n bytes and a NUL: UTF-8 as far as the far side keeps to it */
    BIND_BYTES,  /* s, n bytes */
    BIND_LIST,   /* items, n of them */
    BIND_TUPLE,  /* the same; languages without tuples take it for a list */
    BIND_DICT,   /* items, 2 * n of them: key, value, key, value */
    BIND_OBJECT, /* object, of the class `type` */
    BIND_ERROR,  /* the call failed; the thread's last error says how */
};

/* The classes of the description, in its order; generated. */
enum bind_class;

typedef struct bind_value {
    enum bind_kind kind : 8;
    bool borrowed : 1;
    int type;
    size_t n;
    union {
        bool b;
        long long i;
        unsigned long long u;
        double d;
        char *s;
        void *object;
        struct bind_value *items;
    };
} bind_value;

static inline bind_value bind_null(void) { return (bind_value){ .kind = BIND_NULL }; }
static inline bind_value bind_error(void) { return (bind_value){ .kind = BIND_ERROR }; }
static inline bind_value bind_bool(bool b) { return (bind_value){ .kind = BIND_BOOL, .b = b }; }
static inline bind_value bind_int(long long i) { return (bind_value){ .kind = BIND_INT, .i = i }; }
static inline bind_value bind_double(double d) { return (bind_value){ .kind = BIND_DOUBLE, .d = d }; }
static inline bind_value bind_uint(unsigned long long u)
{
    return u >> 63 ? (bind_value){ .kind = BIND_UINT, .u = u } : bind_int((long long)u);
}

/* Takes the string over; NULL becomes BIND_NULL. */
bind_value bind_take_string(char *s);
bind_value bind_copy_string(const char *s);
bind_value bind_copy_bytes(const void *data, size_t n);
/* Takes over one reference; NULL becomes BIND_NULL. */
bind_value bind_take_object(int type, void *object);
/* `n` items (pairs for BIND_DICT), all BIND_NULL, to be filled in. */
bind_value bind_container(enum bind_kind kind, size_t n);

void bind_clear(bind_value *value);
