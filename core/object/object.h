/* What all public objects have in common: a class to check them by, and counted references. */
#pragma once

#include <glib.h>

#include "core/base/export.h"

struct object;

struct object_class {
    const char *name;
    size_t size;
    int invalid; /* the error for something that is not of this class */
    int origin;  /* and its error domain */
    void (*dispose)(struct object *object);
};

struct object {
    const struct object_class *klass;
    int refs;
};

/* Zeroed, with one reference. */
CORRAL_PRIVATE void *object_new(const struct object_class *klass);
CORRAL_PRIVATE void *object_ref(struct object *object);
/* How many references are left. */
CORRAL_PRIVATE int object_unref(struct object *object);
CORRAL_PRIVATE int object_refs(struct object *object);

#define object_is(it, class) ((it) && ((const struct object *)(it))->klass == (class))

/* Errors about arguments, for entry points and getters. */
CORRAL_PRIVATE void object_invalid(const void *object, const struct object_class *klass,
                                   const char *function);
CORRAL_PRIVATE void object_null_argument(const struct object_class *klass, const char *argument,
                                         const char *function);
