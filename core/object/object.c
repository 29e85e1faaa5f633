#include "core/base/export.h"
#include "core/object/object.h"

#include <stdlib.h>

#include "core/object/error.h"

/* Left behind in freed objects: a stale pointer is then told from a live one as long as the memory
 * lasts. */
static const struct object_class freed = {.name = "freed"};

void *object_new(const struct object_class *klass)
{
    struct object *object = calloc(1, klass->size);

    if (!object)
        g_error("out of memory for a %s", klass->name);
    object->klass = klass;
    object->refs = 1;
    return object;
}

CORRAL_PRIVATE void *object_ref(struct object *object)
{
    __atomic_add_fetch(&object->refs, 1, __ATOMIC_RELAXED);
    return object;
}

int object_refs(struct object *object)
{
    return __atomic_load_n(&object->refs, __ATOMIC_ACQUIRE);
}

CORRAL_PRIVATE int object_unref(struct object *object)
{
    int left = __atomic_sub_fetch(&object->refs, 1, __ATOMIC_ACQ_REL);

    if (left == 0) {
        object->klass->dispose(object);
        /* volatile, for a compiler drops what is written just before a free() */
        *(const struct object_class *volatile *)&object->klass = &freed;
        free(object);
    }
    return left;
}

void object_invalid(const void *object, const struct object_class *klass, const char *function)
{
    const struct object *other = object;

    if (!other)
        error_set(klass->origin, klass->invalid, "%s", function);
    else
        error_set(klass->origin, klass->invalid, "%s: not a %s", function, klass->name);
}

void object_null_argument(const struct object_class *klass, const char *argument,
                          const char *function)
{
    error_set_argument(klass->origin, argument, function, "%s in %s must not be NULL", argument,
                       function);
}
