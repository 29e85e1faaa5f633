#include "bindings/closure.h"

#include <glib.h>

struct closure *closure_make(void *function, void *home)
{
    struct closure *closure = g_new0(struct closure, 1);

    closure->references = 1;
    closure->function = function;
    closure->home = home;
    return closure;
}

struct closure *closure_hold(struct closure *closure)
{
    if (closure)
        __atomic_add_fetch(&closure->references, 1, __ATOMIC_RELAXED);
    return closure;
}

void closure_release(void *opaque)
{
    struct closure *closure = opaque;

    if (!closure || __atomic_sub_fetch(&closure->references, 1, __ATOMIC_ACQ_REL))
        return;
    closure_dispose(closure);
    g_free(closure);
}

void closure_end(virFreeCallback freecb, void *opaque)
{
    struct closure *closure = opaque;

    if (freecb == closure_release && closure)
        __atomic_store_n(&closure->ended, true, __ATOMIC_RELEASE);
}

void closure_adopt(struct closure *closure, struct closure_opaque *opaque)
{
    closure_lend(closure, opaque);
    if (!closure || !opaque)
        return;
    closure->owns_opaque = true;
    opaque->value = NULL;
}

void closure_lend(struct closure *closure, const struct closure_opaque *opaque)
{
    if (closure && opaque)
        closure->opaque = opaque->value;
}
