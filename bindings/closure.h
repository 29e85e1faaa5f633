/* A script's function as C sees it. The shim hands a `struct closure *` to the library as a
 * callback's opaque pointer, with a generated trampoline as the function and closure_release() as
 * what frees it.
 *
 * A language makes one per function argument with closure_make() and drops its own reference with
 * closure_release() when the call is over; what the library keeps holds another. `function`, the
 * opaque's `value` and `home` are the language's: a counted pointer, or the number of a registry
 * entry. */
#pragma once

#include "bindings/value.h"

struct closure {
    int references;
    bool owns_opaque;
    bool ended; /* whoever it was registered with will not call again */
    void *function;
    void *opaque;
    void *home; /* where the language finds the rest: NULL where it needs nothing */
};

/* The script's value that goes with a function; the argument of a call keeps it here until a
 * closure takes it over, which leaves NULL behind. */
struct closure_opaque {
    void *value;
};

struct closure *closure_make(void *function, void *home);
struct closure *closure_hold(struct closure *closure);
/* For virFreeCallback: may come from any thread. */
void closure_release(void *closure);
/* For event_set_ended_hook(): makes a note of it on a closure, and ignores what is none. */
void closure_end(virFreeCallback freecb, void *opaque);
/* For good, or only for the length of a call. */
void closure_adopt(struct closure *closure, struct closure_opaque *opaque);
void closure_lend(struct closure *closure, const struct closure_opaque *opaque);

/* When the trampoline wants an answer it calls at once, in the thread that made the call (a handler
 * of stream data, a prompt for credentials). Otherwise the caller is the event loop, maybe of
 * another thread. */
enum closure_scope {
    CLOSURE_EVENT, /* no answer: a language may queue it */
    CLOSURE_CALL,  /* now, with an answer */
};

/* What each language provides. */

/* Calls the script's function with `args`, which stay the caller's (a language that queues moves
 * them out and leaves BIND_NULL behind); the one of kind BIND_OPAQUE stands for the closure's
 * opaque value. Each argument marked `inout` is put into the tree again as the script left it. 0
 * and the answer, which the caller clears, or -1 when the script raised: the language keeps what
 * was raised until it is back in the script. */
int closure_call(struct closure *closure, enum closure_scope scope, bind_value *args, size_t n,
                 bind_value *answer);
/* The script's answer was none: to be raised as closure_call() keeps what a function raises.
 * Without a language's own it becomes the thread's last error, which the library's own may cover.
 */
void closure_complain(const char *text);
/* Lets go of the function, and of the opaque value if the closure owns it. Any thread. */
void closure_dispose(struct closure *closure);

/* The other way: a C function that the library gives to a script's event loop, to be called later.
 * The script passes `callback` and gets it back whole. */
struct native_callback {
    void (*function)(void);
    void *opaque;
    virFreeCallback free;
};
