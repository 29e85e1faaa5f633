/* What goes between the generated shim and a scripting language: one tagged tree, whatever the
 * call.
 *
 * Results: the shim fills a bind_value, the language converts it and calls bind_clear(). Everything
 * in a result belongs to the tree, unless it is marked `borrowed`: then it is the library's and
 * lives as long as the object that was asked. Objects carry one reference each, which a converter
 * takes over by setting `borrowed`. Arguments: the language fills a bind_value from the script's
 * value; strings, bytes and objects in it are `borrowed` from the script for the length of the
 * call, lists and dictionaries are the tree's own. */
#pragma once

#include <corral/corral.h>
#include <stdbool.h>
#include <stddef.h>

struct closure;

enum bind_kind {
    BIND_NULL,
    BIND_DONE,    /* a call without a result went well: 0 where scripts look at it, else nothing */
    BIND_TRUTH,   /* i, 0 or 1: what C calls a truth value and a language may call a boolean */
    BIND_BOOL,    /* i, 0 or 1: a boolean in every language */
    BIND_INT,     /* i: 64 bits, signed */
    BIND_UINT,    /* u: 64 bits; a result has this kind only above 2^63-1 */
    BIND_DOUBLE,  /* d */
    BIND_STRING,  /* s, n bytes and a NUL: UTF-8 as far as the far side keeps to it */
    BIND_BYTES,   /* s, n bytes */
    BIND_LIST,    /* items, n of them */
    BIND_TUPLE,   /* the same; languages without tuples take it for a list */
    BIND_DICT,    /* items, 2 * n of them: key, value, key, value */
    BIND_OBJECT,  /* object, of the class `type` */
    BIND_CLOSURE, /* closure: a script's function within an argument */
    BIND_OPAQUE,  /* among a callback's arguments: here the script's own value comes in */
    BIND_NATIVE,  /* object, a struct native_callback: a script's event loop's opaque pointer */
    BIND_INVOKER, /* s, the type of a C callback: here comes what calls a native_callback of that
                     type */
    BIND_OTHER,   /* an argument that is none of these; s is what the language calls its type */
    BIND_ERROR,   /* the call failed; the thread's last error says how */
    BIND_REFUSED, /* an argument is not usable: `type` says in which way, s in words */
};

/* How far an argument's lists and dictionaries may go into each other: a document may have 64
 * elements that do, each in a list. */
#define BIND_DEPTH 130

enum bind_refusal { REFUSED_TYPE, REFUSED_RANGE, REFUSED_VALUE, REFUSED_MEMORY };

typedef struct bind_value {
    unsigned char kind; /* enum bind_kind */
    bool borrowed : 1;
    bool loose : 1; /* an argument from a language where an integer below 0 may be the unsigned
                     * 64-bit number with the same bits, and an empty dictionary a list; lists start
                     * at 1 there */
    bool inout : 1; /* among a callback's arguments: what the script leaves in it is wanted back */
    int type;       /* enum bind_class, or enum bind_refusal */
    size_t n;
    union {
        long long i;
        unsigned long long u;
        double d;
        char *s;
        void *object;
        struct closure *closure;
        struct bind_value *items;
    };
} bind_value;

static inline bind_value bind_null(void)
{
    return (bind_value){.kind = BIND_NULL};
}
static inline bind_value bind_done(void)
{
    return (bind_value){.kind = BIND_DONE};
}
static inline bind_value bind_error(void)
{
    return (bind_value){.kind = BIND_ERROR};
}
static inline bind_value bind_opaque(void)
{
    return (bind_value){.kind = BIND_OPAQUE};
}
static inline bind_value bind_truth(long long b)
{
    return (bind_value){.kind = BIND_TRUTH, .i = b};
}
static inline bind_value bind_bool(bool b)
{
    return (bind_value){.kind = BIND_BOOL, .i = b};
}
static inline bind_value bind_int(long long i)
{
    return (bind_value){.kind = BIND_INT, .i = i};
}
static inline bind_value bind_double(double d)
{
    return (bind_value){.kind = BIND_DOUBLE, .d = d};
}
static inline bind_value bind_uint(unsigned long long u)
{
    return u >> 63 ? (bind_value){.kind = BIND_UINT, .u = u} : bind_int((long long)u);
}

/* NULL becomes BIND_NULL in all of these. */
bind_value bind_take_string(char *s);
bind_value bind_copy_string(const char *s);
bind_value bind_borrow_string(const char *s);
/* A field of fixed size that may lack its NUL. */
bind_value bind_copy_field(const char *s, size_t size);
bind_value bind_copy_bytes(const void *data, size_t n);
bind_value bind_take_bytes(void *data, size_t n);
/* Takes over one reference. */
bind_value bind_take_object(int type, void *object);
/* Takes a reference of its own. */
bind_value bind_share_object(int type, void *object);
/* `n` items (pairs for BIND_DICT), all BIND_NULL, to be filled in. */
bind_value bind_container(enum bind_kind kind, size_t n);

void bind_clear(bind_value *value);

/* Objects, whatever their class: references, what they are compared and hashed by, and how they
 * introduce themselves ("virDomain name='test' uuid=…"). The texts are the caller's. */
void bind_hold(void *object);
void bind_release(void *object);
char *bind_identity(void *object);
char *bind_describe(void *object);
