/* What trampolines are made of. */
#include <stdlib.h>
#include <string.h>

#include "bindings/shim_support.h"
#include "core/object/error.h"
#include "shim.h"

bind_value bind_mark_inout(bind_value value)
{
    value.inout = true;
    return value;
}

bind_value bind_borrow_bytes(const void *data, size_t n)
{
    return (bind_value){.kind = BIND_BYTES, .borrowed = true, .n = n, .s = (char *)data};
}

bind_value bind_native(void (*function)(void), void *opaque, virFreeCallback free)
{
    struct native_callback *callback = g_new0(struct native_callback, 1);

    *callback = (struct native_callback){function, opaque, free};
    return (bind_value){.kind = BIND_NATIVE, .object = callback};
}

bind_value bind_invoker(const char *name)
{
    bind_value value = bind_borrow_string(name);

    value.kind = BIND_INVOKER;
    return value;
}

bind_value bind_free_native(struct native_callback *callback)
{
    struct native_callback now = {0};

    if (callback) {
        now = *callback;
        *callback = (struct native_callback){0};
    }
    if (now.free)
        now.free(now.opaque);
    return bind_done();
}

void bind_clear_all(bind_value *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bind_clear(&values[i]);
}

void (*bind_pick(void (*const *table)(void), int n, int number, void (*general)(void)))(void)
{
    return number >= 0 && number < n && table[number] ? table[number] : general;
}

static GPtrArray *kept;
static GMutex kept_lock;

void bind_keep(struct closure *closure)
{
    if (!closure)
        return;
    g_mutex_lock(&kept_lock);
    if (!kept)
        kept = g_ptr_array_new();
    g_ptr_array_add(kept, closure);
    g_mutex_unlock(&kept_lock);
}

void bind_keep_forever(struct closure **place, struct closure *closure)
{
    struct closure *none = NULL;

    closure_hold(closure);
    if (!__atomic_compare_exchange_n(place, &none, closure, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        closure_release(closure);
}

int bind_answer(const bind_value *answer)
{
    if (answer->kind == BIND_INT || answer->kind == BIND_BOOL)
        return (int)CLAMP(answer->i, G_MININT, G_MAXINT);
    return 0;
}

__attribute__((weak)) void closure_complain(const char *text)
{
    error_set(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "%s", text);
}

static int complain(const bind_value *answer, const char *accepted)
{
    char *text = g_strdup_printf("the function returned %s: %s is accepted", bind_kind_name(answer),
                                 accepted);

    closure_complain(text);
    g_free(text);
    return -1;
}

int bind_answer_bytes(const bind_value *answer, void *data, size_t size)
{
    if (answer->kind == BIND_NULL)
        return 0;
    if (answer->kind == BIND_INT && answer->i < 0)
        return -1;
    if (answer->kind != BIND_STRING && answer->kind != BIND_BYTES)
        return complain(answer, "bytes");
    if (answer->n > size) {
        char *text = g_strdup_printf("the function returned %zu bytes: at most %zu are accepted",
                                     answer->n, size);

        closure_complain(text);
        g_free(text);
        return -1;
    }
    memcpy(data, answer->s, answer->n);
    return (int)answer->n;
}

int bind_answer_numbers(const bind_value *answer, long long *numbers, size_t n)
{
    if ((answer->kind != BIND_LIST && answer->kind != BIND_TUPLE) || answer->n != n)
        return complain(answer, "a list of numbers");
    for (size_t i = 0; i < n; i++) {
        const bind_value *item = &answer->items[i];

        if (item->kind != BIND_INT && item->kind != BIND_BOOL)
            return complain(item, "an integer");
        numbers[i] = item->i;
    }
    return 0;
}

int bind_answer_string(const bind_value *list, size_t i, size_t field, char **string,
                       unsigned int *length)
{
    const bind_value *record, *value;

    if (i >= list->n)
        return 0;
    record = &list->items[i];
    if ((record->kind != BIND_LIST && record->kind != BIND_TUPLE) || field >= record->n)
        return 0;
    value = &record->items[field];
    if (value->kind == BIND_NULL)
        return 0;
    if (value->kind != BIND_STRING && value->kind != BIND_BYTES)
        return complain(value, "a string");
    *string = g_strndup(value->s, value->n);
    *length = (unsigned int)value->n;
    return 0;
}
