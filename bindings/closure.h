/* A script's function as C sees it. The shim hands `struct closure *` to the library as a callback's
 * opaque pointer, with a generated trampoline as the function and closure_release() as what frees it;
 * each language says how a closure is made and called. */
#pragma once

#include "value.h"

struct closure;

/* When the trampoline wants an answer it calls at once, in the thread that made the call (a handler of
 * stream data, a prompt for credentials). Otherwise the caller is the event loop, maybe of another thread. */
enum closure_scope {
    CLOSURE_EVENT, /* no answer: a language may queue it */
    CLOSURE_CALL,  /* now, with an answer */
};

/* Calls the script's function with `args`, which stay the caller's (a language that queues moves them out
 * and leaves BIND_NULL behind), then the closure's own opaque value. 0 and the answer, which the caller
 * clears, or -1 when the script raised: the language keeps what was raised until it is back in the script. */
int closure_call(struct closure *closure, enum closure_scope scope, bind_value *args, size_t n, bind_value *answer);

/* For virFreeCallback: may come from any thread. */
void closure_release(void *closure);
